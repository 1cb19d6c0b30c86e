from django.urls import URLPattern, URLResolver, path

from pim.storefront import browse, card, merchant

urlpatterns: list[URLPattern | URLResolver] = [
    path("search/", browse.SearchView.as_view(), name="pim-search"),
    path("c/<path:category>/", browse.CategoryView.as_view(), name="pim-category"),
    path("p/<slug:slug>/", card.CardView.as_view(), name="pim-card"),
    path("m/<slug:merchant>/", merchant.MerchantView.as_view(), name="pim-merchant"),
]
