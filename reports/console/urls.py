from django.urls import URLPattern, URLResolver, path

from reports.console import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("reports/sales/days/", views.SalesByDayView.as_view(), name="reports-sales-by-day"),
    path("reports/sales/merchants/", views.SalesByMerchantView.as_view(), name="reports-sales-by-merchant"),
    path("reports/sales/categories/", views.SalesByCategoryView.as_view(), name="reports-sales-by-category"),
    path("reports/sales/views/", views.SalesByStoreViewView.as_view(), name="reports-sales-by-view"),
    path("reports/sales/lines/", views.LineListView.as_view(), name="reports-line-list"),
    path("reports/income/days/", views.IncomeByDayView.as_view(), name="reports-income-by-day"),
    path(
        "reports/income/merchants/", views.IncomeByMerchantView.as_view(), name="reports-income-by-merchant"
    ),
    path("reports/income/postings/", views.PostingListView.as_view(), name="reports-posting-list"),
    path("reports/balances/", views.BalanceListView.as_view(), name="reports-balance-list"),
]
