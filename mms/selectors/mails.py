from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel.errors import NotFound
from mms.models import Mail


def list_mails() -> QuerySet[Mail]:
    """The whole outbox, newest first."""
    return Mail.objects.order_by("-id")


def get_mail(ref: str) -> Mail:
    """One mail by ref. Raises `NotFound`."""
    mail = Mail.objects.filter(ref=ref).first()
    if mail is None:
        raise NotFound(_("There is no such mail."))
    return mail


def list_mails_about(about_ref: str) -> QuerySet[Mail]:
    """The mails about one thing, newest first, for its timeline."""
    return Mail.objects.filter(about_ref=about_ref).order_by("-id")
