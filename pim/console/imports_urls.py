"""Addresses of the imports for operators."""

from django.urls import URLPattern, URLResolver, path

from pim.console import imports

urlpatterns: list[URLPattern | URLResolver] = [
    path("catalogue/imports/", imports.ImportListView.as_view(), name="pim-import-list"),
    path("catalogue/imports/<str:ref>/", imports.ImportDetailView.as_view(), name="pim-import-detail"),
    path(
        "catalogue/imports/<str:ref>/progress/",
        imports.ImportProgressView.as_view(),
        name="pim-import-progress",
    ),
    path("catalogue/imports/<str:ref>/mapping/", imports.MapImportView.as_view(), name="pim-import-mapping"),
    path("catalogue/imports/<str:ref>/check/", imports.CheckImportView.as_view(), name="pim-import-check"),
    path("catalogue/imports/<str:ref>/apply/", imports.ApplyImportView.as_view(), name="pim-import-apply"),
    path("catalogue/imports/<str:ref>/cancel/", imports.CancelImportView.as_view(), name="pim-import-cancel"),
    path("catalogue/imports/<str:ref>/undo/", imports.UndoImportView.as_view(), name="pim-import-undo"),
    path("catalogue/imports/<str:ref>/failed/", imports.FailedRowsView.as_view(), name="pim-import-failed"),
]
