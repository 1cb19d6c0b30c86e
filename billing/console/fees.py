"""Fee rules: list, draft, approve, retire; which rule wins; what a draft would have changed; explain this cent."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import audit, clock
from backoffice.kernel.errors import InvalidInput
from backoffice.ui import badges, formats
from backoffice.ui.filters import FilterSet, MultipleChoiceFilter, SearchFilter
from backoffice.ui.pages import ActionPage, ConsolePage, DetailPage, Fact, FormPage, IndexPage, Page
from backoffice.ui.tables import Column, Table
from billing.console.fee_forms import FeeRuleForm, PreviewForm, initial_of, tier_texts, values_of
from billing.console.fee_scope import deleted_category, scope_of
from billing.console.pages import FinancePage
from billing.fees.compute import Amount
from billing.fees.explain import percent
from billing.fees.rules import Subject
from billing.fees.tax import Parties
from billing.models import FeeKind, RuleState
from billing.operations.fee_rehearsal import rehearse_fee_rule
from billing.operations.fee_rules import (
    PERIODIC,
    approve_fee_rule,
    draft_fee_rule,
    edit_fee_rule,
    retire_fee_rule,
)
from billing.permissions import APPROVE_FEES, EDIT_FEES, HANDLE_DISPUTES, VIEW_FINANCE
from billing.selectors.earnings import get_earning
from billing.selectors.entities import list_entities
from billing.selectors.fee_rules import attach_scope_names, get_fee_rule, list_fee_rules, preview_fee
from billing.selectors.fee_tax import decide_tax
from billing.selectors.snapshots import explain_snapshot, list_fee_snapshots
from pim.selectors.category_tree import get_tree

REHEARSED_DAYS = 90


class FeeRuleTable(Table):
    columns = (
        Column("name", _("Rule"), link=True, sort=True, sub="ref"),
        Column("get_fee_kind_display", _("Fee"), value=lambda record: record.get_fee_kind_display()),
        Column("scope_label", _("Holds for"), value=lambda record: record.scope_label, priority=2),
        Column("rate_bps", _("Percent"), kind="percent", sort=True),
        Column(
            "get_priority_display",
            _("Priority"),
            value=lambda record: record.get_priority_display(),
            priority=3,
        ),
        Column("valid_from", _("From"), kind="when", sort=True, priority=3),
        Column("state", _("State"), kind="badge", states="billing.FeeRule", sort=True),
    )
    default_sort = "name"

    def prepare(self, records: list[Any]) -> list[Any]:
        attach_scope_names(records)
        return records

    def row_url(self, record: Any) -> str:
        return reverse("console:billing-fee-detail", args=[record.ref])


class FeeRuleFilter(FilterSet):
    q = SearchFilter(
        fields=["name__icontains", "ref__icontains", "merchant__name__icontains"], label=_("Rule")
    )
    state = MultipleChoiceFilter(label=_("State"), choices=RuleState.choices)
    fee_kind = MultipleChoiceFilter(label=_("Fee"), choices=FeeKind.choices)


class FeeRuleListView(ConsolePage, IndexPage):
    grant = VIEW_FINANCE
    title = _("Fee rules")
    template_name = "billing/console/fees.html"
    table_class = FeeRuleTable
    filter_class = FeeRuleFilter
    empty_title = _("No fee rules yet")
    empty_text = _("Write a default rule first: without one no order can be placed.")

    def get_rows(self) -> Any:
        return list_fee_rules()

    def get_main_action(self) -> Any:
        if not self.actor.can(EDIT_FEES):
            return None
        return (_("Write a rule"), reverse("console:billing-fee-create"))


class FeeRuleDetailView(FinancePage, DetailPage):
    grant = VIEW_FINANCE
    template_name = "billing/console/fee_rule.html"
    object_name = "rule"

    def get_object(self) -> Any:
        return get_fee_rule(self.kwargs["ref"])

    def get_title(self) -> str:
        return str(self.object.name)

    def get_breadcrumbs(self) -> Sequence[Any]:
        return [(_("Fee rules"), reverse("console:billing-fee-list"))]

    def get_badge(self) -> Any:
        return badges.badge(self.object.state, "billing.FeeRule")

    def get_facts(self) -> Sequence[Fact]:
        row = self.object
        return [
            Fact(_("Fee"), row.get_fee_kind_display()),
            Fact(_("Percent"), _("by tiers") if row.tiers else percent(row.rate_bps)),
            Fact(_("Holds for"), row.scope_label),
            Fact(_("Priority"), row.get_priority_display()),
            Fact(_("From"), formats.when(row.valid_from)),
            Fact(_("Until"), formats.when(row.valid_to) if row.valid_to else _("open")),
            Fact(_("Written by"), row.created_by_label or "–"),
            Fact(_("Approved by"), row.approved_by_label or "–"),
        ]

    def get_timeline(self) -> Iterable[Any]:
        return audit.list_entries(self.object)[:50]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.object
        rehearsal = None
        if self.request.GET.get("rehearse"):
            since = clock.now() - timedelta(days=REHEARSED_DAYS)
            rehearsal = rehearse_fee_rule(row.ref, since=since, actor=self.actor)
        return super().get_context_data(
            rehearsal=rehearsal,
            can_rehearse=row.fee_kind not in PERIODIC,
            tiers=tier_texts(row),
            deleted_category=deleted_category(row),
            days=REHEARSED_DAYS,
            can_edit=self.actor.can(EDIT_FEES),
            can_approve=self.actor.can(APPROVE_FEES),
            is_author=row.created_by_user_id is not None and row.created_by_user_id == self.actor.user_id,
            **kwargs,
        )


class DraftFeeRuleView(ConsolePage, FormPage):
    """A new draft; `?replaces=` starts it as the next version of a live rule."""

    grant = EDIT_FEES
    title = _("Write a fee rule")
    intro = _("A draft changes nothing. Another person approves it.")
    form_class = FeeRuleForm

    def get_breadcrumbs(self) -> Sequence[Any]:
        return [(_("Fee rules"), reverse("console:billing-fee-list"))]

    @property
    def replaces(self) -> str:
        return self.request.GET.get("replaces", "")

    def get_form_kwargs(self) -> dict[str, Any]:
        basis = get_fee_rule(self.replaces) if self.replaces else None
        return {**super().get_form_kwargs(), "deleted_category": deleted_category(basis)}

    def get_initial(self) -> dict[str, Any]:
        if self.replaces:
            return {**initial_of(get_fee_rule(self.replaces)), "valid_from": clock.now()}
        return {"valid_from": clock.now(), "capped_at_proceeds": True}

    def perform(self, form: Any) -> str:
        basis = get_fee_rule(self.replaces) if self.replaces else None
        values = values_of(form.cleaned_data, self.actor, basis=basis)
        self.rule = draft_fee_rule(values=values, replaces=self.replaces, actor=self.actor)
        return gettext("The draft is written. Another person can approve it.")

    def get_success_url(self) -> str:
        return reverse("console:billing-fee-detail", args=[self.rule.ref])


class EditFeeRuleView(ConsolePage, FormPage):
    grant = EDIT_FEES
    title = _("Change the draft")
    form_class = FeeRuleForm
    success_message = _("The draft is changed.")

    def get_breadcrumbs(self) -> Sequence[Any]:
        return [(_("Fee rules"), reverse("console:billing-fee-list"))]

    def get_subject(self) -> Any:
        return get_fee_rule(self.kwargs["ref"])

    def get_form_kwargs(self) -> dict[str, Any]:
        rule = get_fee_rule(self.kwargs["ref"])
        return {**super().get_form_kwargs(), "deleted_category": deleted_category(rule)}

    def get_initial(self) -> dict[str, Any]:
        return initial_of(get_fee_rule(self.kwargs["ref"]))

    def perform(self, form: Any) -> None:
        values = values_of(form.cleaned_data, self.actor, basis=get_fee_rule(self.kwargs["ref"]))
        edit_fee_rule(self.kwargs["ref"], values=values, actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("console:billing-fee-detail", args=[self.kwargs["ref"]])


class _FeeAction(ConsolePage, ActionPage):
    grant = APPROVE_FEES

    def get_success_url(self) -> str:
        return reverse("console:billing-fee-detail", args=[self.kwargs["ref"]])


class ApproveFeeRuleView(_FeeAction):
    success_message = _("The rule is approved and counts from its start.")

    def perform(self) -> None:
        approve_fee_rule(self.kwargs["ref"], actor=self.actor)


class RetireFeeRuleView(_FeeAction):
    success_message = _("The rule no longer applies to new orders.")

    def perform(self) -> None:
        retire_fee_rule(self.kwargs["ref"], actor=self.actor)


class FeePreviewView(ConsolePage, Page):
    """“Which rule wins for…” with every candidate and the whole explanation."""

    grant = VIEW_FINANCE
    title = _("Which rule wins?")
    template_name = "billing/console/fee_preview.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = PreviewForm(
            self.request.GET if "amount" in self.request.GET else None, initial={"quantity": 1}
        )
        preview = None
        if form.is_bound and form.is_valid():
            try:
                preview = self._preview(form.cleaned_data)
            except InvalidInput as error:
                form.add_domain_errors(error)
        return super().get_context_data(form=form, preview=preview, **kwargs)

    def _preview(self, data: dict[str, Any]) -> Any:
        scope = scope_of(data, self.actor)
        entity = scope["entity"] or list_entities().first()
        merchant = scope["merchant"]
        country = entity.country if entity else merchant.country
        subject = Subject(
            fee_kind=data["fee_kind"],
            placed_at=clock.now(),
            currency=data["currency"],
            merchant_id=merchant.pk,
            entity_id=entity.pk if entity else None,
            website_id=scope["website_id"],
            country=scope["country"] or country,
            category_ids=get_tree().leaf_to_root_ids(scope["category_id"]),
            brand=scope["brand"],
            card_id=scope["card_id"],
        )
        tax = decide_tax(Parties(country, merchant.country, False), clock.today())
        return preview_fee(subject, Amount(data["amount"], data["currency"], quantity=data["quantity"]), tax)


class FeesExplainedView(FinancePage, DetailPage):
    """Explain this cent: every fee of one merchant order, step by step."""

    grant = VIEW_FINANCE
    template_name = "billing/console/fees_explained.html"
    object_name = "earning"

    def get_object(self) -> Any:
        return get_earning(self.kwargs["ref"], actor=self.actor)

    def get_title(self) -> str:
        return gettext("Fees of %(ref)s") % {"ref": self.object.merchant_order_ref}

    def get_breadcrumbs(self) -> Sequence[Any]:
        return [(_("Finance"), reverse("console:billing-finance-home"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = list_fee_snapshots(self.actor, merchant_order_id=self.object.merchant_order_id)
        return super().get_context_data(
            snapshots=[(row, explain_snapshot(row)) for row in rows],
            can_dispute=self.actor.can(HANDLE_DISPUTES) and self.object.captured_minor > 0,
            **kwargs,
        )
