"""Finance pages for finance, money pages for a merchant, nobody else; no more statements for more rows."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backoffice.kernel import clock
from billing.entries.drafts import Line, Owner
from billing.entries.drafts import merchant as owner
from billing.models import Adjustment, BankFile, BankLine, Hold, Payout, Settlement
from billing.selectors.terms import get_terms
from tests.billing.bank_messages import camt, line, statement
from tests.factories import billing as make
from tests.factories import mas, mms

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller():
    shop = mas.merchant()
    mas.bank_account(shop)
    return shop


@pytest.fixture
def finance(client: Client):
    return mms.sign_in(client, mms.operator_user("finance"))


@pytest.fixture
def approver():
    return mms.sign_in(Client(), mms.operator_user("finance-approver"))


@pytest.fixture
def merchant_client(seller):
    return mms.sign_in(Client(), mms.merchant_user(seller, "merchant-accounting"))


def console(name, *args):
    return reverse(f"console:billing-{name}", args=args)


def portal(name, *args):
    return reverse(f"portal:billing-{name}", args=args)


PLAIN = [
    "finance-home",
    "settlement-list",
    "settlement-run",
    "payout-list",
    "batch-list",
    "hold-list",
    "debt-list",
    "batch-create",
    "bank-file-list",
    "bank-file-upload",
    "bank-line-list",
    "trial-balance",
    "account-list",
    "entry-list",
    "journal-day",
    "reversal-list",
    "fee-list",
    "fee-create",
    "fee-preview",
    "adjustment-list",
    "adjustment-create",
    "company-list",
    "period-list",
    "dispute-list",
    "dispute-create",
    "periodic-fee-list",
]


@pytest.mark.parametrize("name", PLAIN)
def test_pages_open_empty_and_filled(finance, seller, name):
    assert finance.get(console(name)).status_code == 200
    make.payout(seller)
    assert finance.get(console(name)).status_code == 200


@pytest.mark.parametrize("name", PLAIN)
def test_people_without_the_right_do_not_enter(client, name):
    mms.sign_in(client, mms.operator_user("catalogue"))
    assert client.get(console(name)).status_code == 403


@pytest.mark.parametrize(
    "name",
    [
        "settlement-list",
        "payout-list",
        "account-list",
        "entry-list",
        "finance-home",
        "period-list",
        "dispute-list",
        "periodic-fee-list",
    ],
)
def test_lists_cost_the_same_whatever_their_length(finance, seller, name, django_assert_num_queries):
    make.payout(seller)
    make.dispute(make.earning(seller))
    make.periodic_fee(seller)
    finance.get(console(name))
    with CaptureQueriesContext(connection) as captured:
        finance.get(console(name))
    one = len(captured)
    for _number in range(2):
        other = mas.merchant()
        mas.bank_account(other)
        make.payout(other)
        make.dispute(make.earning(other))
        make.periodic_fee(other)
    finance.get(console(name))
    with django_assert_num_queries(one):
        finance.get(console(name))


def test_the_journal_names_orders_and_merchants_instead_of_numbers(finance, seller):
    earning = make.earning(seller)
    make.posted(
        earning.entity_id,
        Line("1100", 500, "EUR", Owner("psp:card", 0)),
        Line("2110", -500, "EUR", owner(seller.pk), "sale", merchant_order_id=earning.merchant_order_id),
    )
    assert earning.merchant_order_ref in finance.get(console("entry-list")).content.decode()
    accounts = finance.get(console("account-list")).content.decode()
    assert seller.name in accounts
    assert f"merchant {seller.pk}" not in accounts


def test_details_open_and_lead_from_the_bank_to_the_order(finance, seller):
    things = make.isolation_objects(seller)
    for name in ("settlement", "payout", "account", "merchant"):
        assert finance.get(console(f"{name}-detail", things[f"billing-{name}"])).status_code == 200
    assert finance.get(console("batch-detail", things["billing-batch"].value)).status_code == 200
    for name in ("bank-file", "bank-line"):
        assert finance.get(console(f"{name}-detail", things[f"billing-{name}"].value)).status_code == 200
    assert finance.get(console("fee-detail", things["billing-fee"].value)).status_code == 200
    assert finance.get(console("entry-detail", things["billing-entry"]["entry_id"])).status_code == 200
    assert finance.get(console("fees-explained", things["billing-fees-explained"])).status_code == 200
    assert finance.get(console("trial-balance"), {"axis": "effective"}).status_code == 200
    period = things["billing-period"]
    assert (
        finance.get(console("period-detail", period["code"].value, period["month"].value)).status_code == 200
    )
    assert finance.get(console("company-edit", things["billing-company"]["code"].value)).status_code == 403


def test_a_statement_is_cut_approved_by_another_and_sent(finance, approver, seller):
    books = make.entity()
    make.funded(books, seller.pk, 10_000)
    with clock.shifted(timedelta(days=8)):
        finance.post(console("settlement-run"), {"entity": books.code})
    settlement = Settlement.objects.get()
    form = {"statement_sha256": settlement.statement_sha256}
    assert finance.post(console("settlement-approve", settlement.ref), form).status_code == 403
    assert approver.get(console("settlement-detail", settlement.ref)).status_code == 200
    approver.post(console("settlement-approve", settlement.ref), form)
    settlement.refresh_from_db()
    assert settlement.state == "payable"

    payout = Payout.objects.get()
    answer = finance.post(
        console("batch-create"),
        {"payouts": [payout.ref], "file_format": "pain.001.001.09", "execution_on": "2026-11-30"},
        follow=True,
    )
    payout.refresh_from_db()
    assert (answer.status_code, payout.state) == (200, "exported")
    file = finance.post(console("batch-download", payout.batch.ref))
    assert file.headers["Content-Disposition"] == f'attachment; filename="{payout.batch.ref}.xml"'
    finance.post(console("batch-execute", payout.batch.ref))
    settlement.refresh_from_db()
    assert settlement.state == "paid"


def test_approving_what_changed_meanwhile_says_so_and_changes_nothing(approver, seller):
    settlement = make.settlement(seller)
    answer = approver.post(
        console("settlement-approve", settlement.ref), {"statement_sha256": "0" * 64}, follow=True
    )

    assert "changed since you opened it" in answer.content.decode()
    settlement.refresh_from_db()
    assert settlement.state == "in_review"


def test_a_fee_rule_is_written_by_one_and_approved_by_another(finance, approver, seller):
    form = {
        "name": "Promo",
        "fee_kind": "commission",
        "priority": "2",
        "rate_bps": "5",
        "base": "gross",
        "merchant": seller.ref,
        "refund_policy": "return",
        "valid_from": "2026-01-01T00:00",
        "amount_currency": "EUR",
        "per_line": "0.30",
    }
    answer = finance.post(console("fee-create"), form, follow=True)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    ref = answer.request["PATH_INFO"].rstrip("/").rsplit("/", 1)[1]
    assert finance.post(console("fee-approve", ref)).status_code == 403
    approver.post(console("fee-approve", ref))

    live = next(rule for rule in get_terms().rules if rule.ref == ref)
    assert (live.formula.rate_bps, live.formula.amounts_in("EUR").per_line_minor) == (500, 30)


def test_editing_a_rule_keeps_its_amounts_in_other_currencies_and_shows_its_tiers(finance):
    amounts = {"EUR": {"per_line_minor": 30}, "USD": {"per_line_minor": 35}}
    tiers = [[10000, 1500], [None, 500]]
    draft = make.fee_rule(
        state="draft", amounts=amounts, tiers=tiers, tier_mode="graduated", tier_measure="month", name="Two"
    )
    page = finance.get(console("fee-detail", draft.ref)).content.decode()
    assert "15 % up to" in page
    form = finance.get(console("fee-edit", draft.ref)).context["form"]
    values = {name: value for name, value in form.initial.items() if value not in (None, "", False)}
    values |= {"per_line": "0.40", "valid_from": "2026-01-01T00:00"}
    finance.post(console("fee-edit", draft.ref), values)

    draft.refresh_from_db()
    assert draft.amounts["USD"] == {"per_line_minor": 35}
    assert draft.amounts["EUR"]["per_line_minor"] == 40
    assert (draft.tiers, draft.tier_measure) == (tiers, "month")


def test_a_tie_is_told_where_the_rule_is_published(finance, approver, seller):
    make.fee_rule(name="First", merchant=seller, rate_bps=700)
    twin = make.fee_rule(name="Second", merchant=seller, rate_bps=800, state="draft")
    answer = approver.post(console("fee-approve", twin.ref), follow=True)

    assert "“First”" in answer.content.decode()
    twin.refresh_from_db()
    assert twin.state == "draft"


def test_the_preview_names_the_winner_and_explains_the_cent(finance, seller):
    make.entity(country="DE")
    mms.tax_rate("DE", rate_bps=1900)
    answer = finance.get(
        console("fee-preview"),
        {
            "fee_kind": "commission",
            "merchant": seller.ref,
            "currency": "EUR",
            "amount": "100.00",
            "quantity": "1",
        },
    )

    assert "Starting commission" in answer.content.decode()


def test_the_merchant_sees_its_money_its_statement_and_takes_it_home(merchant_client, seller):
    settlement = make.payout(seller).settlement
    for url in (portal("money-home"), portal("transaction-list"), portal("statement-list")):
        assert merchant_client.get(url).status_code == 200
    assert merchant_client.get(portal("statement-detail", settlement.ref)).status_code == 200
    file = b"".join(merchant_client.get(portal("statement-csv", settlement.ref)).streaming_content).decode()

    assert "100.00,EUR" in file
    assert settlement.statement_sha256 in file


def test_another_merchants_statement_is_not_found(merchant_client, seller):
    other = mas.merchant()
    mas.bank_account(other)
    foreign = make.settlement(other)
    for name in ("statement-detail", "statement-csv"):
        assert merchant_client.get(portal(name, foreign.ref)).status_code == 404
    assert (
        merchant_client.get(portal("fees-explained", make.earning(other).merchant_order_ref)).status_code
        == 404
    )


def test_a_held_merchant_reads_why_and_what_frees_it(merchant_client, finance, seller):
    finance.post(
        console("merchant-hold", seller.ref),
        {"what": "all", "currency": "EUR", "reason": "Two parcels are missing"},
    )
    page = merchant_client.get(portal("money-home")).content.decode()

    assert "Two parcels are missing" in page
    assert "Contact the marketplace" in page
    finance.post(console("hold-lift", Hold.objects.get().ref))
    assert "Two parcels" not in merchant_client.get(portal("money-home")).content.decode()


def test_an_amount_is_held_charged_and_decided_on_pages(merchant_client, finance, approver, seller):
    books = make.entity(website_id=1)
    make.funded(books, seller.pk, 10000)
    page = console("merchant-hold", seller.ref)
    sent = {"what": "amount", "currency": "EUR", "reason": "Damaged goods claimed"}
    answer = finance.post(page, sent)
    assert (answer.status_code, "Enter the amount to hold." in answer.content.decode()) == (422, True)
    until = (clock.now() + timedelta(days=3)).date().isoformat()
    finance.post(page, sent | {"amount": "50,00x"})
    assert not Hold.objects.exists()
    finance.post(page, sent | {"amount": "50.00", "until": until})
    hold = Hold.objects.get()
    assert (hold.amount_minor, hold.lapses_at > clock.now() + timedelta(days=3)) == (5000, True)
    money = merchant_client.get(portal("money-home")).content.decode()
    assert "Damaged goods claimed" in money
    assert "It ends by itself on" in money

    charge = console("hold-charge", hold.ref)
    sent = {"entity": books.code, "amount_minor": "60.00", "reason": "Repair"}
    assert finance.post(charge, sent).status_code == 422
    finance.post(charge, sent | {"amount_minor": "30.00"})
    adjustment = Adjustment.objects.get()
    assert adjustment.ref in finance.get(console("merchant-detail", seller.ref)).content.decode()
    finance.post(console("hold-lift", hold.ref))
    assert Hold.objects.get().state == "charging"
    approver.post(console("adjustment-approve", adjustment.ref))
    assert Hold.objects.get().state == "charged"
    assert make.balance_of(books, "2110", merchant_id=seller.pk) == -7000


def test_holds_lift_many_at_once_but_none_of_an_incident(finance, seller):
    for amount in (1, 2):
        Hold.objects.create(merchant=seller, amount_minor=amount, currency="EUR", reason="Check")
    refs = list(Hold.objects.values_list("ref", flat=True))
    finance.post(console("hold-list"), {"bulk": "lift", "selected": refs})
    assert set(Hold.objects.values_list("ended_as", flat=True)) == {"lifted"}


def test_a_statement_of_the_bank_is_uploaded_looked_at_and_imported(finance, seller):
    books = make.entity()
    payout = make.payout(seller, entity=books)
    finance.post(
        console("batch-create"),
        {"payouts": [payout.ref], "file_format": "pain.001.001.09", "execution_on": "2026-06-24"},
    )
    content = camt(
        statement("1", 0, line(-10_000, "R1", end_to_end=payout.ref), line(700, "R2", name="Who?"))
    )
    sent = {"file": SimpleUploadedFile("june.xml", content)}
    answer = finance.post(console("bank-file-upload"), sent, follow=True)
    file = BankFile.objects.get()
    page = answer.content.decode()
    assert payout.ref in page
    assert "To suspense" in page
    assert (Payout.objects.get().state, file.state) == ("exported", "uploaded")

    page = finance.post(console("bank-file-import", file.ref), follow=True).content.decode()
    assert "1 line waits in suspense" in page
    assert Payout.objects.get().state == "reconciled"
    [matched] = BankLine.objects.filter(state="matched")
    drilled = finance.get(console("bank-line-detail", matched.ref)).content.decode()
    assert payout.settlement.ref in drilled
    assert "/finance/ledger/entries/" in drilled

    [waits] = BankLine.objects.filter(state="open")
    finance.post(
        console("bank-line-place", waits.ref), {"place": "buyer_funds", "note": "Order 17 paid twice"}
    )
    waits.refresh_from_db()
    assert waits.state == "resolved"


def test_a_file_with_a_gap_says_so_and_offers_no_import(finance, seller):
    make.entity()
    for number, opening in ((1, 0), (2, 900)):
        content = camt(statement(str(number), opening, line(500, f"R{number}")), message=f"M{number}")
        finance.post(console("bank-file-upload"), {"file": SimpleUploadedFile("a.xml", content)})
        file = BankFile.objects.order_by("-id").first()
        answer = finance.post(console("bank-file-import", file.ref), follow=True)
    assert "one is missing between them" in answer.content.decode()
    file.refresh_from_db()
    assert file.state == "uploaded"
