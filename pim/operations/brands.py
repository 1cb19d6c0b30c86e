"""Brands and their spellings."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.text import slugify

from backoffice.kernel import audit
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.phrases import gettext as _
from pim.models import Brand, BrandAlias
from pim.permissions import EDIT_STRUCTURE
from pim.selectors.identifiers import normalise_name


@transaction.atomic
def ensure_brands(names: Iterable[str]) -> dict[str, Brand]:
    """The brand for every name, made where no spelling matches; for imports whose profile may create brands.

    Set-based: four statements whatever the number of names.
    """
    wanted = {name.strip(): normalise_name(name) for name in names if normalise_name(name)}
    known = _by_alias(set(wanted.values()))
    missing: dict[str, str] = {}
    for name, norm in wanted.items():
        if norm not in known:
            missing.setdefault(norm, name)
    if missing:
        codes = _free_codes(missing)
        made = Brand.objects.bulk_create(
            [Brand(code=codes[norm], name=name[:120]) for norm, name in sorted(missing.items())]
        )
        BrandAlias.objects.bulk_create(
            [
                BrandAlias(brand=brand, name_norm=norm)
                for brand, norm in zip(made, sorted(missing), strict=True)
            ]
        )
        known |= dict(zip(sorted(missing), made, strict=True))
    return {name: known[norm] for name, norm in wanted.items()}


def _by_alias(norms: set[str]) -> dict[str, Brand]:
    rows = BrandAlias.objects.filter(name_norm__in=norms).select_related("brand")
    return {row.name_norm: row.brand for row in rows}


def _free_codes(missing: dict[str, str]) -> dict[str, str]:
    wanted = {norm: slugify(name)[:60] or f"brand-{norm.casefold()[:50]}" for norm, name in missing.items()}
    taken = set(Brand.objects.filter(code__in=set(wanted.values())).values_list("code", flat=True))
    codes: dict[str, str] = {}
    for norm, base in sorted(wanted.items()):
        code, number = base, 2
        while code in taken:
            code, number = f"{base}-{number}", number + 1
        taken.add(code)
        codes[norm] = code
    return codes


@transaction.atomic
def save_brand(brand: Brand | None, *, name: str, aliases: Iterable[str], actor: Actor) -> Brand:
    """Create a brand or change its name and spellings; a spelling belongs to one brand. Raises `InvalidInput`."""
    actor.require(EDIT_STRUCTURE)
    name = name.strip()
    norms = {normalise_name(text) for text in (name, *aliases)} - {""}
    if not normalise_name(name):
        raise InvalidInput(_("Give the brand a name."), fields={"name": _("Give the brand a name.")})
    taken = (
        BrandAlias.objects.filter(name_norm__in=norms)
        .exclude(brand_id=brand.pk if brand else 0)
        .select_related("brand")
        .first()
    )
    if taken is not None:
        sentence = _("“%(text)s” already belongs to %(brand)s.") % {
            "text": taken.name_norm,
            "brand": taken.brand,
        }
        raise InvalidInput(sentence, fields={"aliases": sentence})
    if brand is None:
        brand = Brand(code=_free_codes({normalise_name(name): name})[normalise_name(name)])
    old = brand.name
    brand.name = name
    brand.save()
    brand.aliases.exclude(name_norm__in=norms).delete()
    known = set(brand.aliases.values_list("name_norm", flat=True))
    BrandAlias.objects.bulk_create(
        [BrandAlias(brand=brand, name_norm=norm) for norm in sorted(norms - known)]
    )
    audit.record("pim.brand.saved", actor=actor, subject=brand, changes={"name": [old, name]})
    return brand
