"""What the marketplace owes its merchants, from the ledger's materialised balances."""

from dataclasses import dataclass

from backoffice.kernel.actors import Actor
from billing.chart import Code
from billing.models import Balance
from mas.models import Merchant

COLUMNS = {
    Code.PENDING: "pending_minor",
    Code.AVAILABLE: "available_minor",
    Code.RESERVE: "reserve_minor",
    Code.DISPUTE_HOLD: "disputed_minor",
}


@dataclass(frozen=True, slots=True)
class MerchantBalance:
    """Amounts owed to one merchant in one currency, in minor units; negative = the merchant owes."""

    merchant_id: int
    merchant_ref: str
    merchant_name: str
    currency: str
    pending_minor: int = 0
    available_minor: int = 0
    reserve_minor: int = 0
    disputed_minor: int = 0

    @property
    def total_minor(self) -> int:
        return self.pending_minor + self.available_minor + self.reserve_minor + self.disputed_minor


def list_merchant_balances(actor: Actor) -> list[MerchantBalance]:
    """One row per merchant and currency that ever held money, the largest debt of the marketplace first."""
    balances = Balance.objects.filter(account__owner_type="merchant", account__code__in=list(COLUMNS))
    if not actor.is_global:
        balances = balances.filter(account__owner_id__in=sorted(actor.merchant_ids))
    sums: dict[tuple[int, str], dict[str, int]] = {}
    rows = balances.values_list("account__owner_id", "account__currency", "account__code", "posted_minor")
    for owner_id, currency, code, posted in rows:
        held = sums.setdefault((owner_id, currency), {})
        name = COLUMNS[Code(code)]
        # Merchant accounts stand on the credit side: what is owed is posted negative.
        held[name] = held.get(name, 0) - posted
    merchants = Merchant.objects.in_bulk({owner_id for owner_id, _currency in sums})
    found = [
        MerchantBalance(owner_id, merchants[owner_id].ref, merchants[owner_id].name, currency, **held)
        for (owner_id, currency), held in sums.items()
        if owner_id in merchants
    ]
    return sorted(found, key=lambda row: (-row.total_minor, row.merchant_name))
