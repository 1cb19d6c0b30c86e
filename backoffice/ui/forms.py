"""Forms: our base, and inputs for money, IBAN, country, date and percent that take what people type.

Templates draw fields by `{% field form.name %}` (label above, help under, error at the field) or a whole form by
`{% include "ui/partials/form_fields.html" %}`. `fieldsets` on a form groups its fields.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar

from babel import Locale
from django import forms
from django.utils.functional import lazy
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.money import Money, exponent
from backoffice.ui import iban
from backoffice.ui.formats import clean_hundredths


class FormMixin:
    """What our forms add to Django's: fieldsets, errors of operations at their fields."""

    fieldsets: ClassVar[Sequence[tuple[Any, Sequence[str]]]] = ()
    fields: dict[str, forms.Field]

    def add_domain_errors(self, error: InvalidInput) -> None:
        """Put each message of an operation at its field; what has no field here goes to the summary.

        Where people fill in one field only, a message without a field is about that one.
        """
        if not error.fields:
            asked = [bound.name for bound in self.visible_fields()]  # type: ignore[attr-defined]
            self.add_error(asked[0] if len(asked) == 1 else None, error.message)  # type: ignore[attr-defined]
        for name, message in error.fields.items():
            place = name if name in self.fields else None
            self.add_error(place, message)  # type: ignore[attr-defined]

    def grouped_fields(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """(legend, visible fields) in the order of `fieldsets`; fields named nowhere come last without a legend."""
        named = [name for _legend, names in self.fieldsets for name in names]
        groups = [(legend, [self[name] for name in names]) for legend, names in self.fieldsets]  # type: ignore[index]
        rest = [f for f in self.visible_fields() if f.name not in named]  # type: ignore[attr-defined]
        return [*groups, ("", rest)] if rest else groups


class Form(FormMixin, forms.Form):
    """The base of hand-made forms."""

    required_css_class = "bo-required"


class ModelForm(FormMixin, forms.ModelForm):  # type: ignore[type-arg]
    """The base of forms over a model's plain settings; business changes go through operations, not `save()`."""

    required_css_class = "bo-required"


class MoneyField(forms.CharField):
    """An amount in major units (`1,234.50` or `1.234,50`) that cleans to minor units (int).

    `currency` is fixed, or set later through `form.fields["price"].currency = "USD"`.
    """

    def __init__(
        self,
        *,
        currency: str = "EUR",
        min_minor: int | None = None,
        max_minor: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.currency, self.min_minor, self.max_minor = currency, min_minor, max_minor
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "autocomplete": "off", "data-bo-money": "", "class": "bo-input-num"}

    @property
    def unit(self) -> str:
        return self.currency

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            return f"{Money(value, self.currency).amount:.{exponent(self.currency)}f}"
        return value

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            minor = Money.parse(plain_decimal(text), self.currency).minor
        except InvalidInput as error:
            raise forms.ValidationError(error.message) from error
        if self.min_minor is not None and minor < self.min_minor:
            raise forms.ValidationError(
                _("Enter at least %(amount)s.") % {"amount": Money(self.min_minor, self.currency).display()}
            )
        if self.max_minor is not None and minor > self.max_minor:
            raise forms.ValidationError(
                _("Enter at most %(amount)s.") % {"amount": Money(self.max_minor, self.currency).display()}
            )
        return minor

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


def plain_decimal(text: str) -> str:
    """`1.234,50`, `1,234.50`, `1 234,50` → `1234.50`: the last separator is the decimal one, others group."""
    digits = "".join(text.split()).replace("\u00a0", "").replace("’", "").replace("'", "").replace("−", "-")
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma > point:
        # A lone comma with three digits behind it groups thousands only when a point follows, which it does not.
        return digits.replace(".", "").replace(",", ".")
    return digits.replace(",", "")


class PercentField(forms.CharField):
    """A percentage with up to two decimals that cleans to basis points (`12.5` → 1250)."""

    unit = "%"

    def __init__(self, *, min_bps: int = 0, max_bps: int = 10_000, **kwargs: Any) -> None:
        self.min_bps, self.max_bps = min_bps, max_bps
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "autocomplete": "off", "class": "bo-input-num"}

    def prepare_value(self, value: Any) -> Any:
        return clean_hundredths(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            hundredths = Decimal(plain_decimal(text)).scaleb(2)
        except ArithmeticError as error:
            raise forms.ValidationError(_("Write a percentage such as 12.5.")) from error
        if not hundredths.is_finite() or hundredths != int(hundredths):
            raise forms.ValidationError(_("Use at most two decimals."))
        if not self.min_bps <= hundredths <= self.max_bps:
            raise forms.ValidationError(
                _("Enter a percentage from %(low)s to %(high)s.")
                % {"low": clean_hundredths(self.min_bps), "high": clean_hundredths(self.max_bps)}
            )
        return int(hundredths)


class IbanField(forms.CharField):
    """An account number checked by country length and check digits; cleans to the compact upper-case form."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 42)
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {
            "autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters", "data-bo-iban": "",
            "class": "bo-input-code", "maxlength": "42",
        }  # fmt: skip

    def prepare_value(self, value: Any) -> Any:
        return iban.grouped(value) if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return iban.checked(text)
        except InvalidInput as error:
            raise forms.ValidationError(error.message) from error


# Regions and pseudo-locales among CLDR's two-letter territory codes.
NO_COUNTRIES = {"EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"}


@cache
def _territories(language: str) -> tuple[tuple[str, str], ...]:
    named = {str(code): str(name) for code, name in Locale.parse(to_locale(language)).territories.items()}
    codes = [code for code in named if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES]
    return tuple(sorted(((code, named[code]) for code in codes), key=lambda item: item[1].casefold()))


def country_choices() -> list[tuple[str, str]]:
    """ISO 3166 codes with their names in the current language, sorted by name, with an empty first choice."""
    return [("", _("Choose a country")), *_territories(get_language() or "en")]


def country_name(code: str) -> str:
    return dict(_territories(get_language() or "en")).get(code, code)


class CountryField(forms.ChoiceField):
    """A country as its two-letter code; `countries` limits the choice."""

    def __init__(self, *, countries: Iterable[str] | None = None, **kwargs: Any) -> None:
        allowed = set(countries) if countries is not None else None

        def choices() -> list[tuple[str, str]]:
            return [
                item for item in country_choices() if allowed is None or not item[0] or item[0] in allowed
            ]

        super().__init__(choices=lazy(choices, list), **kwargs)
        self.widget.attrs.setdefault("autocomplete", "country")


class CountryBoxes(forms.CheckboxSelectMultiple):
    """A box per country, the ticked ones first; scripts add a field that narrows the list."""

    template_name = "ui/widgets/countries.html"

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        groups: list[Any] = super().optgroups(name, value, attrs)
        return sorted(groups, key=lambda group: not group[1][0]["selected"])


class CountriesField(forms.MultipleChoiceField):
    """Several countries, chosen by name; cleans to their two-letter codes."""

    widget = CountryBoxes

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=lazy(lambda: country_choices()[1:], list), **kwargs)


class DateField(forms.DateField):
    """A date by the browser's own picker."""

    def __init__(self, *, min_date: date | None = None, **kwargs: Any) -> None:
        attrs = {"type": "date"} | ({"min": min_date.isoformat()} if min_date else {})
        kwargs.setdefault("widget", forms.DateInput(attrs=attrs, format="%Y-%m-%d"))
        super().__init__(**kwargs)


class DateTimeField(forms.DateTimeField):
    """A local moment by the browser's own picker; cleans to an aware datetime."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        )
        super().__init__(input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], **kwargs)


class LinesField(forms.CharField):
    """Several values, one per line; cleans to a list without blanks and repeats."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        return list(dict.fromkeys(line.strip() for line in (text or "").splitlines() if line.strip()))


def first_errors(form: forms.BaseForm) -> Mapping[str, str]:
    """The first message per field, for tests and JSON answers."""
    return {name: str(messages[0]) for name, messages in form.errors.items()}


def stored_differences(form: Any) -> dict[str, str]:
    """What is stored now in the fields where it differs from what was sent, as text by field name."""
    found: dict[str, str] = {}
    for bound in form.visible_fields():
        initial = form.get_initial_for_field(bound.field, bound.name)
        if bound.field.has_changed(initial, bound.data):
            found[bound.name] = _words_of(bound.field, initial)
    return found


def _words_of(field: forms.Field, value: Any) -> str:
    """A stored value in the words people chose it by."""
    if isinstance(field, forms.BooleanField):
        return _("yes") if value else _("no")
    if isinstance(field, forms.ChoiceField):
        words = {str(code): str(label) for code, label in _flat(list(getattr(field.widget, "choices", ())))}
        chosen = value if isinstance(value, list | tuple | set) else [value]
        return ", ".join(words.get(str(item), str(item)) for item in chosen if item is not None)
    shown = field.prepare_value(value)
    return "" if shown is None else str(shown)


def _flat(choices: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    for code, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield code, label
