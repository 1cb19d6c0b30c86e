"""Bank files: written for payouts, handed out, taken apart when one of them must not leave, recorded as executed."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import audit, clock
from backoffice.ui import badges, formats
from backoffice.ui.filters import FilterSet, SearchFilter, YesNoFilter
from backoffice.ui.forms import DateField, Form
from backoffice.ui.pages import ActionPage, ConsolePage, DetailPage, Fact, FormPage, IndexPage
from backoffice.ui.tables import Column, Table
from billing.console.pages import FinancePage
from billing.models import FileFormat, PayoutState
from billing.operations.payout_files import create_batch, download_batch
from billing.operations.payouts import execute_batch
from billing.operations.withdrawals import ask_to_withdraw_payouts, keep_batch, withdraw_payouts
from billing.permissions import HOLD_PAYOUTS, SEND_PAYOUTS, VIEW_FINANCE
from billing.selectors.late_holds import find_late_holds
from billing.selectors.payout_blocks import list_kept_back
from billing.selectors.payouts import find_replacement, get_batch, list_batches, list_payouts

ENDINGS: dict[str, tuple[str, str]] = {
    FileFormat.PAIN: ("xml", "application/xml"),
    FileFormat.NACHA: ("ach", "text/plain"),
    FileFormat.CSV: ("csv", "text/csv"),
}


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
        Column("state", _("State"), kind="badge", states="billing.PayoutBatch"),
    )
    default_sort = "-created_at"

    def row_url(self, record: Any) -> str:
        return reverse("console:billing-batch-detail", args=[record.ref])


class BatchFilter(FilterSet):
    q = SearchFilter(fields=["ref__icontains"], label=_("Bank file"))
    to_void = YesNoFilter(
        label=_("Payouts to be taken out"), yes=Q(void_asked_at__isnull=False, voided_at__isnull=True)
    )


class BatchListView(ConsolePage, IndexPage):
    grant = VIEW_FINANCE
    title = _("Bank files")
    table_class = BatchTable
    filter_class = BatchFilter
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

    def get_badge(self) -> Any:
        return badges.badge(self.object.state, "billing.PayoutBatch")

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
        batch = self.object
        payouts = list(batch.payouts.select_related("merchant").order_by("merchant__name"))
        late = find_late_holds(payouts)
        for row in payouts:
            row.late_holds = late.get(row.ref, [])
        return super().get_context_data(
            payouts=payouts,
            late_holds=late,
            kept_back=list_kept_back(batch),
            can_send=self.actor.can(SEND_PAYOUTS),
            can_confirm=self.actor.can(HOLD_PAYOUTS),
            is_asker=batch.void_asked_by_user_id is not None
            and batch.void_asked_by_user_id == self.actor.user_id,
            can_withdraw=bool(payouts) and all(row.state == PayoutState.EXPORTED for row in payouts),
            replacement=find_replacement(batch),
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


class WithdrawForm(Form):
    payouts = forms.MultipleChoiceField(label=_("Take out"), widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("The second person decides by this reason.")
    )
    is_not_at_bank = forms.BooleanField(
        label=_("The bank does not have this file, or has deleted it"), required=False
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payouts"].choices = choices  # type: ignore[attr-defined]


class AskToWithdrawPayoutsView(ConsolePage, FormPage):
    """Which payouts must not leave with this file; those held since are chosen already."""

    grant = SEND_PAYOUTS
    title = _("Take payouts out of the file")
    intro = _(
        "A second person confirms. Then this file is void, what you take out waits for another file, and a new file "
        "with an id of its own carries the rest. Until that is decided this file is not handed out and not recorded as "
        "executed."
    )
    form_class = WithdrawForm
    submit_label = _("Ask a second person")
    success_message = _("Asked. Another person must confirm that these payouts are taken out.")

    def get_breadcrumbs(self) -> Sequence[Any]:
        ref = get_batch(self.kwargs["ref"]).ref
        return [
            (_("Bank files"), reverse("console:billing-batch-list")),
            (ref, reverse("console:billing-batch-detail", args=[ref])),
        ]

    def get_form_kwargs(self) -> dict[str, Any]:
        rows = get_batch(self.kwargs["ref"]).payouts.select_related("merchant").order_by("merchant__name")
        choices = [
            (
                row.ref,
                f"{row.merchant.name} · {formats.money_text(row.amount_minor, row.currency)} · {row.ref}",
            )
            for row in rows
        ]
        return {**super().get_form_kwargs(), "choices": choices}

    def get_initial(self) -> dict[str, Any]:
        return {"payouts": list(find_late_holds(get_batch(self.kwargs["ref"]).payouts.all()))}

    def perform(self, form: Any) -> None:
        data = form.cleaned_data
        ask_to_withdraw_payouts(
            self.kwargs["ref"],
            data["payouts"],
            reason=data["reason"],
            is_not_at_bank=data["is_not_at_bank"],
            actor=self.actor,
        )

    def get_success_url(self) -> str:
        return reverse("console:billing-batch-detail", args=[self.kwargs["ref"]])


class _BatchAction(ConsolePage, ActionPage):
    def get_success_url(self) -> str:
        return reverse("console:billing-batch-detail", args=[self.kwargs["ref"]])


class WithdrawPayoutsView(_BatchAction):
    grant = HOLD_PAYOUTS

    def perform(self) -> str:
        replacement = find_replacement(withdraw_payouts(self.kwargs["ref"], actor=self.actor))
        if replacement is None:
            return gettext("The file is void; nothing is left of it to send.")
        return gettext("The file is void; %(ref)s carries the rest.") % {"ref": replacement.ref}


class KeepBatchView(_BatchAction):
    grant = VIEW_FINANCE
    success_message = _("The file stays as it is.")

    def perform(self) -> None:
        keep_batch(self.kwargs["ref"], actor=self.actor)
