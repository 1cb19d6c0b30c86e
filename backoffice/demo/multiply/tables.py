"""What is copied together: four families of tables, each hanging on its root."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import models

from billing.models import (
    Account,
    Balance,
    Earning,
    FeeSnapshot,
    JournalEntry,
    JournalSeal,
    Posting,
    ReserveItem,
)
from mas.models import (
    Address,
    BankAccount,
    ChecklistItem,
    Counterparty,
    Merchant,
    ShopText,
    TaxNumber,
    TermsAcceptance,
)
from oms.models import (
    DeliveryMethod,
    DeliveryPriceClass,
    DeliveryZone,
    KitComponent,
    MerchantOrder,
    Order,
    OrderLine,
    Payment,
    PaymentAttempt,
    PaymentShare,
    Refund,
    RefundLine,
    Reservation,
    Shipment,
    ShipmentLine,
    StateChange,
    StockItem,
    StockLocation,
    StockMovement,
    StockPool,
    TestCardOperation,
    TimeLimit,
)
from pim.models import (
    AssetLink,
    Card,
    CardCategory,
    CardFacet,
    CardIdentifier,
    CardLayer,
    Change,
    Offer,
    OfferPrice,
    PriceLog,
    Slug,
)

Model = type[models.Model]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a family. `parent` names its column that leads up to the root, `""` for the root itself.

    `links` are columns that hold keys of other tables without being foreign keys; `sql` are columns with an
    expression of their own (`{new}` the new key, `{copy}` the copy's number, `{old}` the column).
    """

    model: Model
    parent: str = ""
    links: Mapping[str, Model] = field(default_factory=dict)
    sql: Mapping[str, str] = field(default_factory=dict)
    # Only these rows of the table belong to the family.
    only: models.Q = field(default_factory=models.Q)


@dataclass(frozen=True, slots=True)
class Family:
    name: str
    tables: tuple[Table, ...]

    @property
    def root(self) -> Model:
        return self.tables[0].model


# A 13-digit number of the range 20-29 that GS1 leaves to companies' own use, with its check digit.
_BODY = "(200000000000 + {new})"
_DIGITS = " + ".join(f"({_BODY} / {10**place} % 10) * {3 if place % 2 == 0 else 1}" for place in range(12))
_GTIN = f"({_BODY} * 10 + (10 - ({_DIGITS}) % 10) % 10)"
_NUMBER = (
    "CASE WHEN t.type = 'gtin' THEN {prefix}CAST({gtin} AS varchar(20)) ELSE t.{column} || '-' || {copy} END"
)

MERCHANTS = Family(
    "merchant",
    (
        Table(Merchant),
        Table(Counterparty, "merchant"),
        Table(TaxNumber, "counterparty"),
        Table(Address, "merchant"),
        Table(BankAccount, "merchant"),
        Table(ChecklistItem, "merchant"),
        Table(TermsAcceptance, "merchant"),
        Table(ShopText, "merchant"),
        Table(DeliveryZone, "merchant"),
        Table(DeliveryMethod, "zone"),
        Table(DeliveryPriceClass, "method"),
        Table(StockLocation, "merchant"),
        Table(StockPool, "location"),
        Table(Account, "owner_id", links={"owner_id": Merchant}, only=models.Q(owner_type="merchant")),
        Table(Balance, "account", sql={"posted_minor": "0"}),
    ),
)
CARDS = Family(
    "card",
    (
        Table(Card),
        Table(
            CardIdentifier,
            "card",
            sql={
                "value": _NUMBER.format(prefix="", gtin=_GTIN, column="value", copy="{copy}"),
                "value_norm": _NUMBER.format(
                    prefix="'0' || ", gtin=_GTIN, column="value_norm", copy="{copy}"
                ),
            },
        ),
        Table(CardCategory, "card"),
        Table(Slug, "card"),
        Table(CardLayer, "card"),
        Table(CardFacet, "card"),
        Table(AssetLink, "card"),
        Table(Change, "card"),
    ),
)
OFFERS = Family(
    "offer",
    (
        Table(Offer),
        Table(OfferPrice, "offer"),
        Table(PriceLog, "offer"),
        Table(StockItem, "offer"),
        Table(KitComponent, "kit"),
        Table(StockMovement, "item", only=~models.Q(kind__in=["reserved", "released", "expired", "shipped"])),
    ),
)
ORDERS = Family(
    "order",
    (
        Table(Order, sql={"cart_id": "NULL"}),
        Table(MerchantOrder, "order"),
        Table(OrderLine, "merchant_order", links={"card_id": Card}),
        Table(Payment, "order"),
        Table(PaymentShare, "payment"),
        Table(Refund, "merchant_order"),
        Table(RefundLine, "refund"),
        Table(PaymentAttempt, "payment"),
        Table(Shipment, "merchant_order"),
        Table(ShipmentLine, "shipment"),
        Table(StateChange, "order"),
        Table(TimeLimit, "order"),
        Table(Reservation, "line"),
        Table(Earning, "merchant_order_id", links={"merchant_order_id": MerchantOrder}),
        Table(ReserveItem, "earning"),
        Table(
            FeeSnapshot,
            "merchant_order_id",
            links={"merchant_order_id": MerchantOrder, "order_line_id": OrderLine},
        ),
    ),
)
# What a journal entry is about, by its source type: the number in `source_id` and in the natural key is that row's.
ENTRY_SOURCES: Mapping[str, Model] = {
    "merchant_order": MerchantOrder,
    "capture": PaymentAttempt,
    "refund": Refund,
}
# Rows of a purchase that no column leads to; `prototypes` finds them by what they say.
ORDER_MOVEMENTS = Table(StockMovement)
ORDER_CARD_OPERATIONS = Table(TestCardOperation)
ORDER_ENTRIES = Table(JournalEntry)
ORDER_POSTINGS = Table(Posting, links={"merchant_order_id": MerchantOrder})
# Written last: the journal refuses a seal without its postings, and postings behind a seal.
ORDER_SEALS = Table(JournalSeal, sql={"seq": "NULL", "chain_previous": "''", "chain_hash": "''"})

FAMILIES = (MERCHANTS, CARDS, OFFERS, ORDERS)

# What hangs on a copied row and stays behind, each for a reason.
LEFT_OUT: Mapping[str, str] = {
    "billing.Adjustment": "goodwill was given to the demo's merchants only",
    "billing.BalanceSnapshot": "taken by the worker",
    "billing.Debt": "nobody reminds the copies",
    "billing.Dispute": "a dispute is about one real payment",
    "billing.FeeRule": "rules hold for copies as for all",
    "billing.Hold": "copies have no reason to be held",
    "billing.MonthVolume": "counted when the next order asks",
    "billing.PeriodicFee": "monthly fees were charged to the demo's merchants only",
    "billing.Payout": "copies were not settled yet",
    "billing.PayoutTerms": "copies follow the usual terms",
    "billing.ReversalRequest": "a reversal is about one real entry",
    "billing.Settlement": "copies were not settled yet",
    "billing.SettlementLine": "copies were not settled yet",
    "mas.FiscalRepresentative": "the demo has none",
    "mas.Invitation": "copies were never invited",
    "mas.MerchantDocument": "files are stored once per owner",
    "oms.CartDelivery": "a cart is somebody's",
    "oms.CartLine": "a cart is somebody's",
    "oms.CarrierEvent": "no carrier speaks of the copies",
    "oms.FulfilmentTerms": "copies work by the usual hours",
    "oms.Incident": "nobody complained about the copies",
    "oms.InvoiceRequest": "asked of the demo's merchants only",
    "oms.OfferLogistics": "the copies' delivery is priced by value",
    "oms.PickupPoint": "buyers of the copies have their goods brought",
    "oms.StockAlert": "raised by the worker",
    "oms.StockCount": "nobody counted the copies",
    "oms.StockCountLine": "nobody counted the copies",
    "oms.StockHeat": "measured, not told",
    "oms.StockInspection": "goods came back to the demo's merchants only",
    "oms.StockTransfer": "nothing was sent between the copies' places",
    "oms.StockTransferLine": "nothing was sent between the copies' places",
    "oms.Voucher": "copies hand out no codes",
    "oms.VoucherUse": "orders of the copies keep their amounts, no voucher counts them",
    "oms.TrackingFile": "copies sent no file",
    "pim.CardListing": "computed anew from the copies",
    "pim.ImportRun": "copies came from no file",
    "pim.MappingProfile": "a profile belongs to whoever sends files",
    "pim.Review": "copies were never reviewed",
}
