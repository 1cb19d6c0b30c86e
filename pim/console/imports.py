"""Imports of all merchants, as operators see them."""

from collections.abc import Sequence
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from backoffice.ui.columns import Column
from backoffice.ui.pages import ConsolePage
from pim.imports.pages import (
    ApplyImport,
    CancelImport,
    CheckImport,
    FailedRows,
    ImportDetail,
    ImportIndex,
    ImportProgress,
    MapImport,
    UndoImport,
)
from pim.imports.tables import ImportTable


class AllImportsTable(ImportTable):
    audience = "console"
    columns: ClassVar[Sequence[Column]] = (
        *ImportTable.columns[:1],
        Column("merchant.name", _("Merchant"), sort=True),
        *ImportTable.columns[1:],
    )


class ImportListView(ConsolePage, ImportIndex):
    table_class = AllImportsTable


class ImportDetailView(ConsolePage, ImportDetail):
    pass


class ImportProgressView(ConsolePage, ImportProgress):
    pass


class MapImportView(ConsolePage, MapImport):
    pass


class CheckImportView(ConsolePage, CheckImport):
    pass


class ApplyImportView(ConsolePage, ApplyImport):
    pass


class CancelImportView(ConsolePage, CancelImport):
    pass


class UndoImportView(ConsolePage, UndoImport):
    pass


class FailedRowsView(ConsolePage, FailedRows):
    pass
