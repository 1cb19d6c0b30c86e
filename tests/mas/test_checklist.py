"""The checklist: done by giving what is asked, waived with who and why, open again with a note."""

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from backoffice.kernel.errors import InvalidInput, NotFound, PermissionRefused, StateRefused
from mas.errors import ItemsOpen, ReasonMissing
from mas.models import ChecklistItem, ChecklistRule, DocumentType, ItemKind
from mas.operations import checklist_rules
from mas.operations.addresses import AddressDetails, set_address
from mas.operations.checklist_rules import save_document_type
from mas.operations.checklists import (
    complete_attestation,
    complete_operator_check,
    state_product_count,
    waive_item,
)
from mas.operations.companies import CompanyDetails, set_company, set_tax_number
from mas.operations.reviews import submit_onboarding
from mas.operations.starter_checklist import start_usual_checklist
from mas.permissions import ACCEPT_TERMS, CONFIGURE_ONBOARDING, EDIT_COMPANY, REVIEW_MERCHANT
from mas.selectors.onboarding import list_checklist, list_points_before_submission
from tests.factories import mas as make
from tests.factories.actors import merchant_actor, operator_actor, stranger_actor

pytestmark = pytest.mark.django_db
OPERATOR = operator_actor(REVIEW_MERCHANT, CONFIGURE_ONBOARDING)
COMPANY = CompanyDetails(legal_name="Nordlicht GmbH", country="DE")


@pytest.fixture
def merchant():
    return make.merchant("registering")


@pytest.fixture
def owner(merchant):
    return merchant_actor(merchant.pk, EDIT_COMPANY, ACCEPT_TERMS)


def ask(merchant, kind, state="open", **rule) -> ChecklistItem:
    return make.checklist_item(merchant, make.checklist_rule(kind, **rule), state)


def state_of(item) -> str:
    return str(ChecklistItem.objects.get(pk=item.pk).state)


def test_giving_what_is_asked_settles_the_line(merchant, owner):
    profile, address, tax = (ask(merchant, kind) for kind in ("profile", "address", "tax_number"))
    set_company(merchant.ref, COMPANY, actor=owner)
    assert (state_of(profile), state_of(address), state_of(tax)) == ("done", "open", "open")
    set_address(merchant.ref, "shipping", AddressDetails("Kai 2", "Hamburg", "DE", "20457"), actor=owner)
    assert state_of(address) == "open"
    set_address(merchant.ref, "registered", AddressDetails("Kai 2", "Hamburg", "DE", "20457"), actor=owner)
    set_tax_number(merchant.ref, country="DE", number="136 695 976", actor=owner)
    assert (state_of(address), state_of(tax)) == ("done", "done")


def test_handing_in_is_refused_with_the_list_of_open_required_lines(merchant, owner):
    ask(merchant, "profile", code="company", title="Your company")
    ask(merchant, "tax_number", code="tax", title="Tax number")
    ask(merchant, "address", code="nice", is_required=False)
    ask(merchant, "operator_check", code="visit")
    with pytest.raises(ItemsOpen) as refusal:
        submit_onboarding(merchant.ref, actor=owner)
    assert refusal.value.params["items"] == ["company", "tax"]
    assert "Your company" in str(refusal.value)
    merchant.refresh_from_db()
    assert merchant.status == "registering"


def test_the_last_line_makes_handing_in_possible(merchant, owner):
    ask(merchant, "profile")
    assert len(list_points_before_submission(merchant)) == 1
    set_company(merchant.ref, COMPANY, actor=owner)
    assert list_points_before_submission(merchant) == []
    assert submit_onboarding(merchant.ref, actor=owner).status == "in_review"


def test_handing_in_needs_the_right_to_sign_for_the_merchant(merchant):
    with pytest.raises(PermissionRefused):
        submit_onboarding(merchant.ref, actor=merchant_actor(merchant.pk, EDIT_COMPANY))


def test_a_waiver_keeps_who_and_why(merchant, owner):
    item = ask(merchant, "tax_number", code="tax")
    with pytest.raises(ReasonMissing):
        waive_item(merchant.ref, "tax", actor=OPERATOR, reason=" ")
    waive_item(merchant.ref, "tax", actor=OPERATOR, reason="Small business without a number.")
    item.refresh_from_db()
    assert (item.state, item.waived_by_label, item.waive_reason) == (
        "waived",
        "Olivia Operator",
        "Small business without a number.",
    )
    assert list_points_before_submission(merchant) == []


def test_the_database_keeps_no_waiver_without_who_and_why(merchant):
    with pytest.raises(IntegrityError), transaction.atomic():
        ask(merchant, "tax_number", state="waived")


def test_what_is_done_cannot_be_waived(merchant):
    ask(merchant, "profile", "done", code="company")
    with pytest.raises(StateRefused):
        waive_item(merchant.ref, "company", actor=OPERATOR, reason="Why not.")


def test_only_the_operator_waives_and_checks(merchant, owner):
    item = ask(merchant, "operator_check", code="visit")
    with pytest.raises(PermissionRefused):
        waive_item(merchant.ref, "visit", actor=owner, reason="Please.")
    with pytest.raises(PermissionRefused):
        complete_operator_check(merchant.ref, "visit", actor=owner)
    assert state_of(item) == "open"


def test_strangers_find_no_checklist(merchant):
    item = ask(merchant, "attestation", code="lawful")
    stranger = stranger_actor(ACCEPT_TERMS, REVIEW_MERCHANT)
    for act in (
        lambda: complete_attestation(merchant.ref, "lawful", actor=stranger),
        lambda: waive_item(merchant.ref, "lawful", actor=stranger, reason="No."),
    ):
        with pytest.raises(NotFound):
            act()
    assert state_of(item) == "open"


def test_an_attestation_keeps_the_words_that_were_confirmed(merchant, owner):
    item = ask(merchant, "attestation", code="lawful", statement="Everything is ours.")
    complete_attestation(merchant.ref, "lawful", actor=owner)
    ChecklistRule.objects.filter(code="lawful").update(statement="Other words.")
    complete_attestation(merchant.ref, "lawful", actor=owner)
    item.refresh_from_db()
    assert (item.state, item.confirmed_statement, item.done_by_label) == (
        "done",
        "Everything is ours.",
        "Mia Merchant",
    )


def test_another_kind_of_line_is_no_attestation_and_no_operator_check(merchant, owner):
    item = ask(merchant, "tax_number", code="tax")
    with pytest.raises(InvalidInput):
        complete_attestation(merchant.ref, "tax", actor=owner)
    with pytest.raises(InvalidInput):
        complete_operator_check(merchant.ref, "tax", actor=OPERATOR)
    assert state_of(item) == "open"


@pytest.mark.parametrize(("count", "state"), [(4, "open"), (5, "done"), (9, "done")])
def test_a_minimum_of_products_is_ticked_when_told_from_above(merchant, count, state):
    item = ask(merchant, "minimum_products", minimum_products=5)
    state_product_count(merchant.pk, count, actor=OPERATOR)
    assert state_of(item) == state


def test_auto_approval_is_off_until_switched_on(merchant, owner):
    submit_onboarding(merchant.ref, actor=owner)
    merchant.refresh_from_db()
    assert merchant.status == "in_review"


def test_with_auto_approval_a_complete_registration_is_approved_at_once(merchant, owner):
    checklist_rules.set_onboarding_policy(auto_approve=True, invitation_days=7, actor=OPERATOR)
    submit_onboarding(merchant.ref, actor=owner)
    merchant.refresh_from_db()
    assert merchant.status == "approved"


def test_with_auto_approval_the_last_check_approves(merchant, owner):
    checklist_rules.set_onboarding_policy(auto_approve=True, invitation_days=7, actor=OPERATOR)
    ask(merchant, "operator_check", code="visit")
    submit_onboarding(merchant.ref, actor=owner)
    merchant.refresh_from_db()
    assert merchant.status == "in_review"
    complete_operator_check(merchant.ref, "visit", actor=OPERATOR)
    merchant.refresh_from_db()
    assert merchant.status == "approved"


def test_a_new_line_reaches_those_who_register_and_nobody_else(merchant):
    live = make.merchant("approved")
    checklist_rules.save_checklist_rule(
        {"code": "company", "kind": ItemKind.PROFILE, "title": "Your company"}, actor=OPERATOR
    )
    assert [item.rule.code for item in list_checklist(merchant)] == ["company"]
    assert list_checklist(live) == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": ItemKind.DOCUMENT}, "document_type"),
        ({"kind": ItemKind.ATTESTATION}, "statement"),
        ({"kind": ItemKind.MINIMUM_PRODUCTS}, "minimum_products"),
        ({"kind": "magic"}, "kind"),
        ({"kind": ItemKind.PROFILE, "title": ""}, "title"),
    ],
)
def test_a_line_that_asks_for_nothing_is_refused_at_its_field(values, field):
    with pytest.raises(InvalidInput) as refusal:
        checklist_rules.save_checklist_rule({"code": "x", "title": "X", **values}, actor=OPERATOR)
    assert list(refusal.value.fields) == [field]
    assert not ChecklistRule.objects.exists()


def test_the_usual_checklist_is_laid_out_once():
    rules = start_usual_checklist(actor=OPERATOR)
    assert [rule.kind for rule in rules] == [
        "profile",
        "address",
        "tax_number",
        "bank_account",
        "document",
        "document",
        "attestation",
        "terms",
    ]
    assert start_usual_checklist(actor=OPERATOR) == []
    assert ChecklistRule.objects.count() == 8


def test_setting_up_needs_its_right():
    for act in (
        lambda actor: start_usual_checklist(actor=actor),
        lambda actor: checklist_rules.set_onboarding_policy(
            auto_approve=True, invitation_days=1, actor=actor
        ),
        lambda actor: checklist_rules.save_document_type({"code": "a", "name": "A"}, actor=actor),
    ):
        with pytest.raises(PermissionRefused):
            act(operator_actor(REVIEW_MERCHANT))


def test_the_usual_checklist_speaks_the_language_of_whoever_reads_it():
    with override("de"):
        start_usual_checklist(actor=OPERATOR)
    rule = ChecklistRule.objects.get(code="company")
    with override("en"):
        assert ChecklistRule.objects.get(pk=rule.pk).title == "Your company"
        paper = DocumentType.objects.get(code="liability-insurance")
        assert paper.name == "Proof of liability insurance"
        # Left as it was read by who changes something else: it stays in every language.
        save_document_type({"name": paper.name, "has_expiry": False}, code=paper.code, actor=OPERATOR)
    with override("de"):
        assert ChecklistRule.objects.get(pk=rule.pk).title == "Ihr Unternehmen"
        assert DocumentType.objects.get(pk=paper.pk).name == "Nachweis der Haftpflichtversicherung"


def test_a_confirmed_statement_keeps_the_words_that_were_confirmed(merchant, owner):
    with override("de"):
        start_usual_checklist(actor=OPERATOR)
    rule = ChecklistRule.objects.get(code="lawful-goods")
    item = ChecklistItem.objects.get(merchant=merchant, rule=rule)
    with override("de"):
        complete_attestation(merchant.ref, rule.code, actor=owner)
    with override("en"):
        assert ChecklistItem.objects.get(pk=item.pk).confirmed_statement == str(_german(rule.pk))
        assert ChecklistRule.objects.get(pk=rule.pk).statement != str(_german(rule.pk))


def _german(pk):
    with override("de"):
        return ChecklistRule.objects.get(pk=pk).statement
