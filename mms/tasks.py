"""Celery entry points and clocked work: ids in, one operation called."""

from datetime import timedelta

from celery import shared_task

from backoffice.kernel.periodic import periodic
from mms.operations.mails import send_due_mails, send_mail


@shared_task(name="mms.send_mail")
def send_mail_task(mail_id: int) -> None:
    send_mail(mail_id)


@periodic("mms.send_due_mails", every=timedelta(seconds=30))
def send_due_mails_regularly() -> int:
    return send_due_mails()
