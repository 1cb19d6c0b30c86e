"""Conversion of measures by exact decimal factors: the one place where an amount changes its unit."""

from collections.abc import Sequence
from decimal import Decimal, localcontext

from django.db.models import QuerySet

from backoffice.kernel.money import round_half_up
from backoffice.kernel.phrases import gettext as _
from pim.errors import UnknownUnit
from pim.models import MeasureFamily
from pim.selectors.structure import AttributeSpec, UnitSpec, folded
from pim.selectors.value_kinds import plain_decimal


def convert(amount: Decimal, source: UnitSpec, target: UnitSpec) -> Decimal:
    """`amount` of `source` in `target`, at 28 digits; exact when going to the base unit."""
    with localcontext() as context:
        context.prec = 28
        return (amount * source.factor + source.offset - target.offset) / target.factor


def find_unit(spec: AttributeSpec, text: str) -> UnitSpec:
    """A unit of the attribute's measure by code, symbol or alias. Raises `UnknownUnit`."""
    unit = spec.units.get(folded(text))
    if unit is None:
        raise UnknownUnit(
            _("“%(unit)s” is not a unit of %(attribute)s.") % {"unit": text[:20], "attribute": spec.code}
        )
    return unit


def shown_measure(
    spec: AttributeSpec, value: Sequence[str], unit_text: str = "", decimals: int = 2
) -> tuple[str, str]:
    """(amount, symbol) of a stored measure, converted to another unit when one is asked for, rounded half up."""
    source = find_unit(spec, value[1])
    target = find_unit(spec, unit_text) if unit_text else source
    amount = Decimal(value[0]) if target == source else convert(Decimal(value[0]), source, target)
    digits = -int(amount.as_tuple().exponent)
    return plain_decimal(round_half_up(amount, decimals) if digits > decimals else amount), target.symbol


def list_measures() -> QuerySet[MeasureFamily]:
    """Measures with their units."""
    return MeasureFamily.objects.prefetch_related("units")
