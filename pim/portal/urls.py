from django.urls import URLPattern, URLResolver, path

from pim.models import OfferState
from pim.portal import cards, offers
from pim.portal.imports_urls import urlpatterns as import_urlpatterns

urlpatterns: list[URLPattern | URLResolver] = [
    path("products/offers/", offers.OfferListView.as_view(), name="pim-offer-list"),
    path("products/offers/<str:ref>/", offers.OfferDetailView.as_view(), name="pim-offer-detail"),
    path("products/offers/<str:ref>/edit/", offers.EditOfferView.as_view(), name="pim-offer-edit"),
    path(
        "products/offers/<str:ref>/discount/",
        offers.ScheduleDiscountView.as_view(),
        name="pim-offer-discount",
    ),
    path(
        "products/offers/<str:ref>/pause/",
        offers.MoveOfferView.as_view(to=OfferState.PAUSED),
        name="pim-offer-pause",
    ),
    path(
        "products/offers/<str:ref>/resume/",
        offers.MoveOfferView.as_view(to=OfferState.ACTIVE),
        name="pim-offer-resume",
    ),
    path(
        "products/offers/<str:ref>/remove/",
        offers.MoveOfferView.as_view(to=OfferState.REMOVED),
        name="pim-offer-remove",
    ),
    path("products/cards/", cards.CardListView.as_view(), name="pim-card-list"),
    path("products/cards/add/", cards.ChooseFamilyView.as_view(), name="pim-card-create"),
    path("products/cards/add/<slug:family>/", cards.CreateCardView.as_view(), name="pim-card-create_form"),
    path("products/cards/<str:ref>/", cards.CardDetailView.as_view(), name="pim-card-detail"),
    path("products/cards/<str:ref>/edit/", cards.EditCardView.as_view(), name="pim-card-edit"),
    path("products/cards/<str:ref>/submit/", cards.SubmitCardView.as_view(), name="pim-card-submit"),
    *import_urlpatterns,
]
