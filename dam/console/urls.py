"""Pages of the console."""

from django.urls import URLPattern, URLResolver, path

from dam.console import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("assets/", views.AssetListView.as_view(), name="dam-asset-list"),
    path("assets/upload/", views.UploadAssetsView.as_view(), name="dam-asset-upload"),
    path("assets/<uuid:uuid>/", views.AssetDetailView.as_view(), name="dam-asset-detail"),
    path("assets/<uuid:uuid>/edit/", views.DescribeAssetView.as_view(), name="dam-asset-edit"),
    path("assets/<uuid:uuid>/delete/", views.DeleteAssetView.as_view(), name="dam-asset-delete"),
    path("assets/<uuid:uuid>/file/", views.AssetFileView.as_view(), name="dam-asset-file"),
]
