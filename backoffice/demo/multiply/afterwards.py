"""What is computed from the copies: counters of stock, balances, what can be sold, hash chain, listings."""

from collections.abc import Callable, Mapping

from django.db import connection, transaction
from django.db.models import F, Q, Sum

from backoffice.demo.multiply.plan import Plan
from backoffice.kernel import clock
from billing.models import Balance
from billing.operations.chain import chain_entries
from oms.models import StockItem, StockMovement
from oms.operations.availability import push_availability
from pim.models import Card, Offer
from pim.operations.listings import refresh_listings

Say = Callable[[str], object]
CHUNK = 2000
SPARE_PIECES = 20


def settle_figures(first_keys: Mapping[str, int], plan: Plan, say: Say) -> None:
    """Bring every figure in line with the copied rows; `first_keys` are the first copied key of each root."""
    # Without copied offers the copied purchases took the originals' stock.
    first_offer = first_keys["offer"] if plan.whole["offer"] else 0
    _state_missing_pieces(first_offer)
    _count_stock(first_offer)
    say("stock counted")
    _sum_balances()
    say("balances summed")
    offers = Offer.objects.filter(pk__gte=first_offer).order_by("pk").values_list("pk", flat=True)
    for ids in _chunks(list(offers)):
        with transaction.atomic():
            push_availability(ids)
    say("offers know what can be sold")
    chain_entries()
    say("journal chained")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    touched = Q(pk__gte=first_keys["card"])
    if not plan.whole["card"]:
        touched |= Q(offers__pk__gte=first_offer)
    cards = sorted(set(Card.objects.filter(touched).values_list("pk", flat=True)))
    for number, ids in enumerate(_chunks(cards), start=1):
        refresh_listings(ids)
        say(f"listings: {min(number * CHUNK, len(cards))} of {len(cards)} cards")


def _chunks(ids: list[int]) -> list[list[int]]:
    return [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]


def _sums(first_offer: int) -> str:
    """Stock rows of the offers with what their movements say."""
    return (
        "SELECT m.item_id AS id, SUM(m.on_hand_delta) AS on_hand, SUM(m.reserved_delta) AS reserved "
        "FROM oms_stockmovement m JOIN oms_stockitem i ON i.id = m.item_id "
        f"WHERE i.offer_id >= {int(first_offer)} GROUP BY m.item_id"
    )


def _state_missing_pieces(first_offer: int) -> None:
    """Where more purchases than pieces were copied, the merchant stated more pieces."""
    rows = (
        StockMovement.objects.filter(item__offer_id__gte=first_offer)
        .order_by()
        .values("item_id")
        .annotate(on_hand=Sum("on_hand_delta"), reserved=Sum("reserved_delta"))
        .filter(Q(on_hand__lt=F("reserved")) | Q(on_hand__lt=0))
    )
    StockMovement.objects.bulk_create(
        [
            StockMovement(
                item_id=row["item_id"],
                kind="stated",
                on_hand_delta=max(row["reserved"], 0) - row["on_hand"] + SPARE_PIECES,
                reference="generate",
                actor_label="generate",
            )
            for row in rows
        ],
        batch_size=CHUNK,
    )


def _count_stock(first_offer: int) -> None:
    item = connection.ops.quote_name(StockItem._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {item} SET on_hand = s.on_hand, reserved = s.reserved "
            f"FROM ({_sums(first_offer)}) s WHERE {item}.id = s.id"
        )


def _sum_balances() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE billing_balance SET posted_minor = s.total FROM "
            "(SELECT p.account_id AS id, SUM(p.amount_minor) AS total FROM billing_posting p "
            "JOIN billing_balance b ON b.account_id = p.account_id GROUP BY p.account_id) s "
            "WHERE billing_balance.account_id = s.id"
        )
    Balance.objects.filter(posted_minor__lte=0).update(below_zero_since=None)
    Balance.objects.filter(posted_minor__gt=0, below_zero_since=None).update(below_zero_since=clock.now())
