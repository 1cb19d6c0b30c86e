"""Weights and delivery classes of offers, for the prices that ask for them."""

from collections.abc import Iterable

from oms.models import OfferLogistics
from oms.selectors.delivery_prices import Package
from oms.selectors.kits import get_kits


def fill_packages(packages: Iterable[Package]) -> None:
    """Note each package's weight and classes; one statement. A kit without a weight weighs what it contains."""
    packages, kits = list(packages), get_kits()
    sold = {offer_id for package in packages for offer_id in package.pieces}
    asked = sold | {stock for offer_id in sold for stock, _units in kits.units_of(offer_id)}
    rows = OfferLogistics.objects.filter(offer_id__in=sorted(asked))
    known = {row.offer_id: row for row in rows}

    def weight_of(offer_id: int) -> int | None:
        row = known.get(offer_id)
        if row is not None and row.weight_grams is not None:
            return row.weight_grams
        parts = kits.units_of(offer_id)
        if parts == ((offer_id, 1),):
            return None
        weights = [(weight_of(stock), units) for stock, units in parts]
        return (
            None if any(w is None for w, _units in weights) else sum((w or 0) * units for w, units in weights)
        )

    for package in packages:
        weights = [(weight_of(offer_id), pieces) for offer_id, pieces in package.pieces.items()]
        if all(weight is not None for weight, _pieces in weights):
            package.weight_grams = sum((weight or 0) * pieces for weight, pieces in weights)
        package.classes = frozenset(
            known[offer_id].delivery_class if offer_id in known else "" for offer_id in package.pieces
        )


def find_logistics(offer_id: int) -> OfferLogistics | None:
    return OfferLogistics.objects.filter(offer_id=offer_id).first()
