"""Pages of the portal."""

from django.urls import URLPattern, URLResolver, path

from dam.portal import archives, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("media/", views.MediaListView.as_view(), name="dam-asset-list"),
    path("media/upload/", views.UploadMediaView.as_view(), name="dam-asset-upload"),
    path("media/zip/", archives.ArchiveListView.as_view(), name="dam-archive-list"),
    path("media/zip/upload/", archives.UploadArchiveView.as_view(), name="dam-archive-upload"),
    path("media/zip/<str:ref>/", archives.ArchiveDetailView.as_view(), name="dam-archive-detail"),
    path("media/zip/<str:ref>/progress/", archives.ArchiveJobView.as_view(), name="dam-archive-job"),
    path("media/<uuid:uuid>/", views.MediaDetailView.as_view(), name="dam-asset-detail"),
    path("media/<uuid:uuid>/edit/", views.DescribeMediaView.as_view(), name="dam-asset-edit"),
    path("media/<uuid:uuid>/delete/", views.DeleteMediaView.as_view(), name="dam-asset-delete"),
    path("media/<uuid:uuid>/file/", views.MediaFileView.as_view(), name="dam-asset-file"),
]
