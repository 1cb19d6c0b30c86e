"""Incidents on the pages of buyer, merchant and operator, and for programs."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from oms.links import order_token
from oms.models import Incident
from oms.operations.acceptance import accept_merchant_order
from oms.operations.payments import process_due_attempts
from oms.operations.shipments import Parcel, ship_parcel
from oms.permissions import (
    ACCEPT_ORDERS,
    MANAGE_INCIDENTS,
    RESOLVE_INCIDENTS,
    SHIP_ORDERS,
    VIEW_ORDERS,
)
from tests.factories import mas, mms, oms
from tests.factories.actors import operator_actor
from tests.oms.test_api import Api

pytestmark = pytest.mark.django_db
DESK = operator_actor(ACCEPT_ORDERS, SHIP_ORDERS)


@pytest.fixture
def merchant(db):
    return mas.merchant(name="Nordlicht")


@pytest.fixture
def portal(client, merchant):
    return mms.sign_in(client, mms.merchant_user(merchant))


@pytest.fixture
def console(client, db):
    return mms.sign_in(client, mms.operator_user())


def text(response, status=200):
    assert response.status_code == status, response.status_code
    return response.content.decode()


# ---- the buyer


@pytest.fixture
def visitor(client, make_shop, db):
    client.shop = make_shop(path_prefix="en")
    return client


def arrived(visitor):
    order = visitor.shop.order((visitor.shop.offer(), 1))
    part = order.merchant_orders.get()
    accept_merchant_order(part.ref, actor=DESK)
    process_due_attempts(actor=DESK)
    assert "Report a problem" not in text(visitor.get(address(visitor, order)))
    ship_parcel(part.ref, Parcel(carrier="dhl", tracking_number="JD014"), actor=DESK)
    return order


def address(visitor, order):
    return f"{visitor.shop.store.base_path}order/{order_token(order.ref)}/"


def test_a_buyer_reports_objects_and_agrees(visitor):
    order = arrived(visitor)
    url = address(visitor, order)
    assert "Report a problem" in text(visitor.get(url))
    assert "What is wrong" in text(visitor.get(f"{url}1/problem/"))
    refused = visitor.post(f"{url}1/problem/", {"position": 1, "reason": "other", "text": ""})
    assert "Say in your own words" in text(refused, 422)

    sent = {"position": 1, "reason": "damaged", "text": "The <b>shade</b> is broken."}
    page = text(visitor.post(f"{url}1/problem/", sent, follow=True))
    assert "You reported a problem" in page
    assert "The &lt;b&gt;shade&lt;/b&gt; is broken." in page
    assert "Report a problem" not in page
    assert "It is not solved" not in page

    Incident.objects.update(state="resolved", resolution="explained", resolved_at=order.placed_at)
    assert "It is not solved" in text(visitor.get(url))
    page = text(visitor.post(f"{url}1/problem/1/not-solved/", {"text": "Still broken."}, follow=True))
    assert "You said that it is not solved" in page
    page = text(visitor.post(f"{url}1/problem/1/solved/", follow=True))
    assert "You closed it" in page
    assert Incident.objects.get().state == "closed"


def test_a_buyer_reads_no_names_of_staff(visitor):
    order = arrived(visitor)
    part = order.merchant_orders.get()
    visitor.post(f"{address(visitor, order)}1/problem/", {"position": 1, "reason": "faulty"})
    incident = Incident.objects.get()
    desk = Api("/api/operator/v1", grants=(MANAGE_INCIDENTS, VIEW_ORDERS))
    assert desk.send(f"/incidents/{incident.ref}/close", {"reason": "Agreed."}).status_code == 201
    page = text(visitor.get(address(visitor, order)))
    assert "The marketplace closed it" in page
    assert "Agreed." in page
    assert "Program" not in page
    assert part.merchant_name in page


# ---- the merchant


def test_the_merchant_sees_its_incidents_only_and_answers(portal, merchant):
    part = oms.shipped(merchant)
    own, foreign = oms.incident(part, text="It is scratched."), oms.incident(oms.shipped())
    page = text(portal.get("/portal/orders/incidents/?state=open&state=resolved"))
    assert own.ref in page
    assert foreign.ref not in page
    assert own.ref in text(portal.get(f"/portal/orders/{part.ref}/"))
    page = text(portal.get(f"/portal/orders/incidents/{own.ref}/"))
    assert "It is scratched." in page
    assert "The payout of this article is held" in page
    assert portal.get(f"/portal/orders/incidents/{foreign.ref}/").status_code == 404
    answer = f"/portal/orders/incidents/{foreign.ref}/answer/"
    assert portal.post(answer, {"resolution": "explained"}).status_code == 404

    answer = f"/portal/orders/incidents/{own.ref}/answer/"
    assert "This field is required" in text(portal.post(answer, {"text": "x"}), 422)
    page = text(portal.post(answer, {"resolution": "explained", "text": "By phone."}, follow=True))
    assert "Explained to the buyer" in page
    assert "Answered by the merchant" in page
    foreign.refresh_from_db()
    assert foreign.state == "open"


# ---- the operator


def test_an_operator_opens_closes_and_opens_again(console):
    part = oms.shipped(lines=((1, 1000), (1, 500)))
    order_page = f"/console/orders/{part.order.ref}/"
    assert "Open an incident" in text(console.get(order_page))
    sent = {"position": 2, "reason": "not_received", "text": ""}
    page = text(console.post(f"/console/orders/parts/{part.ref}/incident/", sent, follow=True))
    incident = Incident.objects.get()
    assert incident.ref in page
    assert incident.line.position == 2

    one = f"/console/orders/incidents/{incident.ref}/"
    page = text(console.post(f"{one}close/", {"reason": "Found at the neighbour's."}, follow=True))
    assert "Found at the neighbour&#x27;s." in page
    page = text(console.post(f"{one}reopen/", {"reason": "It was another parcel."}, follow=True))
    assert "Incident opened again" in page
    incident.refresh_from_db()
    assert (incident.state, incident.times_opened) == ("open", 2)


def test_the_list_of_open_ones_shows_age_and_merchant_and_filters(console, merchant):
    mine, other = oms.incident(oms.shipped(merchant)), oms.incident(oms.shipped(), reason="wrong")
    page = text(console.get("/console/orders/incidents/?state=open&state=resolved"))
    assert mine.ref in page
    assert "Nordlicht" in page
    assert "0 days" in page
    page = text(console.get("/console/orders/incidents/?merchant=nordl&reason=damaged"))
    assert mine.ref in page
    assert other.ref not in page


@pytest.mark.parametrize(("audience", "limit"), [("portal", 12), ("console", 12)])
def test_the_list_costs_the_same_for_one_and_for_three(client, merchant, audience, limit):
    user = mms.merchant_user(merchant) if audience == "portal" else mms.operator_user()
    mms.sign_in(client, user)
    seen = []
    for more in (1, 2):
        for _number in range(more):
            oms.incident(oms.shipped(merchant))
        client.get(f"/{audience}/orders/incidents/")
        with CaptureQueriesContext(connection) as statements:
            text(client.get(f"/{audience}/orders/incidents/"))
        seen.append(len(statements))
    assert seen[0] == seen[1] <= limit


# ---- programs


def test_a_merchants_program_answers_once_per_key(merchant):
    program = Api("/api/merchant/v1", grants=(VIEW_ORDERS, RESOLVE_INCIDENTS), merchant_id=merchant.pk)
    own, foreign = oms.incident(oms.shipped(merchant)), oms.incident(oms.shipped())
    assert [row["ref"] for row in program.get("/incidents?state=open").json()["items"]] == [own.ref]
    assert program.get(f"/incidents/{foreign.ref}").status_code == 404
    assert program.send(f"/incidents/{foreign.ref}/resolve", {"resolution": "explained"}).status_code == 404

    body = {"resolution": "sent_again", "text": "On its way."}
    assert program.send(f"/incidents/{own.ref}/resolve", body, key="").status_code == 400
    first = program.send(f"/incidents/{own.ref}/resolve", body)
    assert (first.status_code, first.json()["state"], first.json()["line_position"]) == (201, "resolved", 1)
    assert program.send(f"/incidents/{own.ref}/resolve", body).json() == first.json()
    other = program.send(f"/incidents/{own.ref}/resolve", body | {"text": "Other."}, key="k2")
    assert (other.status_code, other.json()["error"]["code"]) == (409, "incident_state_refused")


def test_an_operators_program_opens_closes_and_reopens(merchant):
    desk = Api("/api/operator/v1", grants=(VIEW_ORDERS, MANAGE_INCIDENTS))
    part = oms.shipped(merchant)
    body = {"line_position": 1, "reason": "incomplete", "text": "One screw is missing."}
    opened = desk.send(f"/merchant-orders/{part.ref}/incidents", body)
    assert (opened.status_code, opened.json()["opened_by"]) == (201, "operator")
    assert desk.send(f"/merchant-orders/{part.ref}/incidents", body).json() == opened.json()
    bad = desk.send(f"/merchant-orders/{part.ref}/incidents", body | {"reason": "bored"}, key="k2")
    assert (bad.status_code, set(bad.json()["error"]["fields"])) == (422, {"reason"})

    one = f"/incidents/{opened.json()['ref']}"
    assert desk.send(f"{one}/close", {"reason": "Agreed."}, key="k3").json()["state"] == "closed"
    assert desk.send(f"{one}/reopen", {"reason": "It goes on."}, key="k4").json()["state"] == "open"
    reader = Api("/api/operator/v1", grants=(VIEW_ORDERS,))
    assert reader.send(f"{one}/close", {"reason": "Agreed."}, key="k5").status_code == 403


def test_the_menu_knows_where_one_is(console):
    oms.incident(oms.shipped())
    page = text(console.get("/console/orders/incidents/"))
    [current] = [
        line for line in page.split("<a ") if 'aria-current="page"' in line and "bo-menu" in line
    ] or [""]
    assert "/console/orders/incidents/" in current
