"""The console's menu groups and what its shell shows."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from backoffice.ui.shells import shell_data


def group_icons() -> Mapping[str, str]:
    return {
        _("Tasks"): "tasks",
        _("Merchants"): "store",
        _("Catalogue"): "box",
        _("Assets"): "image",
        _("Orders"): "orders",
        _("Finance"): "wallet",
        _("Reports"): "chart",
        _("Content"): "layers",
        _("Settings"): "gear",
    }


def console_shell(request: HttpRequest) -> Mapping[str, Any]:
    actor = request.actor  # type: ignore[attr-defined]
    data = shell_data(request, "console", actor, None, group_icons())
    return {**data, "name": _("Marketplace"), "kind": _("Console")}
