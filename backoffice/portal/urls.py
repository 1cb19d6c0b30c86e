"""The merchants' pages of all apps below `/portal/`."""

from django.urls import URLPattern, URLResolver, include, path

from backoffice.portal import views

APPS = ("mms", "mas", "pim", "dam", "oms", "billing", "reports")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.PortalHomeView.as_view(), name="home"),
    path("switch/", views.SwitchMerchantView.as_view(), name="merchant-switch"),
    path("search/", views.PortalSearchView.as_view(), name="search"),
    path("menu-counts/", views.PortalMenuCountsView.as_view(), name="menu-counts"),
    path("jobs/<str:ref>/", views.PortalJobView.as_view(), name="job-detail"),
    path("jobs/<str:ref>/file/", views.PortalJobFileView.as_view(), name="job-file"),
    path("jobs/<str:ref>/cancel/", views.PortalJobCancelView.as_view(), name="job-cancel"),
    path("jobs/<str:ref>/retry/", views.PortalJobRetryView.as_view(), name="job-retry"),
    *(path("", include(f"{app}.portal.urls")) for app in APPS),
]
