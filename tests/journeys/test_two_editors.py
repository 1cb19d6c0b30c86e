"""Two people edit the same thing: the second hears who saved it and when, sees what is stored, and loses no word."""

import pytest
from django.test import Client
from django.urls import reverse

from pim.models import Attribute
from tests import pages
from tests.factories import dam, mas, mms, oms, pim

pytestmark = pytest.mark.django_db


class Case:
    """A page, the field two people change, and what each of them writes."""

    def __init__(self, url: str, field: str, theirs: str, mine: str, *, portal=None) -> None:
        self.url, self.field, self.theirs, self.mine, self.portal = url, field, theirs, mine, portal


def _card() -> Case:
    card = pim.card(title="Chair")
    return Case(reverse("console:pim-card-edit", args=[card.ref]), "title", "Armchair", "Stool")


def _own_card() -> Case:
    merchant = mas.merchant()
    card = pim.card(title="Chair", state="in_review", contributed_by=merchant)
    return Case(
        reverse("portal:pim-card-edit", args=[card.ref]), "title", "Armchair", "Stool", portal=merchant
    )


def _offer_price() -> Case:
    offer = pim.offer(price=1000)
    url = reverse("portal:pim-offer-edit", args=[offer.ref])
    return Case(url, "price", "11.00", "12.00", portal=offer.merchant)


def _offer_terms() -> Case:
    offer = pim.offer(price=1000)
    url = reverse("portal:pim-offer-edit", args=[offer.ref])
    return Case(url, "lead_time_days", "4", "5", portal=offer.merchant)


def _preference() -> Case:
    url = reverse("console:mms-preference-state", args=["global", "storefront.cards_per_page"])
    return Case(url, "value", "30", "40")


def _website() -> Case:
    return Case(reverse("console:mms-website-change", args=[mms.website().code]), "name", "Theirs", "Mine")


def _store() -> Case:
    return Case(reverse("console:mms-store-change", args=[mms.store().code]), "name", "Theirs", "Mine")


def _view() -> Case:
    return Case(reverse("console:mms-view-change", args=[mms.view().code]), "name", "Theirs", "Mine")


def _role() -> Case:
    return Case(reverse("console:mms-role-change", args=["support"]), "name", "Theirs", "Mine")


def _user() -> Case:
    person = mms.operator_user("support")
    return Case(reverse("console:mms-user-change", args=[person.ref]), "name", "Theirs", "Mine")


def _family() -> Case:
    return Case(reverse("console:pim-family-edit", args=["general"]), "name_en", "Theirs", "Mine")


def _attribute() -> Case:
    made: Attribute = pim.attribute("text")
    return Case(reverse("console:pim-attribute-edit", args=[made.code]), "name_en", "Theirs", "Mine")


def _brand() -> Case:
    return Case(reverse("console:pim-brand-edit", args=[pim.brand("Old").ref]), "name", "Theirs", "Mine")


def _category() -> Case:
    return Case(reverse("console:pim-category-edit", args=[pim.category().ref]), "name_en", "Theirs", "Mine")


def _profile() -> Case:
    return Case(reverse("portal:mas-profile-edit"), "name", "Theirs", "Mine", portal=mas.merchant())


def _place() -> Case:
    place = oms.location()
    url = reverse("portal:oms-location-edit", args=[place.ref])
    return Case(url, "name", "Theirs", "Mine", portal=place.merchant)


def _stock() -> Case:
    item = oms.stock(pim.offer(merchant=mas.merchant()), 10)
    url = reverse("portal:oms-stock-edit", args=[item.offer.ref, item.location.ref])
    return Case(url, "safety", "4", "5", portal=item.offer.merchant)


def _time_rule() -> Case:
    return Case(reverse("console:oms-time_rule-list"), "accept_hours", "30", "40")


def _asset() -> Case:
    info = dam.stored_picture()
    return Case(reverse("console:dam-asset-edit", args=[info.uuid]), "title", "Theirs", "Mine")


CASES = [
    _card, _own_card, _offer_price, _offer_terms, _preference, _website, _store, _view, _role, _user, _family,
    _attribute, _brand, _category, _profile, _place, _stock, _time_rule, _asset,
]  # fmt: skip


def person(case: Case, name: str) -> Client:
    user = mms.merchant_user(case.portal, name=name) if case.portal else mms.operator_user(name=name)
    return mms.sign_in(Client(), user)


def shown(response, field: str) -> str:
    return str(dict(pages.form_of(response).form_values())[field])


@pytest.mark.parametrize("make", CASES)
def test_the_second_hears_who_saved_what_and_keeps_their_words(make):
    case = make()
    anna, bert = person(case, "Anna Ahrens"), person(case, "Bert Brandt")
    opened = pages.filled(bert.get(case.url), **{case.field: case.mine})
    before = shown(anna.get(case.url), case.field)
    assert pages.send(anna, case.url, **{case.field: case.theirs}).status_code == 302

    answer = bert.post(case.url, opened)
    assert answer.status_code == 422
    told = pages.words(answer)
    assert "Anna Ahrens saved this while you were editing" in told
    assert f"Stored now: {case.theirs}" in told
    assert shown(answer, case.field) == case.mine
    assert shown(anna.get(case.url), case.field) == case.theirs != before

    # Seen and meant: the next press replaces it. A second click of that press changes and says nothing more.
    again = pages.filled(answer)
    for _click in range(2):
        assert bert.post(case.url, again).status_code == 302
    assert shown(anna.get(case.url), case.field) == case.mine
