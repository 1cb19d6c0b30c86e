from django.urls import URLPattern, URLResolver, path

from pim.console import brands, card_values, cards, categories, rates, reviews, structure
from pim.console.imports_urls import urlpatterns as import_urlpatterns

urlpatterns: list[URLPattern | URLResolver] = [
    path("catalogue/reviews/", reviews.ReviewListView.as_view(), name="pim-review-list"),
    path("catalogue/reviews/<str:ref>/", reviews.ReviewDetailView.as_view(), name="pim-review-detail"),
    path("catalogue/reviews/<str:ref>/accept/", reviews.AcceptReviewView.as_view(), name="pim-review-accept"),
    path("catalogue/reviews/<str:ref>/reject/", reviews.RejectReviewView.as_view(), name="pim-review-reject"),
    path(
        "catalogue/reviews/<str:ref>/decide/", reviews.DecideProposalView.as_view(), name="pim-review-decide"
    ),
    path("catalogue/reviews/<str:ref>/close/", reviews.CloseConflictView.as_view(), name="pim-review-close"),
    path("catalogue/cards/", cards.CardListView.as_view(), name="pim-card-list"),
    path("catalogue/cards/<str:ref>/", cards.CardDetailView.as_view(), name="pim-card-detail"),
    path("catalogue/cards/<str:ref>/values/", card_values.EditValuesView.as_view(), name="pim-card-edit"),
    path("catalogue/cards/<str:ref>/publish/", cards.PublishCardView.as_view(), name="pim-card-publish"),
    path("catalogue/cards/<str:ref>/hide/", cards.HideCardView.as_view(), name="pim-card-hide"),
    path("catalogue/cards/<str:ref>/archive/", cards.ArchiveCardView.as_view(), name="pim-card-archive"),
    path(
        "catalogue/cards/<str:ref>/numbers/add/",
        cards.AddIdentifierView.as_view(),
        name="pim-identifier-create",
    ),
    path("catalogue/cards/<str:ref>/categories/", cards.PlaceCardView.as_view(), name="pim-card-place"),
    path(
        "catalogue/cards/<str:ref>/changes/<int:change_id>/<slug:code>/revert/",
        cards.RevertFieldView.as_view(),
        name="pim-change-revert",
    ),
    path(
        "catalogue/changes/<str:ref>/undo/",
        card_values.UndoChangeSetView.as_view(),
        name="pim-change_set-undo",
    ),
    path("catalogue/families/", structure.FamilyListView.as_view(), name="pim-family-list"),
    path("catalogue/families/add/", structure.SaveFamilyView.as_view(), name="pim-family-create"),
    path("catalogue/families/<slug:code>/", structure.SaveFamilyView.as_view(), name="pim-family-edit"),
    path("catalogue/attributes/", structure.AttributeListView.as_view(), name="pim-attribute-list"),
    path("catalogue/attributes/add/", structure.SaveAttributeView.as_view(), name="pim-attribute-create"),
    path(
        "catalogue/attributes/<slug:code>/", structure.SaveAttributeView.as_view(), name="pim-attribute-edit"
    ),
    path("catalogue/categories/", categories.CategoryListView.as_view(), name="pim-category-list"),
    path("catalogue/categories/add/", categories.CreateCategoryView.as_view(), name="pim-category-create"),
    path(
        "catalogue/categories/<str:ref>/", categories.ChangeCategoryView.as_view(), name="pim-category-edit"
    ),
    path(
        "catalogue/categories/<str:ref>/add/",
        categories.CreateCategoryView.as_view(),
        name="pim-category-add",
    ),
    path(
        "catalogue/categories/<str:ref>/move/",
        categories.MoveCategoryView.as_view(),
        name="pim-category-move",
    ),
    path(
        "catalogue/categories/<str:ref>/delete/",
        categories.DeleteCategoryView.as_view(),
        name="pim-category-delete",
    ),
    path("catalogue/brands/", brands.BrandListView.as_view(), name="pim-brand-list"),
    path("catalogue/brands/add/", brands.SaveBrandView.as_view(), name="pim-brand-create"),
    path("catalogue/brands/<str:ref>/", brands.SaveBrandView.as_view(), name="pim-brand-edit"),
    path("catalogue/rates/", rates.RateListView.as_view(), name="pim-rate-list"),
    path("catalogue/rates/enter/", rates.EnterRateView.as_view(), name="pim-rate-create"),
    path("catalogue/rates/load/", rates.LoadEcbView.as_view(), name="pim-rate-load"),
    path("catalogue/rates/rule/", rates.SaveRuleView.as_view(), name="pim-conversion_rule-edit"),
    path("catalogue/units/", rates.UnitListView.as_view(), name="pim-unit-list"),
    *import_urlpatterns,
]
