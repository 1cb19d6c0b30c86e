"""Addresses of the merchant's imports."""

from django.urls import URLPattern, URLResolver, path, re_path

from pim.portal import imports

urlpatterns: list[URLPattern | URLResolver] = [
    path("imports/", imports.ImportListView.as_view(), name="pim-import-list"),
    path("imports/new/", imports.UploadImportView.as_view(), name="pim-import-upload"),
    re_path(
        r"^imports/template/(?P<family>[-\w]+)\.(?P<kind>csv|xlsx)$",
        imports.ImportTemplateView.as_view(),
        name="pim-import-template",
    ),
    path("imports/<str:ref>/", imports.ImportDetailView.as_view(), name="pim-import-detail"),
    path("imports/<str:ref>/progress/", imports.ImportProgressView.as_view(), name="pim-import-progress"),
    path("imports/<str:ref>/mapping/", imports.MapImportView.as_view(), name="pim-import-mapping"),
    path("imports/<str:ref>/check/", imports.CheckImportView.as_view(), name="pim-import-check"),
    path("imports/<str:ref>/apply/", imports.ApplyImportView.as_view(), name="pim-import-apply"),
    path("imports/<str:ref>/cancel/", imports.CancelImportView.as_view(), name="pim-import-cancel"),
    path("imports/<str:ref>/undo/", imports.UndoImportView.as_view(), name="pim-import-undo"),
    path("imports/<str:ref>/failed/", imports.FailedRowsView.as_view(), name="pim-import-failed"),
]
