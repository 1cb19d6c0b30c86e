import json
from typing import Any

from django.utils.translation import gettext_lazy

from backoffice.kernel.actors import ActorKind
from backoffice.kernel.models import AuditEntry
from backoffice.ui.filters import CharFilter, DateRangeFilter, FilterSet, SearchFilter
from backoffice.ui.pages import ConsolePage, IndexPage
from backoffice.ui.tables import Column, Table
from backoffice.ui.timeline import action_text
from mms.permissions import VIEW_AUDIT
from mms.selectors.audit import list_audit_entries


def _changes(entry: AuditEntry) -> str:
    parts = []
    for field, change in sorted(entry.changes.items()):
        if change in ({}, []):
            continue
        if isinstance(change, list) and len(change) == 2:
            parts.append(f"{field}: {_plain(change[0])} → {_plain(change[1])}")
        else:
            parts.append(f"{field}: {_plain(change)}")
    return " · ".join(filter(None, [entry.note, *parts]))[:500]


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


ACTORS = {
    ActorKind.USER: gettext_lazy("person"),
    ActorKind.API_KEY: gettext_lazy("API key"),
    ActorKind.BUYER: gettext_lazy("buyer"),
    ActorKind.TIMER: gettext_lazy("timer"),
    ActorKind.SYSTEM: gettext_lazy("system"),
}


class AuditTable(Table):
    columns = (
        Column("at", gettext_lazy("When"), kind="when", sort="id"),
        Column("actor_label", gettext_lazy("Who"), sub=lambda entry: ACTORS.get(entry.actor_kind, "")),
        Column("action", gettext_lazy("What"), value=lambda entry: action_text(entry.action), sub="action"),
        Column("subject_ref", gettext_lazy("Thing"), sub="subject_type"),
        Column("changes", gettext_lazy("Changes"), value=_changes, priority=2),
        Column("ip", gettext_lazy("Address"), priority=3),
    )
    default_sort = "-at"


class AuditFilter(FilterSet):
    q = SearchFilter(
        fields=["subject_ref__iexact", "actor_label__icontains", "note__icontains"],
        label=gettext_lazy("Reference, person or note"),
    )
    action = CharFilter(field_name="action", lookup_expr="startswith", label=gettext_lazy("Action"))
    subject_type = CharFilter(field_name="subject_type", label=gettext_lazy("Kind of thing"))
    merchant = CharFilter(field_name="merchant_id", label=gettext_lazy("Merchant number"))
    at = DateRangeFilter(field_name="at", label=gettext_lazy("When"))


class AuditListView(ConsolePage, IndexPage):
    grant = VIEW_AUDIT
    title = gettext_lazy("Audit trail")
    intro = gettext_lazy(
        "Every act with who did it. Entries are chained by hash and can be neither changed nor deleted."
    )
    table_class = AuditTable
    filter_class = AuditFilter
    empty_title = gettext_lazy("No act recorded yet")
    empty_text = gettext_lazy("Every change people, programs and timers make appears here.")
    empty_icon = "shield"

    def get_rows(self) -> Any:
        return list_audit_entries()
