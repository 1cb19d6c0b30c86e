"""Tables of product information; private to the app, selectors and operations are its face."""

from pim.models.assets import AssetLink, AssetRole
from pim.models.brands import Brand, BrandAlias
from pim.models.cards import (
    LIVE_STATES,
    Card,
    CardCategory,
    CardIdentifier,
    CardKind,
    CardState,
    IdentifierType,
    Slug,
)
from pim.models.categories import Category
from pim.models.families import (
    Attribute,
    AttributeGroup,
    AttributeOption,
    AttributeType,
    Family,
    FamilyAttribute,
    ScopeLevel,
    TaxClass,
)
from pim.models.imports import (
    FeedFormat,
    ImportRow,
    ImportRun,
    ImportState,
    MappingProfile,
    RowOutcome,
)
from pim.models.ledger import Change, ChangeSet, ChangeSource
from pim.models.listings import CardListing, ListingMerchant, ListingSearch
from pim.models.offers import Condition, Offer, OfferPrice, OfferState, PriceLog
from pim.models.rates import ConversionRule, Rate, Rounding
from pim.models.reviews import LineState, ProposalLine, RejectReason, Review, ReviewKind, ReviewState
from pim.models.units import MeasureFamily, Unit
from pim.models.values import FACET_SCALE, GLOBAL_SCOPE, CardFacet, CardLayer

__all__ = [
    "FACET_SCALE",
    "GLOBAL_SCOPE",
    "LIVE_STATES",
    "AssetLink",
    "AssetRole",
    "Attribute",
    "AttributeGroup",
    "AttributeOption",
    "AttributeType",
    "Brand",
    "BrandAlias",
    "Card",
    "CardCategory",
    "CardFacet",
    "CardIdentifier",
    "CardKind",
    "CardLayer",
    "CardListing",
    "CardState",
    "Category",
    "Change",
    "ChangeSet",
    "ChangeSource",
    "Condition",
    "ConversionRule",
    "Family",
    "FamilyAttribute",
    "FeedFormat",
    "IdentifierType",
    "ImportRow",
    "ImportRun",
    "ImportState",
    "LineState",
    "ListingMerchant",
    "ListingSearch",
    "MappingProfile",
    "MeasureFamily",
    "Offer",
    "OfferPrice",
    "OfferState",
    "PriceLog",
    "ProposalLine",
    "Rate",
    "RejectReason",
    "Review",
    "ReviewKind",
    "ReviewState",
    "Rounding",
    "RowOutcome",
    "ScopeLevel",
    "Slug",
    "TaxClass",
    "Unit",
]
