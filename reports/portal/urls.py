from django.urls import URLPattern, URLResolver, path

from reports.portal import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("reports/days/", views.SalesByDayView.as_view(), name="reports-sales-by-day"),
    path("reports/categories/", views.SalesByCategoryView.as_view(), name="reports-sales-by-category"),
    path("reports/products/", views.SalesByProductView.as_view(), name="reports-sales-by-product"),
    path("reports/lines/", views.LineListView.as_view(), name="reports-line-list"),
]
