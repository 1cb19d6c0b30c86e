from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outgoing
from django.core.mail.backends.base import BaseEmailBackend

from backoffice.kernel import clock, work
from backoffice.kernel.errors import NotFound, PermissionRefused
from mms.models import Mail, MailState
from mms.operations.mails import MAX_ATTEMPTS, resend_mail, send_due_mails, send_mail
from mms.permissions import SEND_MAILS, VIEW_MAILS
from tests.factories import mms as make
from tests.factories.actors import operator_actor

pytestmark = pytest.mark.django_db


class BrokenServer(BaseEmailBackend):
    def send_messages(self, messages: Any) -> int:
        raise ConnectionRefusedError("nobody listens")


def test_a_mail_is_rendered_when_it_is_caused_and_sent_by_the_worker() -> None:
    queued = make.mail(
        "anna@example.com", context={"invited_by": "Olivia", "merchant": "Smith & Sons", "link": "x"}
    )
    assert queued.subject == "Olivia invites you to the team of Smith & Sons"
    assert outgoing.outbox == []
    work.drain()
    assert [sent.to for sent in outgoing.outbox] == [["anna@example.com"]]
    queued.refresh_from_db()
    assert queued.state == MailState.SENT
    assert queued.sent_at is not None


def test_a_mail_is_sent_once() -> None:
    queued = make.mail()
    assert send_mail(queued.pk) is True
    assert send_mail(queued.pk) is False
    assert send_due_mails() == 0
    assert len(outgoing.outbox) == 1


def test_a_broken_mail_server_is_tried_again_and_given_up_at_last(settings: Any) -> None:
    settings.EMAIL_BACKEND = "tests.mms.test_mails.BrokenServer"
    queued = make.mail()
    for number in range(MAX_ATTEMPTS):
        with clock.shifted(timedelta(days=number)):
            assert send_mail(queued.pk) is False
    queued.refresh_from_db()
    assert queued.state == MailState.FAILED
    assert "nobody listens" in queued.last_error
    assert queued.attempts == MAX_ATTEMPTS


def test_a_mail_that_failed_is_not_tried_before_its_time(settings: Any) -> None:
    settings.EMAIL_BACKEND = "tests.mms.test_mails.BrokenServer"
    queued = make.mail()
    send_mail(queued.pk)
    send_mail(queued.pk)
    queued.refresh_from_db()
    assert queued.attempts == 1


def test_sending_again_uses_the_same_row() -> None:
    queued = make.mail()
    work.drain()
    resend_mail(queued.ref, actor=operator_actor(SEND_MAILS))
    work.drain()
    assert len(outgoing.outbox) == 2
    assert Mail.objects.count() == 1


def test_sending_again_needs_the_right_and_a_mail() -> None:
    queued = make.mail()
    work.drain()
    with pytest.raises(PermissionRefused):
        resend_mail(queued.ref, actor=operator_actor(VIEW_MAILS))
    with pytest.raises(NotFound):
        resend_mail("ML-NOTHING", actor=operator_actor(SEND_MAILS))
    assert len(outgoing.outbox) == 1


def test_a_line_break_in_a_name_cannot_add_headers() -> None:
    queued = make.mail(context={"invited_by": "Eve\nBcc: all@example.com", "merchant": "M", "link": "x"})
    assert "\n" not in queued.subject
    assert send_mail(queued.pk) is True
