"""The operators' pages of all apps below `/console/`, beside Wagtail's own."""

from django.urls import URLPattern, URLResolver, include, path

from backoffice.console import stores, views

APPS = ("mms", "mas", "pim", "dam", "oms", "billing", "reports")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.ConsoleHomeView.as_view(), name="home"),
    path("search/", views.ConsoleSearchView.as_view(), name="search"),
    path("menu-counts/", views.ConsoleMenuCountsView.as_view(), name="menu-counts"),
    path("jobs/<str:ref>/", views.ConsoleJobView.as_view(), name="job-detail"),
    path("jobs/<str:ref>/file/", views.ConsoleJobFileView.as_view(), name="job-file"),
    path("jobs/<str:ref>/cancel/", views.ConsoleJobCancelView.as_view(), name="job-cancel"),
    path("jobs/<str:ref>/retry/", views.ConsoleJobRetryView.as_view(), name="job-retry"),
    path(
        "settings/websites/<slug:code>/stores/new/", stores.CreateStoreView.as_view(), name="mms-store-create"
    ),
    path("settings/stores/<slug:code>/", stores.ChangeStoreView.as_view(), name="mms-store-change"),
    *(path("", include(f"{app}.console.urls")) for app in APPS),
]
