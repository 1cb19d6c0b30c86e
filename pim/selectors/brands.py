"""Brands by any of their spellings."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel.errors import NotFound
from pim.models import Brand, BrandAlias
from pim.selectors.identifiers import normalise_name


def find_brand_codes(texts: Iterable[str]) -> dict[str, str]:
    """The code for every given text that is a brand's code, name or alias; unknown texts are left out."""
    wanted = {text: normalise_name(text) for text in texts}
    if not wanted:
        return {}
    aliases = dict(
        BrandAlias.objects.filter(name_norm__in=set(wanted.values())).values_list("name_norm", "brand__code")
    )
    found = {text: aliases[norm] for text, norm in wanted.items() if norm in aliases}
    open_texts = set(wanted) - set(found)
    if open_texts:
        found.update(
            {code: code for code in Brand.objects.filter(code__in=open_texts).values_list("code", flat=True)}
        )
    return found


def list_brands() -> QuerySet[Brand]:
    return Brand.objects.all()


def get_brand(ref: str) -> Brand:
    """One brand with its aliases. Raises `NotFound`."""
    brand = Brand.objects.filter(ref=ref).prefetch_related("aliases").first()
    if brand is None:
        raise NotFound(_("There is no such brand."))
    return brand
