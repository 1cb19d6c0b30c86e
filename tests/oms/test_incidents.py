"""A problem with one line: who opens, answers, closes and reopens it, who hears of it, and what it keeps open."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from backoffice.kernel import clock
from backoffice.kernel.actors import buyer_actor
from backoffice.kernel.errors import InvalidInput, NotFound, PermissionRefused
from backoffice.kernel.models import OutboxEvent
from backoffice.kernel.work import drain
from mms.models import Mail
from oms.errors import IncidentRefused, MerchantOrderStateRefused
from oms.models import Incident, MerchantOrder, TimeLimit
from oms.operations.incidents import (
    Answer,
    Report,
    answer_as_buyer,
    close_incident,
    close_quiet_incidents,
    open_incident,
    open_incident_as_buyer,
    reopen_incident,
    resolve_incident,
)
from oms.operations.receipt import close_merchant_order, confirm_receipt
from oms.operations.refunds import RefundPart, RefundWish, request_refund
from oms.permissions import MANAGE_INCIDENTS, REFUND_ORDERS, RESOLVE_INCIDENTS, SHIP_ORDERS, VIEW_ORDERS
from oms.selectors.incidents import get_incident
from tests.factories import mas, oms
from tests.factories.actors import merchant_actor, operator_actor, stranger_actor

pytestmark = pytest.mark.django_db
DESK = operator_actor(MANAGE_INCIDENTS, REFUND_ORDERS, SHIP_ORDERS, label="Dora Desk")
BUYER = buyer_actor("Berta")
BROKEN = Report("damaged", "The shade is broken.")
SENT = Answer("sent_again", "A new shade is on its way.")


@pytest.fixture
def part():
    return oms.shipped(lines=((1, 1000), (2, 500)))


def clerk(part):
    return merchant_actor(part.merchant_id, RESOLVE_INCIDENTS, REFUND_ORDERS, label="Mia Merchant")


def reported(part, position=1, report=BROKEN):
    return open_incident_as_buyer(part.order_id, part.position, position, report, actor=BUYER)


def answered(part):
    return resolve_incident(reported(part).ref, SENT, actor=clerk(part))


def events(name):
    return [row.payload for row in OutboxEvent.objects.filter(name=f"oms.incident_{name}.v1").order_by("id")]


# ---- the way of an incident


def test_the_buyer_reports_once_and_the_merchant_hears_of_it(part):
    for _time in range(2):
        incident = reported(part)
    assert (incident.state, incident.opened_by, incident.line.position) == ("open", "buyer", 1)
    assert [row["incident_ref"] for row in events("opened")] == [incident.ref]
    drain()
    mail = Mail.objects.get(template="oms.incident_opened")
    assert mail.to == part.merchant.email
    assert "The shade is broken." in mail.body
    assert not Mail.objects.filter(template="oms.incident_opened_for_buyer").exists()


def test_the_marketplace_opens_one_and_both_hear_of_it(part):
    incident = open_incident(part.ref, 2, Report("not_received"), actor=DESK)
    drain()
    assert incident.opened_by == "operator"
    assert set(Mail.objects.values_list("template", flat=True)) == {
        "oms.incident_opened",
        "oms.incident_opened_for_buyer",
    }


def test_the_merchant_answers_and_the_buyer_closes(part):
    incident = answered(part)
    resolve_incident(incident.ref, SENT, actor=clerk(part))
    assert (incident.state, incident.resolution) == ("resolved", "sent_again")
    assert len(events("resolved")) == 1
    for _time in range(2):
        incident = answer_as_buyer(part.order_id, part.position, 1, is_solved=True, actor=BUYER)
    assert incident.state == "closed"
    assert len(events("closed")) == 1
    drain()
    assert Mail.objects.filter(template="oms.incident_resolved", to=part.order.buyer_email).count() == 1
    assert Mail.objects.filter(template__startswith="oms.incident_closed").count() == 2


def test_the_buyer_objects_and_the_same_hold_goes_on(part):
    answered(part)
    for _time in range(2):
        incident = answer_as_buyer(
            part.order_id, part.position, 1, is_solved=False, text="Still broken.", actor=BUYER
        )
    assert (incident.state, incident.times_opened) == ("open", 1)
    assert [row["opening"] for row in events("opened")] == [1, 1]


def test_the_marketplace_closes_and_opens_again(part):
    incident = reported(part)
    for _time in range(2):
        close_incident(incident.ref, reason="Agreed by phone.", actor=DESK)
    for _time in range(2):
        incident = reopen_incident(incident.ref, reason="Nothing came.", actor=DESK)
    assert (incident.state, incident.times_opened, incident.close_reason) == ("open", 2, "")
    assert [row["opening"] for row in events("opened")] == [1, 2]
    assert len(events("closed")) == 1


def test_an_answer_nobody_objects_to_closes_itself(part):
    incident = answered(part)
    with clock.shifted(timedelta(days=2, hours=23)):
        assert close_quiet_incidents() == 0
    with clock.shifted(timedelta(days=3, hours=1)):
        assert close_quiet_incidents() == 1
        assert close_quiet_incidents() == 0
    incident.refresh_from_db()
    assert (incident.state, incident.close_reason) == ("closed", "Nobody objected to the merchant's answer.")


def test_an_open_one_never_closes_itself(part):
    reported(part)
    with clock.shifted(timedelta(days=300)):
        assert close_quiet_incidents() == 0


@pytest.mark.parametrize("first", ["open", "resolved"])
def test_a_full_refund_of_the_line_closes_it_and_a_part_does_not(part, first):
    incident = answered(part) if first == "resolved" else reported(part)
    half = RefundWish([RefundPart(1, 0, 400)], key="half")
    request_refund(part.ref, half, actor=clerk(part))
    incident.refresh_from_db()
    assert incident.state == first

    request_refund(part.ref, RefundWish([RefundPart(1, 1, 600)], key="rest"), actor=clerk(part))
    incident.refresh_from_db()
    assert (incident.state, incident.close_reason) == (
        "closed",
        "Everything paid for this article was given back.",
    )
    # The other line had nothing to do with it.
    other = reported(part, position=2)
    request_refund(part.ref, RefundWish([RefundPart(2, 1)], key="one of two"), actor=clerk(part))
    other.refresh_from_db()
    assert other.state == "open"


def test_everyone_reads_who_did_what(part):
    incident = answered(part)
    close_incident(incident.ref, reason="Agreed.", actor=DESK)
    steps = part.history.filter(line=incident.line, what__startswith="incident_").order_by("id")
    assert [(row.what, row.actor_label, row.data["by"], row.reason) for row in steps] == [
        ("incident_opened", "Berta", "buyer", "The shade is broken."),
        ("incident_resolved", "Mia Merchant", "merchant", "A new shade is on its way."),
        ("incident_closed", "Dora Desk", "operator", "Agreed."),
    ]


# ---- what is refused


@pytest.mark.parametrize(
    "state", ["waiting_acceptance", "waiting_payment", "in_preparation", "closed", "cancelled"]
)
def test_nothing_is_reported_before_the_first_parcel_or_after_the_end(state):
    part = oms.merchant_order(state=state)
    if state == "closed":
        part.lines.update(quantity_shipped=1)
    with pytest.raises(IncidentRefused):
        reported(part)
    assert not Incident.objects.exists()


def test_only_a_line_that_left_is_reported_and_only_once():
    part = oms.merchant_order(state="partly_shipped", lines=((1, 1000), (1, 500)))
    part.lines.filter(position=1).update(quantity_shipped=1)
    with pytest.raises(IncidentRefused):
        reported(part, position=2)
    with pytest.raises(NotFound):
        reported(part, position=3)
    first = reported(part)
    with pytest.raises(IncidentRefused, match=first.ref):
        reported(part, report=Report("wrong"))
    close_incident(first.ref, reason="Agreed.", actor=DESK)
    with pytest.raises(IncidentRefused, match="Only the marketplace"):
        reported(part)
    with pytest.raises(IncidentRefused, match="Only the marketplace"):
        answer_as_buyer(part.order_id, 1, 1, is_solved=False, text="No.", actor=BUYER)
    with pytest.raises(IntegrityError), transaction.atomic():
        oms.incident(part)


@pytest.mark.parametrize(
    ("report", "field"),
    [(Report("bored"), "reason"), (Report("other", " "), "text"), (Report("damaged", "x" * 2001), "text")],
)
def test_a_bad_report_is_refused_at_its_field(part, report, field):
    with pytest.raises(InvalidInput) as refused:
        reported(part, report=report)
    assert set(refused.value.fields) == {field}
    assert not Incident.objects.exists()


def test_a_bad_answer_is_refused_at_its_field(part):
    incident = reported(part)
    for answer, field in ((Answer("no"), "resolution"), (Answer("other"), "text")):
        with pytest.raises(InvalidInput) as refused:
            resolve_incident(incident.ref, answer, actor=clerk(part))
        assert set(refused.value.fields) == {field}
    with pytest.raises(InvalidInput) as refused:
        close_incident(incident.ref, reason=" ", actor=DESK)
    assert set(refused.value.fields) == {"reason"}
    assert Incident.objects.get().state == "open"


def test_only_an_open_one_is_answered(part):
    incident = reported(part)
    close_incident(incident.ref, reason="Agreed.", actor=DESK)
    with pytest.raises(IncidentRefused):
        resolve_incident(incident.ref, SENT, actor=clerk(part))


def test_it_is_not_opened_again_when_nothing_can_be_refunded(part):
    incident = reported(part)
    close_incident(incident.ref, reason="Agreed.", actor=DESK)
    MerchantOrder.objects.filter(pk=part.pk).update(state="closed")
    with pytest.raises(IncidentRefused):
        reopen_incident(incident.ref, reason="Again.", actor=DESK)


def test_each_act_belongs_to_its_side(part):
    incident = reported(part)
    merchant, reader = clerk(part), operator_actor(VIEW_ORDERS)
    for act in (
        lambda: close_incident(incident.ref, reason="x", actor=merchant),
        lambda: reopen_incident(incident.ref, reason="x", actor=merchant),
        lambda: open_incident(part.ref, 2, BROKEN, actor=merchant),
        lambda: close_incident(incident.ref, reason="x", actor=reader),
        lambda: resolve_incident(incident.ref, SENT, actor=DESK),
        lambda: resolve_incident(incident.ref, SENT, actor=merchant_actor(part.merchant_id, VIEW_ORDERS)),
    ):
        with pytest.raises(PermissionRefused):
            act()
    incident.refresh_from_db()
    assert incident.state == "open"


def test_another_merchant_finds_nothing(part):
    incident = reported(part)
    stranger = stranger_actor(RESOLVE_INCIDENTS, VIEW_ORDERS)
    with pytest.raises(NotFound):
        get_incident(incident.ref, actor=stranger)
    with pytest.raises(NotFound):
        resolve_incident(incident.ref, SENT, actor=stranger)
    with pytest.raises(NotFound):
        open_incident(part.ref, 2, BROKEN, actor=stranger)
    with pytest.raises(NotFound):
        reported(oms.shipped(mas.merchant()), position=9)


# ---- what it keeps open


def test_the_clock_of_closing_rests_until_the_last_incident_is_closed(part):
    running = TimeLimit.objects.filter(merchant_order=part, kind="closed", settled_at=None)
    first = reported(part)
    confirm_receipt(part.order_id, part.position, actor=BUYER)
    assert not running.exists()
    with pytest.raises(MerchantOrderStateRefused):
        close_merchant_order(part.ref, actor=DESK)

    second = reported(part, position=2)
    close_incident(first.ref, reason="Agreed.", actor=DESK)
    assert not running.exists()
    close_incident(second.ref, reason="Agreed.", actor=DESK)
    assert running.count() == 1
    reopen_incident(first.ref, reason="Again.", actor=DESK)
    assert not running.exists()
