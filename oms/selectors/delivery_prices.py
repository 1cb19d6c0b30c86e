"""What one way of delivery costs for one merchant's package: pure arithmetic."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from oms.models import DeliveryMethod, DeliveryPriceClass, PriceBasis


@dataclass(slots=True)
class Package:
    """One merchant's goods in a cart. Weight and classes are known only where prices ask for them."""

    goods_minor: int
    # offer id → pieces
    pieces: dict[int, int] = field(default_factory=dict)
    # None while some article's weight is unknown.
    weight_grams: int | None = None
    classes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Price:
    amount_minor: int
    free_from_minor: int | None = None
    missing_for_free_minor: int | None = None


def needs_logistics(bases: Iterable[str]) -> bool:
    return any(basis in (PriceBasis.WEIGHT, PriceBasis.CLASS) for basis in bases)


def price_of(
    method: DeliveryMethod, steps: Sequence[DeliveryPriceClass], package: Package, currency: str
) -> Price | None:
    """The price in this currency (`steps` are the method's, ascending); None where the method is not offered.

    It is not offered below its first step, for a class without a price, or while a weight it needs is unknown.
    """
    amount = (
        _by_class(steps, package) if method.price_by == PriceBasis.CLASS else _by_step(method, steps, package)
    )
    if amount is None:
        return None
    free_from = _free_from(method, steps, currency)
    if free_from is None or (amount == 0 and package.goods_minor < free_from):
        return Price(amount, free_from)
    if package.goods_minor >= free_from:
        return Price(0, free_from)
    return Price(amount, free_from, free_from - package.goods_minor)


def _by_step(method: DeliveryMethod, steps: Sequence[DeliveryPriceClass], package: Package) -> int | None:
    value = {
        PriceBasis.WEIGHT: package.weight_grams,
        PriceBasis.COUNT: sum(package.pieces.values()),
    }.get(PriceBasis(method.price_by), package.goods_minor)
    if value is None:
        return None
    reached = [step for step in steps if step.from_value <= value]
    return reached[-1].amount_minor if reached else None


def _by_class(steps: Sequence[DeliveryPriceClass], package: Package) -> int | None:
    prices = {step.delivery_class: step.amount_minor for step in steps}
    if not package.classes <= set(prices):
        return None
    return max(prices[code] for code in package.classes)


def _free_from(method: DeliveryMethod, steps: Sequence[DeliveryPriceClass], currency: str) -> int | None:
    stated = method.free_from.get(currency)
    limits = [int(stated)] if stated is not None else []
    if method.price_by == PriceBasis.AMOUNT:
        limits += [step.from_value for step in steps if step.amount_minor == 0]
    return min(limits, default=None)
