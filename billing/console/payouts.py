"""Payouts and bank files."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from backoffice.kernel import audit, clock
from backoffice.ui import badges, formats
from backoffice.ui.filters import FilterSet, MultipleChoiceFilter, SearchFilter
from backoffice.ui.forms import DateField, Form, MoneyField
from backoffice.ui.pages import ActionPage, ConsolePage, DetailPage, Fact, FormPage, IndexPage
from backoffice.ui.tables import Column, Table
from billing.console.pages import FinancePage
from billing.models import AT_THE_BANK, FileFormat, PayoutState
from billing.operations.payout_files import create_batch, download_batch
from billing.operations.payouts import (
    cancel_payout,
    execute_batch,
    execute_payout,
    lose_track_of_payout,
    reject_payout,
    return_payout,
)
from billing.permissions import SEND_PAYOUTS, VIEW_FINANCE
from billing.selectors.balances import find_merchant_balance
from billing.selectors.bank_lines import list_lines_of_payout
from billing.selectors.payout_blocks import Block, list_kept_back, list_obstacles
from billing.selectors.payouts import get_batch, get_payout, list_batches, list_payouts

ENDINGS: dict[str, tuple[str, str]] = {
    FileFormat.PAIN: ("xml", "application/xml"),
    FileFormat.NACHA: ("ach", "text/plain"),
    FileFormat.CSV: ("csv", "text/csv"),
}


class PayoutTable(Table):
    columns = (
        Column("ref", _("Payout"), kind="ref", link=True, sort=True),
        Column("merchant.name", _("Merchant"), sort="merchant__name"),
        Column("created_at", _("Created"), kind="when", sort=True, priority=2),
        Column("amount_minor", _("Amount"), kind="money", sort=True),
        Column("batch.ref", _("Bank file"), priority=3),
        Column("state", _("State"), kind="badge", states="billing.Payout", sort=True),
    )
    default_sort = "-created_at"

    def row_url(self, record: Any) -> str:
        return reverse("console:billing-payout-detail", args=[record.ref])


class PayoutFilter(FilterSet):
    q = SearchFilter(fields=["ref__icontains", "merchant__name__icontains"], label=_("Payout or merchant"))
    state = MultipleChoiceFilter(label=_("State"), choices=PayoutState.choices)


class PayoutListView(ConsolePage, IndexPage):
    grant = VIEW_FINANCE
    title = _("Payouts")
    table_class = PayoutTable
    filter_class = PayoutFilter
    empty_title = _("No payouts yet")
    empty_text = _("A payout appears when a statement is approved.")

    def get_rows(self) -> Any:
        return list_payouts(self.actor)

    def get_main_action(self) -> Any:
        if not self.actor.can(SEND_PAYOUTS):
            return None
        return (_("Write a bank file"), reverse("console:billing-batch-create"))


class PayoutDetailView(FinancePage, DetailPage):
    grant = VIEW_FINANCE
    template_name = "billing/console/payout.html"
    object_name = "payout"

    def get_object(self) -> Any:
        return get_payout(self.kwargs["ref"], actor=self.actor)

    def get_breadcrumbs(self) -> Sequence[Any]:
        return [(_("Payouts"), reverse("console:billing-payout-list"))]

    def get_badge(self) -> Any:
        return badges.badge(self.object.state, "billing.Payout")

    def get_facts(self) -> Sequence[Fact]:
        row = self.object
        return [
            Fact(_("Merchant"), row.merchant.name),
            Fact(_("Amount"), formats.money(row.amount_minor, row.currency)),
            Fact(
                _("Statement"),
                row.settlement.ref,
                url=reverse("console:billing-settlement-detail", args=[row.settlement.ref]),
            ),
            Fact(_("Attempt"), row.attempt),
        ]

    def get_timeline(self) -> Iterable[Any]:
        return audit.list_entries(self.object)[:50]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            blocks=self._obstacles(),
            can_send=self.actor.can(SEND_PAYOUTS),
            at_the_bank=self.object.state in AT_THE_BANK,
            bank_lines=list(list_lines_of_payout(self.object)),
            **kwargs,
        )

    def _obstacles(self) -> list[Block]:
        row = self.object
        if row.state not in (PayoutState.CREATED, PayoutState.CLAIMED):
            return []
        balance = find_merchant_balance(row.entity_id, row.merchant_id, row.currency)
        return list_obstacles(row, available_minor=balance.available_minor)


class _PayoutAction(ConsolePage, ActionPage):
    grant = SEND_PAYOUTS

    def get_success_url(self) -> str:
        return reverse("console:billing-payout-detail", args=[self.kwargs["ref"]])


class ExecutePayoutView(_PayoutAction):
    success_message = _("Recorded: the bank executed this payout.")

    def perform(self) -> None:
        execute_payout(self.kwargs["ref"], actor=self.actor)


class LosePayoutView(_PayoutAction):
    success_message = _("Recorded: no answer. The money stays in transit until you know more.")

    def perform(self) -> None:
        lose_track_of_payout(self.kwargs["ref"], actor=self.actor)


class RejectPayoutView(_PayoutAction):
    success_message = _("Recorded: the bank refused it. The amount is available to the merchant again.")

    def perform(self) -> None:
        reject_payout(self.kwargs["ref"], reason=self.request.POST.get("reason", ""), actor=self.actor)


class CancelPayoutView(_PayoutAction):
    success_message = _("Cancelled before anything moved.")

    def perform(self) -> None:
        cancel_payout(self.kwargs["ref"], reason=self.request.POST.get("reason", ""), actor=self.actor)


class ReturnForm(Form):
    reason = forms.CharField(label=_("What the bank says"), max_length=300)
    bank_fee = MoneyField(label=_("Fee of the bank"), currency="EUR", required=False)


class ReturnPayoutView(ConsolePage, FormPage):
    grant = SEND_PAYOUTS
    title = _("The payout came back")
    form_class = ReturnForm
    success_message = _("Recorded: the balance is restored.")

    def get_breadcrumbs(self) -> Sequence[Any]:
        payout = get_payout(self.kwargs["ref"], actor=self.actor)
        return [(payout.ref, reverse("console:billing-payout-detail", args=[payout.ref]))]

    def perform(self, form: Any) -> None:
        return_payout(
            self.kwargs["ref"],
            bank_fee_minor=form.cleaned_data["bank_fee"] or 0,
            reason=form.cleaned_data["reason"],
            actor=self.actor,
        )

    def get_success_url(self) -> str:
        return reverse("console:billing-payout-detail", args=[self.kwargs["ref"]])


class BatchForm(Form):
    payouts = forms.MultipleChoiceField(label=_("Payouts"), widget=forms.CheckboxSelectMultiple)
    file_format = forms.ChoiceField(label=_("Format"), choices=FileFormat.choices)
    execution_on = DateField(label=_("Execute on"))

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payouts"].choices = choices  # type: ignore[attr-defined]


class CreateBatchView(ConsolePage, FormPage):
    grant = SEND_PAYOUTS
    title = _("Write a bank file")
    intro = _(
        "The holds are checked again, and what is held is left out by name. The file is released only when its sum "
        "equals the ledger."
    )
    form_class = BatchForm

    def get_breadcrumbs(self) -> Sequence[Any]:
        return [(_("Bank files"), reverse("console:billing-batch-list"))]

    def get_form_kwargs(self) -> dict[str, Any]:
        ready = list_payouts(self.actor).filter(state__in=[PayoutState.CREATED, PayoutState.CLAIMED])
        choices = [
            (
                row.ref,
                f"{row.merchant.name} · {formats.money_text(row.amount_minor, row.currency)} · {row.ref}",
            )
            for row in ready.order_by("merchant__name")[:500]
        ]
        return {**super().get_form_kwargs(), "choices": choices}

    def get_initial(self) -> dict[str, Any]:
        return {"execution_on": clock.today(), "file_format": FileFormat.PAIN}

    def perform(self, form: Any) -> str:
        data = form.cleaned_data
        self.batch = create_batch(
            data["payouts"],
            file_format=data["file_format"],
            execution_on=data["execution_on"],
            actor=self.actor,
        )
        text = ngettext(
            "The file is written: %(count)s payout.",
            "The file is written: %(count)s payouts.",
            self.batch.n_payouts,
        ) % {"count": self.batch.n_payouts}
        if not self.batch.kept_back:
            return text
        held = ngettext(
            "%(count)s payout was kept back; the page of the file says why.",
            "%(count)s payouts were kept back; the page of the file says why.",
            len(self.batch.kept_back),
        ) % {"count": len(self.batch.kept_back)}
        return f"{text} {held}"

    def get_success_url(self) -> str:
        return reverse("console:billing-batch-detail", args=[self.batch.ref])


class BatchTable(Table):
    columns = (
        Column("ref", _("Bank file"), kind="ref", link=True),
        Column("created_at", _("Written"), kind="when", sort=True),
        Column("format", _("Format"), priority=2),
        Column("n_payouts", _("Payouts"), kind="count"),
        Column("total_minor", _("Sum"), kind="money", sort=True),
        Column("execution_on", _("Execute on"), kind="date", priority=2),
        Column("downloaded_at", _("Downloaded"), kind="when", priority=3),
    )
    default_sort = "-created_at"

    def row_url(self, record: Any) -> str:
        return reverse("console:billing-batch-detail", args=[record.ref])


class BatchListView(ConsolePage, IndexPage):
    grant = VIEW_FINANCE
    title = _("Bank files")
    table_class = BatchTable
    empty_title = _("No bank files yet")
    empty_text = _("Choose payouts and write the first file.")

    def get_rows(self) -> Any:
        return list_batches()


class BatchDetailView(FinancePage, DetailPage):
    grant = VIEW_FINANCE
    template_name = "billing/console/batch.html"
    object_name = "batch"

    def get_object(self) -> Any:
        return get_batch(self.kwargs["ref"])

    def get_breadcrumbs(self) -> Sequence[Any]:
        return [(_("Bank files"), reverse("console:billing-batch-list"))]

    def get_facts(self) -> Sequence[Fact]:
        row = self.object
        return [
            Fact(_("Company"), row.entity.name),
            Fact(_("Sum"), formats.money(row.total_minor, row.currency)),
            Fact(_("Payouts"), row.n_payouts),
            Fact(_("Format"), row.get_format_display()),
            Fact(_("Written by"), row.created_by_label),
        ]

    def get_timeline(self) -> Iterable[Any]:
        return audit.list_entries(self.object)[:50]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        payouts = list(self.object.payouts.select_related("merchant").order_by("merchant__name"))
        return super().get_context_data(
            payouts=payouts,
            kept_back=list_kept_back(self.object),
            can_send=self.actor.can(SEND_PAYOUTS),
            is_open=any(row.state in (PayoutState.EXPORTED, PayoutState.ACCEPTED) for row in payouts),
            **kwargs,
        )


class DownloadBatchView(ConsolePage, ActionPage):
    """The file itself; who took it is recorded, so it is a POST."""

    grant = SEND_PAYOUTS

    def perform(self) -> HttpResponse:
        batch = download_batch(self.kwargs["ref"], actor=self.actor)
        ending, kind = ENDINGS[batch.format]
        response = HttpResponse(batch.content, content_type=f"{kind}; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{batch.ref}.{ending}"'
        return response

    def get_success_url(self) -> str:
        return reverse("console:billing-batch-detail", args=[self.kwargs["ref"]])


class ExecuteBatchView(ConsolePage, ActionPage):
    grant = SEND_PAYOUTS

    def perform(self) -> str:
        count = execute_batch(self.kwargs["ref"], actor=self.actor)
        return ngettext(
            "Recorded: the bank executed %(count)s payout.",
            "Recorded: the bank executed %(count)s payouts.",
            count,
        ) % {"count": count}

    def get_success_url(self) -> str:
        return reverse("console:billing-batch-detail", args=[self.kwargs["ref"]])
