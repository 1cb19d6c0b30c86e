"""Brands and options that the mapping allows to be made, made just before the rows that use them."""

from collections.abc import Sequence

from django.utils.text import slugify

from mms.operations.versions import announce_change
from mms.selectors.versions import forget
from pim.imports.vocabulary import Vocabulary
from pim.models import AttributeOption, ImportRow
from pim.operations.brands import ensure_brands
from pim.selectors.structure import STRUCTURE, folded, get_structure


def learn_new_words(rows: Sequence[ImportRow], words: Vocabulary) -> None:
    """Make what is missing and put it into the rows' values; four statements when everything is known."""
    brands = {row.read["values"]["brand"] for row in rows if row.read.get("values", {}).get("brand")}
    brands |= {
        row.read["parent"]["values"]["brand"]
        for row in rows
        if row.read.get("parent", {}).get("values", {}).get("brand")
    }
    if brands:
        words.learn_brands(brands)
        missing = {text for text in brands if text not in words.brands}
        if missing:
            ensure_brands(missing)
    _make_options(rows)
    for row in rows:
        for code, text in row.read.get("new_options", {}).items():
            row.read.setdefault("values", {})[code] = text


def _make_options(rows: Sequence[ImportRow]) -> None:
    wanted = {(code, text) for row in rows for code, text in row.read.get("new_options", {}).items()}
    structure = get_structure()
    fresh: dict[tuple[int, str], AttributeOption] = {}
    for code, text in sorted(wanted):
        spec = structure.attributes[code]
        if folded(text) in spec.option_lookup:
            continue
        option_code = slugify(text)[:60] or f"option-{len(spec.options) + len(fresh) + 1}"
        if option_code in spec.options:
            continue
        fresh.setdefault(
            (spec.id, option_code),
            AttributeOption(
                attribute_id=spec.id,
                code=option_code,
                names={"en": text[:120]},
                position=len(spec.options) + len(fresh),
            ),
        )
    if fresh:
        AttributeOption.objects.bulk_create(fresh.values(), ignore_conflicts=True)
        announce_change(STRUCTURE)
        forget(STRUCTURE)
