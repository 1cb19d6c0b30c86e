from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.kernel.phrases import PhraseField
from backoffice.kernel.refs import new_ref


def new_task_ref() -> str:
    return new_ref("TSK")


class Task(models.Model):
    """Something that waits for a person, opened and closed by the app it is about: in the operator's inbox, or, marked
    `for_merchant`, on the home page of that merchant."""

    ref = models.CharField(max_length=24, unique=True, default=new_task_ref)
    kind = models.CharField(_("kind"), max_length=60)
    title = PhraseField(_("title"))
    url_name = models.CharField(max_length=100)
    url_args = models.JSONField(default=list)
    merchant_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    for_merchant = models.BooleanField(default=False)
    subject_ref = models.CharField(_("about"), max_length=60)
    owner = models.ForeignKey(
        "mms.User",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="tasks",
        verbose_name=_("owner"),
    )
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    created_at = models.DateTimeField(_("opened"), default=clock.now)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by_label = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("task")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_ref"],
                condition=models.Q(closed_at__isnull=True),
                name="task_open_once_per_subject",
            )
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(closed_at__isnull=True), name="task_open")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due_at is not None and self.due_at < clock.now()
