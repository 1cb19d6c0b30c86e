"""Every way to narrow a fee rule that the engine knows is offered where rules are written, and works from there."""

from dataclasses import fields

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.kernel import clock
from billing.console.fee_scope import ScopeForm
from billing.fees.matching import find_winner
from billing.fees.rules import FeeKind, Scope, Subject
from billing.models import FeeRule
from billing.selectors.terms import get_terms
from tests.factories import mas, mms, pim
from tests.factories.billing import entity, fee_rule

pytestmark = pytest.mark.django_db

# The engine's selector → the form's field.
OFFERED = {
    "entity_id": "company",
    "website_id": "website",
    "country": "country",
    "currency": "currency",
    "merchant_id": "merchant",
    "category_id": "category",
    "brand": "brand",
    "card_id": "card",
}
WRITTEN = {
    "name": "Narrow",
    "fee_kind": "commission",
    "priority": "3",
    "rate_bps": "5",
    "base": "gross",
    "refund_policy": "return",
    "valid_from": "2026-01-01T00:00",
}


def console(name, *args):
    return reverse(f"console:billing-{name}", args=args)


@pytest.fixture
def finance(client: Client):
    return mms.sign_in(client, mms.operator_user("finance"))


@pytest.fixture
def things():
    """One thing of each kind: what the form says, what a sale says, and what a rule shows."""
    books, shop, card, website = entity(), mas.merchant(), pim.card(), mms.website()
    parent = pim.category()
    child = pim.category(parent)
    return {
        "company": (books.code, {"entity_id": books.pk}, books.name),
        "website": (str(website.pk), {"website_id": website.pk}, website.name),
        "country": ("fr", {"country": "FR"}, "FR"),
        "currency": ("pln", {"currency": "PLN"}, "PLN"),
        "merchant": (shop.ref, {"merchant_id": shop.pk}, shop.name),
        "category": (parent.ref, {"category_ids": (child.pk, parent.pk)}, parent.names["en"]),
        "brand": ("Acme", {"brand": "ACME"}, "Acme"),
        "card": (card.ref, {"card_id": card.pk}, card.title),
    }


def subject(**said):
    return Subject(
        **{
            "fee_kind": FeeKind.COMMISSION,
            "placed_at": clock.now(),
            "currency": "EUR",
            "merchant_id": 0,
            **said,
        }
    )


def written(client, **values):
    answer = client.post(console("fee-create"), {**WRITTEN, **values}, follow=True)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return FeeRule.objects.get(ref=answer.request["PATH_INFO"].rstrip("/").rsplit("/", 1)[1]), answer


def test_the_form_offers_every_selector_of_the_engine():
    # The depth of a category follows from the category.
    assert {field.name for field in fields(Scope)} - {"category_depth"} == set(OFFERED)
    assert set(OFFERED.values()) == set(ScopeForm.base_fields)


@pytest.mark.parametrize("field", OFFERED.values())
def test_a_rule_narrowed_by_one_thing_wins_for_that_thing_only(finance, things, field):
    typed, said, shown = things[field]
    draft, answer = written(finance, **{field: typed})
    assert shown in answer.content.decode()
    approver = mms.sign_in(Client(), mms.operator_user("finance-approver"))
    approver.post(console("fee-approve", draft.ref))

    rules = get_terms().rules
    assert find_winner(rules, subject(**said)).ref == draft.ref
    other = find_winner(rules, subject())
    assert other is None or other.ref != draft.ref


def test_a_new_version_starts_where_the_old_one_holds(finance, things):
    typed = {field: said[0] for field, said in things.items()}
    old, _answer = written(finance, **typed)
    form = finance.get(console("fee-create"), {"replaces": old.ref}).context["form"]
    same = {name: form.initial[name] for name in typed}
    assert same == typed | {"country": "FR", "currency": "PLN"}

    new, _answer = written(finance, **same)
    assert new.as_rule().scope == old.as_rule().scope
    assert new.as_rule().scope.category_depth == 1


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("merchant", "MER-NONE", "merchant"),
        ("card", "CRD-NONE", "There is no such card."),
        ("category", "CAT-NONE", "Select a valid choice"),
        ("website", "0", "Select a valid choice"),
        ("company", "none", "Select a valid choice"),
    ],
)
def test_what_does_not_exist_is_told_at_its_field_and_the_input_is_kept(finance, field, typed, sentence):
    answer = finance.post(console("fee-create"), {**WRITTEN, field: typed})
    assert answer.status_code == 422
    form = answer.context["form"]
    assert sentence in str(form.errors[field])
    assert form["name"].value() == "Narrow"
    assert not FeeRule.objects.filter(name="Narrow").exists()


def test_the_preview_asks_by_the_same_things(finance, things):
    shop = mas.merchant()
    mms.tax_rate("DE", rate_bps=1900)
    card = things["card"]
    fee_rule(name="For one product", card_id=card[1]["card_id"], rate_bps=700)
    fee_rule(name="For one website", website_id=things["website"][1]["website_id"], rate_bps=800)
    sale = {
        "fee_kind": "commission",
        "merchant": shop.ref,
        "currency": "EUR",
        "amount": "100.00",
        "quantity": "1",
        "company": things["company"][0],
    }
    page = finance.get(console("fee-preview"), {**sale, "card": card[0]}).content.decode()
    assert "Rule “For one product”" in page
    page = finance.get(console("fee-preview"), {**sale, "website": things["website"][0]}).content.decode()
    assert "Rule “For one website”" in page
    page = finance.get(console("fee-preview"), {**sale, "card": "CRD-NONE"}).content.decode()
    assert "There is no such card." in page


@pytest.mark.parametrize("rules", [1, 3])
def test_the_list_names_what_rules_hold_for_in_two_statements(rules, django_assert_num_queries, things):
    from billing.selectors.fee_rules import attach_scope_names, list_fee_rules

    for _number in range(rules):
        website, card = mms.website(), pim.card()
        fee_rule(name="Named", website_id=website.pk, card_id=card.pk, priority=3)
    found = list(list_fee_rules().filter(name="Named"))
    with django_assert_num_queries(2):
        attach_scope_names(found)
    assert {card.title for card in [card]} <= {name for row in found for name in row.scope_names}


@pytest.mark.parametrize("state", ["draft", "active"])
def test_a_deleted_category_stays_visible_and_saving_never_widens_the_rule(finance, state):
    pim.category()
    rule = fee_rule(
        state=state, category_id=987_654, category_depth=3, category_label="Garden chairs", rate_bps=900
    )
    url = (
        console("fee-edit", rule.ref) if state == "draft" else f"{console('fee-create')}?replaces={rule.ref}"
    )
    assert "Garden chairs" in finance.get(console("fee-detail", rule.ref)).content.decode()
    form = finance.get(url).context["form"]
    assert form.initial["category"] == "deleted"
    assert "Category deleted: Garden chairs" in str(form["category"])
    finance.post(url, {**WRITTEN, "category": form.initial["category"]})

    saved = FeeRule.objects.get(name="Narrow")
    assert (saved.category_id, saved.category_depth, saved.category_label) == (987_654, 3, "Garden chairs")


def test_only_a_rule_with_a_deleted_category_offers_it(finance):
    answer = finance.post(console("fee-create"), {**WRITTEN, "category": "deleted"})
    assert "category" in answer.context["form"].errors
    assert not FeeRule.objects.exclude(fee_kind="shipping_commission").filter(name="Narrow").exists()
