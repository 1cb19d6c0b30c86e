"""One merchant from the invitation to the paid settlement, in real browsers, page by page."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta

from lxml import etree
from playwright.sync_api import Page, expect

from backoffice.demo.people import PASSWORD
from backoffice.demo.trade import open_delivery
from backoffice.kernel import clock, work
from mas.models import Merchant
from tests.journeys.browsing import Desk, fill, press, text_of
from tests.journeys.worlds import open_marketplace

SHOP = "Atelier Morgenrot"
OWNER = "mara@morgenrot.test"
PRODUCT = "Table lamp Lumen"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
PDF += b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def test_a_merchant_is_invited_sells_and_is_paid(desk: Desk, let_time_pass: Callable[[timedelta], None]):
    world = open_marketplace()
    with (
        desk.signed_in("operator@demo.test", with_code=True) as operator,
        desk.signed_in("finance@demo.test", with_code=True) as finance,
        desk.visitor() as merchant,
        desk.visitor() as buyer,
    ):
        link = invite(operator)
        register(merchant, link)
        complete_checklist(merchant)
        check_identity(operator)
        verify_bank_account(finance)
        approve(operator)
        open_delivery([Merchant.objects.get(name=SHOP)], world.system)
        add_brand(operator)
        import_products(merchant)
        accept_products(operator)
        order_url = buy(buyer)
        accept_and_ship(merchant)
        receive(buyer, order_url)
        see_the_sale(operator)
        let_time_pass(timedelta(days=15))
        work.drain()
        let_time_pass(timedelta(days=35))
        work.drain()
        settlement_url = settle(finance)
        with desk.signed_in("approver@demo.test", with_code=True) as approver:
            approve_settlement(approver, settlement_url)
        pay_out(finance)
        see_the_payout(merchant)


def invite(operator: Page) -> str:
    operator.goto("/console/merchants/invite/")
    fill(operator, name=SHOP, email=OWNER, person_name="Mara Morgen", country="DE", currency="EUR")
    press(operator, "Send invitation")
    expect(operator.get_by_text(f"The invitation to {OWNER} is on its way", exact=False)).to_be_visible()
    work.drain()
    operator.goto("/console/settings/mails/")
    operator.locator("main table tbody a").first.click()
    found = re.search(r"http\S+/portal/register/[\w-]+/", text_of(operator))
    assert found, text_of(operator)
    return found[0]


def register(merchant: Page, link: str) -> None:
    merchant.goto(link)
    fill(merchant, name="Mara Morgen", password=PASSWORD)
    press(merchant, "Create account")
    merchant.wait_for_url("**/portal/checklist/")


ANSWERS: dict[str, dict[str, str]] = {
    "company": {
        "legal_name": f"{SHOP} GmbH",
        "legal_form": "GmbH",
        "country": "DE",
        "registration_number": "HRB 20911",
        "register_name": "Amtsgericht Leipzig",
        "representative_name": "Mara Morgen",
    },
    "address": {"line1": "Karl-Heine-Straße 7", "postal_code": "04229", "city": "Leipzig", "country": "DE"},
    "tax-number": {"country": "DE", "number": "DE136695976"},
    "bank-account": {"holder": f"{SHOP} GmbH", "account_number": "DE89 3704 0044 0532 0130 00"},
    "lawful-goods": {"confirmed": "on"},
    "terms": {"accepted": "on"},
}


def complete_checklist(merchant: Page) -> None:
    """A wrong tax number is refused at its field; then every step leads to the next open one."""
    merchant.goto("/portal/checklist/tax-number/")
    fill(merchant, country="DE", number="DE136695977")
    press(merchant, "Save and continue")
    expect(merchant.locator("#id_number_field .bo-error")).to_be_visible()
    assert merchant.locator("[name=number]").input_value() == "DE136695977"
    merchant.goto("/portal/checklist/")
    press(merchant, "Continue")
    for _step in range(12):
        found = re.search(r"/portal/checklist/([\w-]+)/$", merchant.url)
        if found is None:
            break
        code = found[1]
        if code in ANSWERS:
            fill(merchant, **ANSWERS[code])
        else:
            paper = {"name": f"{code}.pdf", "mimeType": "application/pdf", "buffer": PDF}
            merchant.locator("input[type=file]").set_input_files(paper)
            if merchant.locator("[name=expires_on]").count():
                fill(merchant, expires_on=(clock.today() + timedelta(days=300)).isoformat())
        press(merchant, "Save and continue")
    press(merchant, "Hand in registration")
    expect(merchant.get_by_text("Your registration is with us", exact=False)).to_be_visible()


def check_identity(operator: Page) -> None:
    """The operator finds the shop in the list, looks at its papers and accepts them."""
    operator.goto("/console/merchants/?status=in_review")
    operator.get_by_role("link", name=SHOP).first.click()
    operator.wait_for_load_state()
    accept = operator.get_by_role("button", name="Accept", exact=True)
    while accept.count():
        accept.first.click()
        operator.wait_for_load_state()
    press(operator, "Approve identity")


def verify_bank_account(finance: Page) -> None:
    merchant = Merchant.objects.get(name=SHOP)
    finance.goto(f"/console/merchants/{merchant.ref}/")
    press(finance, "Verify account")
    fill(finance, note="The bank's letter names the company of the register.")
    press(finance, "Verify account")
    expect(finance.get_by_text("The account is verified")).to_be_visible()


def approve(operator: Page) -> None:
    operator.reload()
    press(operator, "Approve merchant")
    assert Merchant.objects.get(name=SHOP).status == "approved"
    work.drain()


def add_brand(operator: Page) -> None:
    operator.goto("/console/catalogue/brands/add/")
    fill(operator, name="Morgenrot")
    press(operator, "Save")


def import_products(merchant: Page) -> None:
    """The template of the family, two products typed in, looked at, applied."""
    merchant.goto("/portal/imports/new/")
    with merchant.expect_download() as download:
        merchant.locator("a[href$='template/homeware.csv']").click()
    header, example = list(csv.reader(download.value.path().open(encoding="utf-8-sig")))[:2]
    rows = [dict(zip(header, example, strict=True)) for _number in range(2)]
    rows[0] |= {"sku": "LUMEN-1", "gtin": "4006381333931", "title": PRODUCT, "price": "119.00", "stock": "8"}
    rows[1] |= {"sku": "LUMEN-2", "gtin": "", "title": "Floor lamp Lumen", "price": "249.00", "stock": "3"}
    for row in rows:
        row |= {"category": "lighting", "brand": "Morgenrot", "family": "homeware"}
    text = io.StringIO()
    writer = csv.DictWriter(text, header)
    writer.writeheader()
    writer.writerows(rows)
    upload = {"name": "products.csv", "mimeType": "text/csv", "buffer": text.getvalue().encode()}
    merchant.locator("input[type=file]").set_input_files(upload)
    press(merchant, "Send file")
    work.drain()
    merchant.reload()
    expect(merchant.get_by_text("This is what the file would change", exact=False)).to_be_visible()
    press(merchant, "Apply import")
    work.drain()
    merchant.goto("/portal/products/offers/")
    assert "LUMEN-1" in text_of(merchant)


def accept_products(operator: Page) -> None:
    operator.goto("/console/catalogue/reviews/")
    operator.get_by_role("link", name=PRODUCT).first.click()
    operator.wait_for_load_state()
    press(operator, "Accept and publish")
    work.drain()


def buy(buyer: Page) -> str:
    """Search, product, cart, then three pages: details, delivery and payment, thank you."""
    buyer.goto("/en/")
    buyer.locator("header input[type=search], header input[name=q]").first.fill("lumen")
    buyer.keyboard.press("Enter")
    buyer.get_by_role("link", name=PRODUCT).first.click()
    buyer.wait_for_load_state()
    press(buyer, "Add to cart")
    buyer.goto("/en/cart/")
    press(buyer, "Go to checkout")
    fill(buyer, email="buyer@example.test", name="Berta Klein", street="Lange Straße 5", postcode="10115")
    fill(buyer, city="Berlin", country="DE")
    press(buyer, "Continue to delivery and payment")
    buyer.get_by_text("Test card").first.click()
    fill(buyer, card_number="4242 4242 4242 4242")
    press(buyer, "Order and pay")
    expect(buyer.get_by_role("heading", name="Thank you for your order")).to_be_visible()
    press(buyer, "Follow your order")
    work.drain()
    return buyer.url


def accept_and_ship(merchant: Page) -> None:
    merchant.goto("/portal/orders/")
    merchant.locator("main table tbody a").first.click()
    merchant.wait_for_load_state()
    expect(merchant.get_by_text("Name and address are shown after you accept the order.")).to_be_visible()
    press(merchant, "Accept order")
    work.drain()
    merchant.reload()
    expect(merchant.get_by_text("Berta Klein").first).to_be_visible()
    slip = merchant.request.get(merchant.get_by_role("link", name="Packing slip").get_attribute("href") or "")
    assert slip.ok
    assert slip.body().startswith(b"%PDF-")
    press(merchant, "Ship")
    fill(merchant, carrier="dhl", tracking_number="00340434161094015902")
    press(merchant, "Mark as shipped")
    expect(merchant.get_by_text("00340434161094015902").first).to_be_visible()
    work.drain()


def receive(buyer: Page, order_url: str) -> None:
    buyer.goto(order_url)
    expect(buyer.get_by_role("link", name="00340434161094015902")).to_be_visible()
    press(buyer, "Everything arrived")
    expect(buyer.get_by_text("Thank you. We told the merchant that everything arrived.")).to_have_count(1)
    work.drain()


def settle(finance: Page) -> str:
    """Finance cuts the cycle and cannot sign its own statement."""
    finance.goto("/console/finance/settlements/run/")
    press(finance, "Save")
    finance.locator("main table tbody a").first.click()
    finance.wait_for_load_state()
    expect(
        finance.get_by_text("You prepared this statement. Another person must approve it.")
    ).to_be_visible()
    assert finance.get_by_role("button", name=re.compile("^Approve")).count() == 0
    return finance.url


def approve_settlement(approver: Page, url: str) -> None:
    approver.goto(url)
    approver.get_by_role("button", name=re.compile("^Approve")).click()
    expect(approver.get_by_text("Approved. The payout can be sent.")).to_be_visible()
    work.drain()


def pay_out(finance: Page) -> None:
    finance.goto("/console/finance/files/write/")
    finance.locator("input[name=payouts]").first.check()
    fill(finance, execution_on=clock.today().isoformat())
    press(finance, "Save")
    with finance.expect_download() as download:
        press(finance, "Download the file")
    document = etree.fromstring(download.value.path().read_bytes())
    assert document.tag == "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}Document"
    assert "DE89370400440532013000" in etree.tostring(document).decode()
    finance.reload()
    press(finance, "Bank executed it")
    expect(finance.get_by_text("Recorded: the bank executed 1 payout.")).to_be_visible()
    work.drain()


def see_the_payout(merchant: Page) -> None:
    merchant.goto("/portal/money/")
    merchant.get_by_role("link", name=re.compile("^SET-|^STL-")).first.click()
    merchant.wait_for_load_state()
    # 119.00 without delivery costs, less 12 % and 0.30 and 19 % tax on that: 14.58 + 2.77.
    assert "101.65" in text_of(merchant)
    assert "Paid" in text_of(merchant)


def see_the_sale(operator: Page) -> None:
    operator.goto("/console/reports/sales/merchants/")
    row = operator.locator("main table tr", has_text=SHOP)
    expect(row.first).to_contain_text("119.00")
