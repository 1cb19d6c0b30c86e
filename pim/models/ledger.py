from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.kernel.phrases import ShortPhraseField
from backoffice.kernel.refs import new_ref


def new_change_set_ref() -> str:
    return new_ref("CHG")


class ChangeSource(models.TextChoices):
    FORM = "form", _("Form")
    IMPORT = "import", _("Import")
    API = "api", _("API")
    RULE = "rule", _("Rule")
    REVIEW = "review", _("Review")
    REVERT = "revert", _("Revert")
    SYSTEM = "system", _("System")


class ChangeSet(models.Model):
    """What one act changed together: a form save, an import, an undo. Append-only."""

    ref = models.CharField(max_length=24, unique=True, default=new_change_set_ref, editable=False)
    at = models.DateTimeField(default=clock.now)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=60)
    actor_label = models.CharField(max_length=200)
    merchant_id = models.BigIntegerField(null=True, db_index=True)
    source = models.CharField(max_length=8, choices=ChangeSource.choices)
    job_ref = models.CharField(max_length=24, blank=True, db_index=True)
    note = ShortPhraseField(max_length=250, blank=True)
    undoes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="undone_by")

    def __str__(self) -> str:
        return f"{self.ref} {self.source}"


class Change(models.Model):
    """One layer's changed values, `{attribute: [old, new]}`; `{"absent": true}` stands for "not set". Append-only."""

    id = models.BigAutoField(primary_key=True)
    change_set = models.ForeignKey(ChangeSet, on_delete=models.PROTECT, related_name="changes")
    card = models.ForeignKey("pim.Card", on_delete=models.PROTECT, related_name="changes", db_index=False)
    scope_id = models.BigIntegerField(default=0)
    locale = models.CharField(max_length=10, blank=True, default="")
    patch = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["card", "id"], name="pim_change_card")]

    def __str__(self) -> str:
        return f"{self.card_id}: {', '.join(self.patch)}"
