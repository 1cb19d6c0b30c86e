"""What a fee rule says, as frozen values."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

ENGINE_VERSION = "1"


class FeeKind(StrEnum):
    """Every kind is matched on its own; kinds add up."""

    COMMISSION = "commission"
    SHIPPING = "shipping_commission"
    PAYMENT = "payment"
    LISTING = "listing"
    SUBSCRIPTION = "subscription"


class Priority(IntEnum):
    DEFAULT = 0
    STANDARD = 1
    PROMO = 2
    CONTRACT = 3


class TierMode(StrEnum):
    NONE = ""
    GRADUATED = "graduated"
    VOLUME = "volume"


class TierMeasure(StrEnum):
    """What climbs the tiers: the line itself, or what the merchant sold in the month so far, this line on top."""

    LINE = "line"
    MONTH = "month"


class BaseMode(StrEnum):
    GROSS = "gross"
    NET = "net"


class RefundPolicy(StrEnum):
    """What of the fee goes back when goods are refunded."""

    RETURN = "return"
    RETURN_PERCENT = "return_percent"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Tier:
    """A rate up to an amount (None = above all others)."""

    up_to_minor: int | None
    rate_bps: int


@dataclass(frozen=True, slots=True)
class Amounts:
    """The fixed parts and limits of a rule in one currency."""

    per_line_minor: int = 0
    per_unit_minor: int = 0
    min_minor: int | None = None
    max_minor: int | None = None


NO_AMOUNTS = Amounts()


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a rule holds; None or "" = everywhere."""

    entity_id: int | None = None
    website_id: int | None = None
    country: str = ""
    currency: str = ""
    merchant_id: int | None = None
    category_id: int | None = None
    category_depth: int = 0
    brand: str = ""
    card_id: int | None = None


@dataclass(frozen=True, slots=True)
class Formula:
    rate_bps: int = 0
    amounts: dict[str, Amounts] = field(default_factory=dict)
    tiers: tuple[Tier, ...] = ()
    tier_mode: TierMode = TierMode.NONE
    tier_measure: TierMeasure = TierMeasure.LINE
    base: BaseMode = BaseMode.GROSS
    # The fee never exceeds what the line brings.
    capped_at_proceeds: bool = True
    # The stated fee already contains the tax on it.
    includes_tax: bool = False

    @property
    def climbs_by_month(self) -> bool:
        return bool(self.tiers and self.tier_mode != TierMode.NONE and self.tier_measure == TierMeasure.MONTH)

    def amounts_in(self, currency: str) -> Amounts:
        return self.amounts.get(currency, NO_AMOUNTS)


@dataclass(frozen=True, slots=True)
class Rule:
    id: int
    ref: str
    name: str
    version: int
    fee_kind: FeeKind
    priority: Priority
    scope: Scope
    formula: Formula
    valid_from: datetime
    valid_to: datetime | None = None
    refund_policy: RefundPolicy = RefundPolicy.RETURN_PERCENT


@dataclass(frozen=True, slots=True)
class Subject:
    """What a fee is sought for: one order line, or the shipping of one merchant order."""

    fee_kind: FeeKind
    placed_at: datetime
    currency: str
    merchant_id: int
    entity_id: int | None = None
    website_id: int | None = None
    country: str = ""
    # Leaf to root.
    category_ids: tuple[int, ...] = ()
    brand: str = ""
    card_id: int | None = None
