"""A fee rule from its draft to its end, and every cent of a frozen fee explained to whoever may read it."""

import json
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from backoffice.kernel import clock
from backoffice.kernel.actors import system_actor
from backoffice.kernel.errors import PermissionRefused, StateRefused
from billing.errors import RuleTie, SamePerson
from billing.fees.tax import Parties
from billing.models import FeeRule, FeeSnapshot
from billing.operations.fee_rehearsal import rehearse_fee_rule
from billing.operations.fee_rules import (
    approve_fee_rule,
    draft_fee_rule,
    edit_fee_rule,
    retire_fee_rule,
    turn_fee_rules,
)
from billing.permissions import APPROVE_FEES, EDIT_FEES, VIEW_FINANCE, VIEW_MONEY
from billing.selectors.fee_tax import decide_tax
from mms.operations.api_keys import create_api_key
from tests.billing.test_order_money import Story
from tests.factories import mas, mms
from tests.factories.actors import operator_actor
from tests.factories.billing import fee_rule

pytestmark = pytest.mark.django_db

AUTHOR = operator_actor(EDIT_FEES, APPROVE_FEES, VIEW_FINANCE, user_id=1)
SECOND = operator_actor(EDIT_FEES, APPROVE_FEES, user_id=2)
WEEK = timedelta(days=7)


def drafted(seller, **values):
    values = {"name": "Agreed", "merchant": seller, "rate_bps": 500, "valid_from": clock.now()} | values
    return draft_fee_rule(values=values, actor=AUTHOR)


def state_of(rule):
    return FeeRule.objects.get(pk=rule.pk).state


def test_a_rule_is_approved_by_another_person_starts_at_its_day_and_ends_at_its_day(seller):
    start = clock.now() + WEEK
    rule = drafted(seller, valid_from=start, valid_to=start + WEEK)
    with pytest.raises(SamePerson):
        approve_fee_rule(rule.ref, actor=AUTHOR)
    assert approve_fee_rule(rule.ref, actor=SECOND).state == "approved"
    assert approve_fee_rule(rule.ref, actor=SECOND).state == "approved"
    turn_fee_rules()
    assert state_of(rule) == "approved"
    with clock.frozen_at(start):
        assert turn_fee_rules() == 1
        assert turn_fee_rules() == 0
    assert state_of(rule) == "active"
    with clock.frozen_at(start + WEEK):
        turn_fee_rules()
    assert state_of(rule) == "retired"


def test_the_database_refuses_one_person_for_both(seller):
    rule = drafted(seller)
    with pytest.raises(IntegrityError), transaction.atomic():
        FeeRule.objects.filter(pk=rule.pk).update(approved_by_user_id=1)


def test_whoever_edits_a_draft_is_its_author_and_what_was_approved_is_never_edited(seller):
    rule = drafted(seller)
    edit_fee_rule(rule.ref, values={"rate_bps": 600}, actor=SECOND)
    with pytest.raises(SamePerson):
        approve_fee_rule(rule.ref, actor=SECOND)
    approve_fee_rule(rule.ref, actor=AUTHOR)
    with pytest.raises(StateRefused):
        edit_fee_rule(rule.ref, values={"rate_bps": 700}, actor=SECOND)
    with pytest.raises(PermissionRefused):
        approve_fee_rule(rule.ref, actor=operator_actor(EDIT_FEES, user_id=3))


def test_a_new_version_ends_the_one_before_where_it_starts(seller):
    first = drafted(seller)
    approve_fee_rule(first.ref, actor=SECOND)
    start = clock.now() + WEEK
    second = draft_fee_rule(
        values={"name": "Agreed", "merchant": seller, "rate_bps": 400, "valid_from": start},
        replaces=first.ref,
        actor=AUTHOR,
    )
    approve_fee_rule(second.ref, actor=SECOND)
    first.refresh_from_db()
    assert (second.version, first.valid_to) == (2, start)


def test_a_tie_names_the_rule_it_ties_with_and_publishes_nothing(seller):
    at = clock.now()
    first, twin = drafted(seller, name="First", valid_from=at), drafted(seller, name="Twin", valid_from=at)
    approve_fee_rule(first.ref, actor=SECOND)
    with pytest.raises(RuleTie, match="First") as refused:
        approve_fee_rule(twin.ref, actor=SECOND)
    assert refused.value.params["ref"] == first.ref
    assert state_of(twin) == "draft"


def test_the_last_default_of_a_kind_is_not_retired(seller):
    default = FeeRule.objects.get(fee_kind="commission")
    with pytest.raises(StateRefused):
        retire_fee_rule(default.ref, actor=SECOND)
    fee_rule(name="Another default", priority=0)
    assert retire_fee_rule(default.ref, actor=SECOND).state == "retired"


def test_the_rehearsal_tells_each_merchants_difference_and_writes_nothing():
    story = Story()
    story.place()
    frozen = list(FeeSnapshot.objects.values_list("fee_minor", "rule_id"))
    draft = drafted(story.seller, rate_bps=500)
    drafted(mas.merchant(), name="Of somebody else")

    told = rehearse_fee_rule(draft.ref, since=story.now - WEEK, actor=AUTHOR)

    (row,) = told.merchants
    # As placed: 12 % of 100.00 and 0.30; with the draft 5 %.
    assert (row.merchant_id, row.before_minor, row.after_minor) == (story.seller.pk, 1230, 500)
    assert row.difference_minor == -730
    assert list(FeeSnapshot.objects.values_list("fee_minor", "rule_id")) == frozen


def test_rates_of_vat_are_dated(db):
    mms.tax_rate("DE", rate_bps=1900, valid_from=date(2020, 1, 1))
    mms.tax_rate("DE", rate_bps=2100, valid_from=date(2027, 1, 1))
    home = Parties("DE", "DE", False)
    assert decide_tax(home, date(2026, 12, 31)).rate_bps == 1900
    assert decide_tax(home, date(2027, 1, 1)).rate_bps == 2100
    assert decide_tax(Parties("DE", "FR", True), date(2027, 1, 1)).category == "AE"


def test_finance_the_merchant_and_programs_read_the_same_explanation():
    story = Story()
    story.place()
    ref = story.part.ref
    sentences = ("12 % of €100.00 = €12.00.", "Fixed: €0.30 per line", "Tax of DE at 20 %: €12.30 + €2.46.")
    finance = mms.sign_in(Client(), mms.operator_user("finance"))
    seller = mms.sign_in(Client(), mms.merchant_user(story.seller, "merchant-accounting"))
    pages = [
        finance.get(reverse("console:billing-fees-explained", args=[ref])).content.decode(),
        seller.get(reverse("portal:billing-fees-explained", args=[ref])).content.decode(),
    ]
    for audience, grant, fields in (
        ("operator", VIEW_FINANCE, {}),
        ("merchant", VIEW_MONEY, {"merchant_id": story.seller.pk}),
    ):
        secret = create_api_key(name="Program", grants={grant}, actor=system_actor(), **fields)[1]
        answer = Client().get(
            f"/api/{audience}/v1/merchant-orders/{ref}/fees", headers={"authorization": f"Bearer {secret}"}
        )
        pages.append(json.dumps(answer.json(), ensure_ascii=False))
    for page in pages:
        assert all(sentence in page for sentence in sentences), page[:3000]
