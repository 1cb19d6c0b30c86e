"""The words of what DAM's background work counts."""

from django.utils.translation import gettext_lazy as _

from backoffice.ui.counts import register_counts

register_counts(
    {"rendered": _("rendered"), "stored": _("stored"), "refused": _("refused"), "failed": _("failed")}
)
