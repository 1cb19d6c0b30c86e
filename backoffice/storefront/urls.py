from django.urls import include, path

from backoffice.storefront.views import ContentPageView, HomeView, RobotsView, ThemeView
from mas.storefront.urls import urlpatterns as mas_urls
from oms.storefront.urls import urlpatterns as oms_urls
from pim.storefront.urls import urlpatterns as pim_urls

urlpatterns = [
    path("", HomeView.as_view(), name="home"),
    path("theme.css", ThemeView.as_view(), name="theme"),
    path("robots.txt", RobotsView.as_view(), name="robots"),
    path("", include(pim_urls)),
    path("", include(mas_urls)),
    path("", include(oms_urls)),
    path("info/<slug:slug>/", ContentPageView.as_view(), name="content-page"),
]
