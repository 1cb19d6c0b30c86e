from django.urls import URLPattern, URLResolver, path

from billing.portal import charges, disputes, money

urlpatterns: list[URLPattern | URLResolver] = [
    path("money/", money.MoneyHomeView.as_view(), name="billing-money-home"),
    path("money/transactions/", money.TransactionListView.as_view(), name="billing-transaction-list"),
    path("money/statements/", money.StatementListView.as_view(), name="billing-statement-list"),
    path("money/statements/<str:ref>/", money.StatementDetailView.as_view(), name="billing-statement-detail"),
    path(
        "money/statements/<str:ref>/statement.csv",
        money.StatementCsvView.as_view(),
        name="billing-statement-csv",
    ),
    path(
        "money/statements/<str:ref>/statement.pdf",
        money.StatementPdfView.as_view(),
        name="billing-statement-pdf",
    ),
    path("money/chargebacks/", disputes.DisputeListView.as_view(), name="billing-dispute-list"),
    path("money/other-fees/", charges.OtherChargeListView.as_view(), name="billing-charge-list"),
    path(
        "money/other-fees/<str:ref>/",
        charges.PeriodicFeeDetailView.as_view(),
        name="billing-periodic-fee-detail",
    ),
    path("money/fees/<str:ref>/", money.FeesExplainedView.as_view(), name="billing-fees-explained"),
]
