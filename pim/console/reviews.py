"""The review queue: accept singly or in bulk, reject with a reason the merchant reads."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from backoffice.ui import badges, formats
from backoffice.ui.filters import ChoiceFilter, DateRangeFilter, FilterSet, SearchFilter
from backoffice.ui.forms import Form
from backoffice.ui.pages import (
    ActionPage,
    BulkAction,
    ConsolePage,
    DetailPage,
    Fact,
    FormPage,
    IndexPage,
    Tab,
)
from backoffice.ui.tables import Column, Table
from pim.console.card_parts import card_parts
from pim.models import RejectReason, Review, ReviewKind, ReviewState
from pim.operations.proposals import decide_proposal
from pim.operations.reviews import close_conflict, publish_cards, reject_cards
from pim.permissions import REVIEW_CARDS, VIEW_CATALOGUE
from pim.selectors.proposals import list_proposal_lines
from pim.selectors.reviews import get_review, list_open_reviews, list_reviews


class ReviewFilter(FilterSet):
    q = SearchFilter(
        fields=["card__title__icontains", "card__ref__iexact", "merchant__name__icontains"],
        label=gettext_lazy("Product or merchant"),
    )
    state = ChoiceFilter(label=gettext_lazy("State"), choices=ReviewState.choices)
    kind = ChoiceFilter(label=gettext_lazy("What"), choices=ReviewKind.choices)
    opened = DateRangeFilter(field_name="opened_at", label=gettext_lazy("Sent in"))


def _title(review: Review) -> str:
    if review.card is not None:
        return review.card.title or review.card.ref
    return str(review.details.get("merchant_sku", review.ref))


class ReviewTable(Table):
    columns = (
        Column("title", gettext_lazy("Product"), value=_title, link=True, sub="merchant.name"),
        Column("kind", gettext_lazy("What"), value=lambda row: row.get_kind_display(), priority=2),
        Column("card.family.name", gettext_lazy("Family"), priority=3),
        Column(
            "readiness",
            gettext_lazy("Complete"),
            value=lambda row: f"{row.card.readiness} %" if row.card else "",
            sort="card__readiness",
            priority=2,
        ),
        Column("opened_at", gettext_lazy("Sent in"), kind="when", sort=True),
        Column("state", gettext_lazy("State"), kind="badge", states="pim.Review"),
    )
    default_sort = "opened_at"

    def row_url(self, record: Review) -> str:
        return reverse("console:pim-review-detail", args=[record.ref])


def _open_new_cards(reviews: Any) -> list[int]:
    """The cards of the selection that one answer can decide; proposals and conflicts are decided on their pages."""
    return [
        review.card_id
        for review in reviews
        if review.card_id and review.kind == ReviewKind.NEW_CARD and review.state == ReviewState.OPEN
    ]


class ReviewListView(ConsolePage, IndexPage):
    grant = VIEW_CATALOGUE
    title = gettext_lazy("Review queue")
    table_class = ReviewTable
    filter_class = ReviewFilter
    empty_title = gettext_lazy("Nothing waits for review")
    empty_text = gettext_lazy("New products of merchants appear here before buyers see them.")
    empty_icon = "check-square"
    bulk_actions = (
        BulkAction(
            "accept", gettext_lazy("Accept"), "accept_rows", icon="check", grant=REVIEW_CARDS, tone="primary"
        ),
        BulkAction(
            "reject",
            gettext_lazy("Reject as incomplete"),
            "reject_rows",
            icon="x",
            grant=REVIEW_CARDS,
            tone="danger",
            confirm=gettext_lazy(
                "The merchants are told that values are missing. They can mend and submit again."
            ),
        ),
    )

    def get_rows(self) -> Any:
        return list_reviews(self.actor)

    def get_tabs(self) -> list[Tab]:
        return [
            Tab(_("Open"), "state=open", list_open_reviews(self.actor)),
            Tab(_("Rejected"), "state=rejected"),
            Tab(_("All"), ""),
        ]

    def accept_rows(self, rows: Any) -> str:
        ids = _open_new_cards(rows)
        count = publish_cards(ids, actor=self.actor)
        return ngettext("%(count)s product published.", "%(count)s products published.", count) % {
            "count": count
        }

    def reject_rows(self, rows: Any) -> str:
        ids = _open_new_cards(rows)
        count = reject_cards(ids, reason=RejectReason.INCOMPLETE, actor=self.actor)
        return ngettext("%(count)s product rejected.", "%(count)s products rejected.", count) % {
            "count": count
        }


class ReviewPage(ConsolePage):
    """What the pages about one review share."""

    _review: Review | None = None

    @property
    def review(self) -> Review:
        if self._review is None:
            self._review = get_review(self.kwargs["ref"], actor=self.actor)
        return self._review

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Review queue"), reverse("console:pim-review-list"))]


class ReviewDetailView(ReviewPage, DetailPage):
    grant = VIEW_CATALOGUE
    template_name = "pim/console/review.html"
    object_name = "review"

    def get_object(self) -> Review:
        return self.review

    def get_title(self) -> str:
        return _title(self.review)

    def get_badge(self) -> Any:
        return badges.badge(self.review.state, "pim.Review")

    def get_facts(self) -> list[Fact]:
        review = self.review
        facts = [
            Fact(_("What"), review.get_kind_display()),
            Fact(_("Merchant"), review.merchant.name if review.merchant else "—"),
            Fact(_("Sent in"), formats.when(review.opened_at)),
        ]
        if review.card is not None:
            facts.append(Fact(_("Complete"), f"{review.card.readiness} %"))
        if review.closed_at:
            facts.append(Fact(_("Decided by"), review.closed_by))
        return facts

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        review = self.review
        parts = card_parts(review.card, self.actor, self.request) if review.card else {}
        is_proposal = review.kind == ReviewKind.PROPOSAL
        return super().get_context_data(
            proposed=list_proposal_lines(review, get_language() or "en") if is_proposal else [],
            can_review=self.actor.can(REVIEW_CARDS),
            can_decide=self.actor.can(REVIEW_CARDS) and review.state == ReviewState.OPEN,
            card=review.card,
            **parts,
            **kwargs,
        )


class AcceptReviewView(ReviewPage, ActionPage):
    grant = REVIEW_CARDS
    success_message = gettext_lazy("Product published.")

    def perform(self) -> None:
        publish_cards(_open_new_cards([self.review]), actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("console:pim-review-list") + "?state=open"


class RejectForm(Form):
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=RejectReason.choices)
    note = forms.CharField(
        label=gettext_lazy("What should the merchant change?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        help_text=gettext_lazy("The merchant reads this beside the product."),
    )


class RejectReviewView(ReviewPage, FormPage):
    grant = REVIEW_CARDS
    title = gettext_lazy("Reject product")
    form_class = RejectForm
    submit_label = gettext_lazy("Reject product")
    success_message = gettext_lazy("Product rejected.")

    def perform(self, form: Any) -> None:
        reject_cards(_open_new_cards([self.review]), actor=self.actor, **form.cleaned_data)

    def get_success_url(self) -> str:
        return reverse("console:pim-review-list") + "?state=open"

    def get_cancel_url(self) -> str:
        return reverse("console:pim-review-detail", args=[self.review.ref])


class DecideProposalView(ReviewPage, ActionPage):
    """The ticked values are taken over, the others turned down."""

    grant = REVIEW_CARDS
    success_message = gettext_lazy("Proposal decided.")

    def perform(self) -> None:
        accepted = {int(pk) for pk in self.request.POST.getlist("accepted") if pk.isdigit()}
        note = self.request.POST.get("note", "")[:2000]
        decide_proposal(self.review.ref, accepted=accepted, note=note, actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("console:pim-review-detail", args=[self.review.ref])


class CloseConflictForm(Form):
    note = forms.CharField(
        label=gettext_lazy("What was decided?"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000
    )


class CloseConflictView(ReviewPage, FormPage):
    grant = REVIEW_CARDS
    title = gettext_lazy("Close conflict")
    form_class = CloseConflictForm
    submit_label = gettext_lazy("Close conflict")
    success_message = gettext_lazy("Conflict closed.")

    def perform(self, form: Any) -> None:
        close_conflict(self.review.ref, note=form.cleaned_data["note"], actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("console:pim-review-list") + "?state=open"
