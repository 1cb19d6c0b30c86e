from django.urls import URLPattern, URLResolver, path

from billing.console import (
    adjustments,
    bank,
    bank_lines,
    batches,
    companies,
    debts,
    disputes,
    fees,
    holds,
    home_page,
    journal_days,
    ledger,
    merchants,
    payouts,
    periodic_fees,
    periods,
    reversals,
    settlements,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("finance/", home_page.FinanceHomeView.as_view(), name="billing-finance-home"),
    path("finance/settlements/", settlements.SettlementListView.as_view(), name="billing-settlement-list"),
    path("finance/settlements/run/", settlements.RunSettlementsView.as_view(), name="billing-settlement-run"),
    path(
        "finance/settlements/<str:ref>/",
        settlements.SettlementDetailView.as_view(),
        name="billing-settlement-detail",
    ),
    path(
        "finance/settlements/<str:ref>/statement.csv",
        settlements.SettlementCsvView.as_view(),
        name="billing-settlement-csv",
    ),
    path(
        "finance/settlements/<str:ref>/statement.pdf",
        settlements.SettlementPdfView.as_view(),
        name="billing-settlement-pdf",
    ),
    path(
        "finance/settlements/<str:ref>/approve/",
        settlements.ApproveSettlementView.as_view(),
        name="billing-settlement-approve",
    ),
    path(
        "finance/settlements/<str:ref>/reject/",
        settlements.RejectSettlementView.as_view(),
        name="billing-settlement-reject",
    ),
    path(
        "finance/settlements/<str:ref>/recalculate/",
        settlements.RecalculateSettlementView.as_view(),
        name="billing-settlement-recalculate",
    ),
    path(
        "finance/settlements/<str:ref>/release/",
        settlements.ReleaseSettlementView.as_view(),
        name="billing-settlement-release",
    ),
    path(
        "finance/settlements/<str:ref>/retry/",
        settlements.RetryPayoutView.as_view(),
        name="billing-settlement-retry",
    ),
    path("finance/payouts/", payouts.PayoutListView.as_view(), name="billing-payout-list"),
    path("finance/payouts/<str:ref>/", payouts.PayoutDetailView.as_view(), name="billing-payout-detail"),
    path(
        "finance/payouts/<str:ref>/execute/",
        payouts.ExecutePayoutView.as_view(),
        name="billing-payout-execute",
    ),
    path("finance/payouts/<str:ref>/lose/", payouts.LosePayoutView.as_view(), name="billing-payout-lose"),
    path(
        "finance/payouts/<str:ref>/reject/", payouts.RejectPayoutView.as_view(), name="billing-payout-reject"
    ),
    path(
        "finance/payouts/<str:ref>/return/", payouts.ReturnPayoutView.as_view(), name="billing-payout-return"
    ),
    path(
        "finance/payouts/<str:ref>/cancel/", payouts.CancelPayoutView.as_view(), name="billing-payout-cancel"
    ),
    path("finance/files/", batches.BatchListView.as_view(), name="billing-batch-list"),
    path("finance/files/write/", batches.CreateBatchView.as_view(), name="billing-batch-create"),
    path("finance/files/<str:ref>/", batches.BatchDetailView.as_view(), name="billing-batch-detail"),
    path(
        "finance/files/<str:ref>/download/",
        batches.DownloadBatchView.as_view(),
        name="billing-batch-download",
    ),
    path(
        "finance/files/<str:ref>/execute/", batches.ExecuteBatchView.as_view(), name="billing-batch-execute"
    ),
    path(
        "finance/files/<str:ref>/withdraw/",
        batches.AskToWithdrawPayoutsView.as_view(),
        name="billing-batch-withdraw",
    ),
    path(
        "finance/files/<str:ref>/void/",
        batches.WithdrawPayoutsView.as_view(),
        name="billing-batch-void",
    ),
    path("finance/files/<str:ref>/keep/", batches.KeepBatchView.as_view(), name="billing-batch-keep"),
    path("finance/bank/", bank.BankFileListView.as_view(), name="billing-bank-file-list"),
    path("finance/bank/upload/", bank.UploadBankFileView.as_view(), name="billing-bank-file-upload"),
    path("finance/bank/lines/", bank_lines.BankLineListView.as_view(), name="billing-bank-line-list"),
    path(
        "finance/bank/lines/<str:ref>/",
        bank_lines.BankLineDetailView.as_view(),
        name="billing-bank-line-detail",
    ),
    path(
        "finance/bank/lines/<str:ref>/match/",
        bank_lines.MatchBankLineView.as_view(),
        name="billing-bank-line-match",
    ),
    path(
        "finance/bank/lines/<str:ref>/place/",
        bank_lines.PlaceBankLineView.as_view(),
        name="billing-bank-line-place",
    ),
    path(
        "finance/bank/lines/<str:ref>/ask/",
        bank_lines.AskToTakeBackBankLineView.as_view(),
        name="billing-bank-line-ask",
    ),
    path(
        "finance/bank/lines/<str:ref>/take-back/",
        bank_lines.TakeBackBankLineView.as_view(),
        name="billing-bank-line-undo",
    ),
    path(
        "finance/bank/lines/<str:ref>/keep/",
        bank_lines.KeepBankLineView.as_view(),
        name="billing-bank-line-keep",
    ),
    path("finance/bank/<str:ref>/", bank.BankFileDetailView.as_view(), name="billing-bank-file-detail"),
    path(
        "finance/bank/<str:ref>/import/", bank.ImportBankFileView.as_view(), name="billing-bank-file-import"
    ),
    path(
        "finance/bank/<str:ref>/discard/",
        bank.DiscardBankFileView.as_view(),
        name="billing-bank-file-discard",
    ),
    path("finance/ledger/", ledger.TrialBalanceView.as_view(), name="billing-trial-balance"),
    path("finance/ledger/accounts/", ledger.AccountListView.as_view(), name="billing-account-list"),
    path(
        "finance/ledger/accounts/<str:ref>/",
        ledger.AccountDetailView.as_view(),
        name="billing-account-detail",
    ),
    path("finance/ledger/entries/", ledger.EntryListView.as_view(), name="billing-entry-list"),
    path(
        "finance/ledger/entries/<uuid:entry_id>/",
        ledger.EntryDetailView.as_view(),
        name="billing-entry-detail",
    ),
    path(
        "finance/ledger/entries/<uuid:entry_id>/ask/",
        reversals.AskToReverseEntryView.as_view(),
        name="billing-entry-ask",
    ),
    path("finance/ledger/reversals/", reversals.ReversalListView.as_view(), name="billing-reversal-list"),
    path(
        "finance/ledger/reversals/<str:ref>/confirm/",
        reversals.ConfirmReversalView.as_view(),
        name="billing-reversal-confirm",
    ),
    path(
        "finance/ledger/reversals/<str:ref>/refuse/",
        reversals.RefuseReversalView.as_view(),
        name="billing-reversal-refuse",
    ),
    path("finance/ledger/days/", journal_days.JournalDayView.as_view(), name="billing-journal-day"),
    path(
        "finance/ledger/days/<slug:code>/<str:day>/journal.csv",
        journal_days.JournalDayCsvView.as_view(),
        name="billing-journal-day-csv",
    ),
    path("finance/fees/", fees.FeeRuleListView.as_view(), name="billing-fee-list"),
    path("finance/fees/write/", fees.DraftFeeRuleView.as_view(), name="billing-fee-create"),
    path("finance/fees/preview/", fees.FeePreviewView.as_view(), name="billing-fee-preview"),
    path("finance/fees/orders/<str:ref>/", fees.FeesExplainedView.as_view(), name="billing-fees-explained"),
    path(
        "finance/fees/monthly/",
        periodic_fees.PeriodicFeeListView.as_view(),
        name="billing-periodic-fee-list",
    ),
    path(
        "finance/fees/monthly/charge/",
        periodic_fees.ChargeMonthView.as_view(),
        name="billing-periodic-fee-charge",
    ),
    path(
        "finance/fees/monthly/<str:ref>/",
        periodic_fees.PeriodicFeeDetailView.as_view(),
        name="billing-periodic-fee-detail",
    ),
    path("finance/fees/<str:ref>/", fees.FeeRuleDetailView.as_view(), name="billing-fee-detail"),
    path("finance/fees/<str:ref>/edit/", fees.EditFeeRuleView.as_view(), name="billing-fee-edit"),
    path("finance/fees/<str:ref>/approve/", fees.ApproveFeeRuleView.as_view(), name="billing-fee-approve"),
    path("finance/fees/<str:ref>/retire/", fees.RetireFeeRuleView.as_view(), name="billing-fee-retire"),
    path("finance/adjustments/", adjustments.AdjustmentListView.as_view(), name="billing-adjustment-list"),
    path(
        "finance/adjustments/propose/",
        adjustments.ProposeAdjustmentView.as_view(),
        name="billing-adjustment-create",
    ),
    path(
        "finance/adjustments/<str:ref>/approve/",
        adjustments.ApproveAdjustmentView.as_view(),
        name="billing-adjustment-approve",
    ),
    path(
        "finance/adjustments/<str:ref>/refuse/",
        adjustments.RefuseAdjustmentView.as_view(),
        name="billing-adjustment-refuse",
    ),
    path("finance/chargebacks/", disputes.DisputeListView.as_view(), name="billing-dispute-list"),
    path("finance/chargebacks/open/", disputes.OpenDisputeView.as_view(), name="billing-dispute-create"),
    path(
        "finance/chargebacks/<str:ref>/",
        disputes.DisputeDetailView.as_view(),
        name="billing-dispute-detail",
    ),
    path("finance/chargebacks/<str:ref>/win/", disputes.WinDisputeView.as_view(), name="billing-dispute-win"),
    path(
        "finance/chargebacks/<str:ref>/lose/", disputes.LoseDisputeView.as_view(), name="billing-dispute-lose"
    ),
    path(
        "finance/chargebacks/<str:ref>/ask-to-bear/",
        disputes.AskToAbsorbDisputeView.as_view(),
        name="billing-dispute-ask",
    ),
    path(
        "finance/chargebacks/<str:ref>/bear/",
        disputes.AbsorbDisputeView.as_view(),
        name="billing-dispute-absorb",
    ),
    path("finance/debts/", debts.DebtListView.as_view(), name="billing-debt-list"),
    path("finance/debts/<str:ref>/pause/", debts.PauseRemindersView.as_view(), name="billing-debt-pause"),
    path("finance/debts/<str:ref>/resume/", debts.ResumeRemindersView.as_view(), name="billing-debt-resume"),
    path("finance/holds/", holds.HoldListView.as_view(), name="billing-hold-list"),
    path("finance/holds/<str:ref>/charge/", holds.ChargeHoldView.as_view(), name="billing-hold-charge"),
    path("finance/holds/<str:ref>/lift/", holds.LiftHoldView.as_view(), name="billing-hold-lift"),
    path(
        "finance/merchants/<str:ref>/",
        merchants.MerchantFinanceView.as_view(),
        name="billing-merchant-detail",
    ),
    path("finance/merchants/<str:ref>/hold/", holds.HoldPayoutsView.as_view(), name="billing-merchant-hold"),
    path(
        "finance/merchants/<str:ref>/settle/",
        merchants.SettleNowView.as_view(),
        name="billing-merchant-settle",
    ),
    path(
        "finance/merchants/<str:ref>/terms/",
        merchants.PayoutTermsView.as_view(),
        name="billing-merchant-terms",
    ),
    path("finance/companies/", companies.CompanyListView.as_view(), name="billing-company-list"),
    path("finance/companies/<slug:code>/", companies.EditCompanyView.as_view(), name="billing-company-edit"),
    path("finance/ledger/periods/", periods.PeriodListView.as_view(), name="billing-period-list"),
    path(
        "finance/ledger/periods/<slug:code>/<str:month>/",
        periods.PeriodDetailView.as_view(),
        name="billing-period-detail",
    ),
    path(
        "finance/ledger/periods/<slug:code>/<str:month>/explain/",
        periods.ExplainClearingView.as_view(),
        name="billing-period-explain",
    ),
    path(
        "finance/ledger/periods/<slug:code>/<str:month>/soft-close/",
        periods.SoftClosePeriodView.as_view(),
        name="billing-period-soft",
    ),
    path(
        "finance/ledger/periods/<slug:code>/<str:month>/close/",
        periods.HardClosePeriodView.as_view(),
        name="billing-period-hard",
    ),
    path(
        "finance/ledger/periods/<slug:code>/<str:month>/ask/",
        periods.AskToReopenPeriodView.as_view(),
        name="billing-period-ask",
    ),
    path(
        "finance/ledger/periods/<slug:code>/<str:month>/reopen/",
        periods.ReopenPeriodView.as_view(),
        name="billing-period-reopen",
    ),
]
