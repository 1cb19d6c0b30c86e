from django.db.models import QuerySet

from backoffice.kernel.models import AuditEntry


def list_audit_entries() -> QuerySet[AuditEntry]:
    """The whole trail of acts, newest first; for readers who may see everything."""
    return AuditEntry.objects.order_by("-id")


def list_audited_kinds() -> list[str]:
    """The kinds of things that appear in the trail."""
    return sorted(AuditEntry.objects.order_by().values_list("subject_type", flat=True).distinct())
