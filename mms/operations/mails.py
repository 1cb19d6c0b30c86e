"""Mails: rendered and stored in the transaction of their cause, sent by the worker, readable in the console."""

import logging
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.template import Context
from django.template.loader import get_template
from django.utils import translation
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock, wake
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from backoffice.kernel.events import backoff
from backoffice.kernel.phrases import shown, stored
from mms.models import Mail, MailState
from mms.permissions import SEND_MAILS

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
LEASE = timedelta(minutes=2)


def queue_mail(
    *, to: str, template: str, context: Mapping[str, Any], language: str, about_ref: str = ""
) -> Mail:
    """Write one mail into the outbox in the caller's transaction; the worker sends it after commit.

    `template` is `<app>.<code>` and names `templates/<app>/mail/<code>.txt`, whose first line is `Subject: …`. It is
    rendered now, in `language`, with `base_url` at hand.
    """
    app, _separator, code = template.replace("/", ".").partition(".")
    with translation.override(language or settings.LANGUAGE_CODE):
        source: Any = get_template(f"{app}/mail/{code}.txt")
        # Plain text: escaping would spoil names such as "Smith & Sons".
        # Sentences made for whoever acted are told again in the language of whoever reads.
        words = {name: shown(stored(v)) if isinstance(v, str) else v for name, v in context.items()}
        text = source.template.render(Context({"base_url": settings.BASE_URL, **words}, autoescape=False))
    # Parts that do not apply leave no hole behind.
    subject, _newline, body = re.sub(r"\n{3,}", "\n\n", text.strip()).partition("\n")
    mail = Mail.objects.create(
        to=to,
        subject=" ".join(subject.removeprefix("Subject:").split())[:250],
        body=f"{body.strip()}\n",
        language=language,
        template=f"{app}.{code}",
        about_ref=about_ref,
    )
    wake.on_commit("mms.send_mail", mail.pk)
    return mail


def send_mail(mail_id: int) -> bool:
    """Hand one due mail to the mail server; False when it is not due or another worker has it."""
    now = clock.now()
    # The lease is the claim: only one worker pushes due_at forward.
    claimed = Mail.objects.filter(pk=mail_id, state=MailState.WAITING, due_at__lte=now).update(
        due_at=now + LEASE, attempts=F("attempts") + 1
    )
    if not claimed:
        return False
    mail = Mail.objects.get(pk=mail_id)
    try:
        EmailMessage(
            subject=mail.subject, body=mail.body, to=[mail.to], headers={"X-Entity-Ref-ID": mail.ref}
        ).send()
    except OSError as error:
        logger.warning("mail %s was not sent", mail.ref, exc_info=True)
        Mail.objects.filter(pk=mail_id).update(
            state=MailState.FAILED if mail.attempts >= MAX_ATTEMPTS else MailState.WAITING,
            due_at=clock.now() + backoff(mail.attempts),
            last_error=f"{type(error).__name__}: {error}"[:2000],
        )
        return False
    Mail.objects.filter(pk=mail_id).update(state=MailState.SENT, sent_at=clock.now(), last_error="")
    return True


def send_due_mails(limit: int = 200) -> int:
    """Send what is due, oldest first; returns how many were sent."""
    due = Mail.objects.filter(state=MailState.WAITING, due_at__lte=clock.now()).order_by("id")
    return sum(send_mail(mail_id) for mail_id in list(due.values_list("pk", flat=True)[:limit]))


@transaction.atomic
def resend_mail(ref: str, *, actor: Actor) -> Mail:
    """Send the same text again to the same address. Raises `NotFound`."""
    actor.require(SEND_MAILS)
    mail = Mail.objects.filter(ref=ref).first()
    if mail is None:
        raise NotFound(_("There is no such mail."))
    mail.state, mail.attempts, mail.due_at, mail.last_error = MailState.WAITING, 0, clock.now(), ""
    mail.save(update_fields=["state", "attempts", "due_at", "last_error"])
    audit.record("mms.mail.resent", actor=actor, subject=mail, note=mail.to)
    wake.on_commit("mms.send_mail", mail.pk)
    return mail
