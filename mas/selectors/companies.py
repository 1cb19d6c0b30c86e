"""The company behind a merchant: counterparty, tax numbers, addresses, representative, shop page texts."""

from mas.models import Address, Counterparty, FiscalRepresentative, Merchant, ShopText, TaxNumber


def find_company(merchant: Merchant) -> Counterparty | None:
    """The legal person; None before the merchant entered it."""
    company: Counterparty | None = Counterparty.objects.filter(merchant=merchant).first()
    return company


def list_tax_numbers(merchant: Merchant) -> list[TaxNumber]:
    return list(TaxNumber.objects.filter(counterparty__merchant=merchant))


def find_fiscal_representative(merchant: Merchant) -> FiscalRepresentative | None:
    return FiscalRepresentative.objects.filter(counterparty__merchant=merchant).first()


def find_address(merchant: Merchant, kind: str) -> Address | None:
    """The address of exactly this kind."""
    address: Address | None = Address.objects.filter(merchant=merchant, kind=kind).first()
    return address


def list_addresses(merchant: Merchant) -> list[Address]:
    return list(Address.objects.filter(merchant=merchant))


def find_address_or_office(merchant_id: int, kind: str) -> Address | None:
    """The address of a kind, else the registered office: what labels and invoices print."""
    found = {
        row.kind: row
        for row in Address.objects.filter(merchant_id=merchant_id, kind__in=[kind, "registered"])
    }
    return found.get(kind) or found.get("registered")


def find_invoice_party(merchant_id: int) -> Counterparty | None:
    """The legal person with its tax numbers at hand, for invoices and statements."""
    company: Counterparty | None = (
        Counterparty.objects.filter(merchant_id=merchant_id).prefetch_related("tax_numbers").first()
    )
    return company


def find_shop_text(merchant: Merchant, language: str) -> ShopText | None:
    """The texts of the shop page in a language, else in the merchant's own, else in any; None when there are none."""
    rows = {row.language: row for row in ShopText.objects.filter(merchant=merchant)}
    return rows.get(language) or rows.get(merchant.language) or next(iter(rows.values()), None)


def get_shop_text(merchant: Merchant, language: str) -> ShopText:
    """The texts of exactly this language, empty ones when nothing was written yet (not stored)."""
    row: ShopText | None = ShopText.objects.filter(merchant=merchant, language=language).first()
    return row or ShopText(merchant=merchant, language=language)
