from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.refs import new_ref
from backoffice.kernel.scoping import VisibleQuerySet
from pim.models.families import TaxClass


def new_card_ref() -> str:
    return new_ref("CRD")


class CardKind(models.TextChoices):
    SINGLE = "single", _("Single")
    PARENT = "parent", _("Parent of variants")
    VARIANT = "variant", _("Variant")
    SET = "set", _("Set")
    MADE_TO_ORDER = "made_to_order", _("Made to order")


class CardState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    PUBLISHED = "published", _("Published")
    HIDDEN = "hidden", _("Hidden")
    REJECTED = "rejected", _("Rejected")
    ARCHIVED = "archived", _("Archived")


# A card in one of these holds its identifiers against newcomers.
LIVE_STATES = (CardState.DRAFT, CardState.IN_REVIEW, CardState.PUBLISHED, CardState.HIDDEN)


class CardQuerySet(VisibleQuerySet["Card"]):
    """Merchants see the published master data, and their own contributions in any state."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.is_global:
            return self
        if not actor.merchant_ids:
            return self.none()
        return self.filter(Q(state=CardState.PUBLISHED) | Q(contributed_by_id__in=sorted(actor.merchant_ids)))


class Card(FSMModelMixin, models.Model):
    """Shared master data of one product: what it is, never who sells it at which price."""

    ref = models.CharField(max_length=24, unique=True, default=new_card_ref, editable=False)
    kind = models.CharField(_("kind"), max_length=14, choices=CardKind.choices, default=CardKind.SINGLE)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="variants"
    )
    family = models.ForeignKey("pim.Family", on_delete=models.PROTECT, related_name="cards")
    state = FSMField(
        _("state"), max_length=10, choices=CardState.choices, default=CardState.DRAFT, protected=True
    )
    # Optimistic lock: raised by every write of values.
    version = models.PositiveIntegerField(default=1)
    # Fast copies of values for lists of back-office people; the layers are the truth.
    title = models.CharField(max_length=250, blank=True)
    brand = models.ForeignKey(
        "pim.Brand", on_delete=models.PROTECT, null=True, blank=True, related_name="cards"
    )
    # Blank = the family's.
    tax_class = models.CharField(_("tax class"), max_length=10, choices=TaxClass.choices, blank=True)
    # Required attributes without a value, as of the family's requirements_version below.
    missing = models.JSONField(default=list)
    readiness = models.PositiveSmallIntegerField(_("readiness"), default=0)
    requirements_version = models.PositiveIntegerField(default=0)
    contributed_by = models.ForeignKey(
        "mas.Merchant", on_delete=models.PROTECT, null=True, blank=True, related_name="contributed_cards"
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_cards"
    )
    created_in = models.ForeignKey(
        "pim.ChangeSet", on_delete=models.PROTECT, null=True, related_name="created_cards"
    )
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)
    published_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[CardQuerySet] = CardQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="variant", parent__isnull=False)
                | (~Q(kind="variant") & Q(parent__isnull=True)),
                name="pim_card_variant_has_parent",
            )
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="pim_card_state"),
            models.Index(fields=["contributed_by", "state", "-id"], name="pim_card_contributor"),
            models.Index(fields=["family", "-id"], name="pim_card_family"),
            models.Index(fields=["readiness", "-id"], name="pim_card_readiness"),
        ]

    def __str__(self) -> str:
        return self.title or self.ref

    @property
    def shown_card_id(self) -> int:
        """The card a buyer finds in lists: the parent for a variant."""
        return self.parent_id or self.pk

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_STATES

    @transition(field=state, source=[CardState.DRAFT, CardState.REJECTED], target=CardState.IN_REVIEW)
    def submit(self) -> None:
        """Ready for the operator's eyes."""

    @transition(
        field=state,
        source=[CardState.DRAFT, CardState.IN_REVIEW, CardState.HIDDEN],
        target=CardState.PUBLISHED,
    )
    def publish(self) -> None:
        self.published_at = self.published_at or clock.now()

    @transition(field=state, source=CardState.IN_REVIEW, target=CardState.REJECTED)
    def reject(self) -> None:
        """Not taken into the catalogue; the contributor may mend and submit it again."""

    @transition(field=state, source=CardState.PUBLISHED, target=CardState.HIDDEN)
    def hide(self) -> None:
        """Off every store view, with all it knows."""

    @transition(
        field=state,
        source=[
            CardState.DRAFT,
            CardState.IN_REVIEW,
            CardState.HIDDEN,
            CardState.REJECTED,
            CardState.PUBLISHED,
        ],
        target=CardState.ARCHIVED,
    )
    def archive(self) -> None:
        """Out of use for good; its identifiers become free."""


class IdentifierType(models.TextChoices):
    GTIN = "gtin", _("GTIN")
    MPN = "mpn", _("Manufacturer's number")
    OPERATOR = "operator", _("Our own number")


class CardIdentifier(models.Model):
    """A number the outside world knows a card by; unique among live cards."""

    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="identifiers")
    type = models.CharField(max_length=10, choices=IdentifierType.choices)
    value = models.CharField(max_length=80)
    # GTIN: 14 digits; others: upper case letters and digits.
    value_norm = models.CharField(max_length=80)
    # An MPN means something only beside its brand.
    brand = models.ForeignKey("pim.Brand", on_delete=models.PROTECT, null=True, blank=True)
    is_live = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["type", "value_norm"],
                condition=Q(is_live=True) & ~Q(type="mpn"),
                name="pim_identifier_one_live_card",
            ),
            models.UniqueConstraint(
                fields=["brand", "value_norm"],
                condition=Q(is_live=True, type="mpn"),
                name="pim_mpn_one_live_card_per_brand",
            ),
            models.CheckConstraint(
                condition=~Q(type="mpn") | Q(brand__isnull=False), name="pim_mpn_needs_brand"
            ),
        ]
        indexes = [models.Index(fields=["value_norm"], name="pim_identifier_value")]

    def __str__(self) -> str:
        return f"{self.type} {self.value}"


class CardCategory(models.Model):
    """A card's place in a category; the main one gives breadcrumbs and fees."""

    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="placements")
    category = models.ForeignKey("pim.Category", on_delete=models.PROTECT, related_name="placements")
    is_main = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["card", "category"], name="pim_card_once_per_category"),
            models.UniqueConstraint(
                fields=["card"], condition=Q(is_main=True), name="pim_card_one_main_category"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card_id} in {self.category_id}"


class Slug(models.Model):
    """A card's address in one store view; former addresses stay and answer with a redirect."""

    view_id = models.BigIntegerField()
    slug = models.SlugField(max_length=160, db_index=False)
    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="slugs")
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["view_id", "slug"], name="pim_slug_once_per_view"),
            models.UniqueConstraint(
                fields=["card", "view_id"], condition=Q(is_current=True), name="pim_slug_one_current"
            ),
        ]

    def __str__(self) -> str:
        return self.slug
