"""The registry of settings people may state per scope: typed, with the lowest level a key may be stated at.

An app declares its keys in `<app>/preferences.py`, imported by its `ready()`:

    PER_PAGE = preference("storefront.per_page", int, default=24, label=_("Cards per page"), group=_("Storefront"))

and reads them with `mms.selectors.preferences.get_preference(PER_PAGE, context.scope_path)`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from django.utils.translation import gettext_lazy as _

KINDS: dict[type, str] = {str: "text", int: "number", bool: "switch"}


@dataclass(frozen=True, slots=True)
class Preference:
    """One key; `lowest_depth` says how deep it may be stated: 0 global, 1 website, 2 store, 3 store view."""

    code: str
    kind: type
    default: Any
    label: Any
    group: Any
    help_text: Any
    lowest_depth: int
    check: Callable[[Any], str] | None
    # (value, label) where only some texts make sense.
    choices: tuple[tuple[str, Any], ...] = ()


class PreferenceOptions(TypedDict, total=False):
    """Where a key stands and how far down it may be set; `check` answers a sentence when a value makes no sense."""

    group: Any
    help_text: Any
    lowest_depth: int
    check: Callable[[Any], str] | None
    choices: tuple[tuple[str, Any], ...]


_registry: dict[str, Preference] = {}


def preference(
    code: str,
    kind: type,
    *,
    default: Any,
    label: Any,
    **options: Unpack[PreferenceOptions],
) -> str:
    """Declare a key and return its code; `check` answers a sentence when a value makes no sense."""
    if kind not in KINDS:
        raise TypeError(f"{code}: settings are text, whole numbers or switches, not {kind.__name__}")
    if code in _registry:
        raise ValueError(f"the setting {code} is declared twice")
    _registry[code] = Preference(
        code,
        kind,
        default,
        label,
        options.get("group", ""),
        options.get("help_text", ""),
        options.get("lowest_depth", 3),
        options.get("check") or _one_of(options.get("choices", ())),
        options.get("choices", ()),
    )
    return code


def _one_of(choices: tuple[tuple[str, Any], ...]) -> Callable[[Any], str] | None:
    if not choices:
        return None
    values = [value for value, _label in choices]
    text = _("Choose one of: %(values)s.")
    return lambda value: "" if value in values else str(text) % {"values": ", ".join(values)}


def all_preferences() -> list[Preference]:
    return sorted(_registry.values(), key=lambda item: (str(item.group), item.code))


def find_preference(code: str) -> Preference | None:
    return _registry.get(code)


def _between(low: int, high: int) -> Callable[[Any], str]:
    text = _("Choose a number from %(low)s to %(high)s.")
    return lambda value: "" if low <= value <= high else str(text) % {"low": low, "high": high}


STOREFRONT = _("Storefront")
CONTACT = _("Contact")
CARDS_PER_PAGE = preference(
    "storefront.cards_per_page",
    int,
    default=24,
    label=_("Cards per page"),
    group=STOREFRONT,
    help_text=_("How many products a category page shows at once."),
    check=_between(6, 96),
)
SHOW_MERCHANT_NAMES = preference(
    "storefront.show_merchant_names",
    bool,
    default=True,
    label=_("Show merchant names"),
    group=STOREFRONT,
    help_text=_("On every offer; the product page always names the merchant of the offer in the cart."),
)
CONTACT_EMAIL = preference(
    "contact.email",
    str,
    default="",
    label=_("Contact e-mail"),
    group=CONTACT,
    help_text=_("Shown in the footer and in mails to buyers."),
)
CONTACT_PHONE = preference("contact.phone", str, default="", label=_("Contact phone"), group=CONTACT)
