"""The checks that need no database: numbers, prices, words; each problem with code, column, value and hint."""

import re
from decimal import Decimal, InvalidOperation

from backoffice.kernel.errors import DomainError
from backoffice.kernel.money import Money, exponent
from backoffice.kernel.phrases import gettext as _
from pim.errors import RateMissing
from pim.imports.errors import problem
from pim.imports.items import Checked, Item
from pim.imports.mapping.definition import Definition
from pim.imports.vocabulary import CONDITIONS, Vocabulary
from pim.operations.identifiers import read_identifier
from pim.selectors.structure import folded

PLAIN = re.compile(r"-?\d+(\.\d+)?")
COMMA = re.compile(r"-?\d{1,3}(\.\d{3})*,\d{1,2}|-?\d+,\d{1,2}")
GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
MAX_SKU = 80
MAX_WHOLE = {"lead_time_days": 365}
LARGEST = 1_000_000_000
SMALLEST = {"min_quantity": 1, "pack_size": 1}


def plain_number(text: str) -> str | None:
    """`1.234,50`, `1,234.50` or `12.5` as decimal text; None when the spelling leaves doubts."""
    text = text.replace("\u00a0", " ").replace(" ", "")
    if PLAIN.fullmatch(text):
        return text
    if COMMA.fullmatch(text):
        return text.replace(".", "").replace(",", ".")
    if GROUPED.fullmatch(text):
        return text.replace(",", "")
    return None


class RowChecker:
    """Turns items into checked rows, as far as one row alone tells."""

    def __init__(self, definition: Definition, words: Vocabulary) -> None:
        self.definition = definition
        self.words = words

    def check(self, item: Item) -> Checked:
        checked = Checked(item, errors=list(item.problems))
        self._identity(checked)
        self._price(checked)
        self._terms(checked)
        self._places(checked)
        self._pictures(checked)
        return checked

    def _identity(self, checked: Checked) -> None:
        item = checked.item
        sku = item.fields.get("sku", "").strip()
        if not sku:
            checked.errors.append(
                problem("missing_value", item.column_of("sku"), "", _("The row has no SKU."))
            )
        elif len(sku) > MAX_SKU:
            sentence = _("The SKU has %(length)s characters; at most %(limit)s fit.")
            checked.errors.append(
                problem(
                    "text_too_long",
                    item.column_of("sku"),
                    sku,
                    sentence % {"length": len(sku), "limit": MAX_SKU},
                )
            )
        checked.sku = sku[:MAX_SKU]
        checked.brand = item.fields.get("brand", "").strip()
        checked.mpn = item.fields.get("mpn", "").strip()
        gtin = item.fields.get("gtin", "").strip()
        if gtin:
            try:
                read_identifier("gtin", gtin)
                checked.gtin = gtin
            except DomainError as error:
                checked.errors.append(problem("invalid_identifier", item.column_of("gtin"), gtin, str(error)))

    def _price(self, checked: Checked) -> None:
        item = checked.item
        text = item.fields.get("price", "").strip()
        if not text:
            return
        given = item.fields.get("currency", "").strip() or self.definition.currency
        currency = given.upper()
        try:
            exponent(currency)
        except DomainError as error:
            code, column = "unknown_currency", item.column_of("currency")
            checked.errors.append(problem(code, column, given, str(error)))
            return
        price = self._money(checked, "price", text, currency)
        listed = self._money(checked, "list_price", item.fields.get("list_price", "").strip(), currency)
        if price is None:
            return
        checked.offer |= {"price_minor": price.minor, "currency": price.currency}
        if listed is not None and listed.minor > price.minor:
            checked.offer["list_price_minor"] = listed.minor
        elif "list_price" in item.fields:
            checked.offer["list_price_minor"] = 0

    def _money(self, checked: Checked, name: str, text: str, currency: str) -> Money | None:
        if not text:
            return None
        column = checked.item.column_of(name)
        number = plain_number(text)
        if number is None:
            sentence = _("“%(text)s” is not an amount.") % {"text": text[:40]}
            checked.errors.append(problem("bad_number", column, text, sentence))
            return None
        try:
            money = Money.parse(number, currency)
            if money.minor < 0 or (name == "price" and money.minor == 0):
                sentence = _("The price %(text)s is not above zero.") % {"text": text[:40]}
                checked.errors.append(problem("negative_price", column, text, sentence))
                return None
            return self.words.convert(money, self.definition.convert_to or currency)
        except RateMissing as error:
            checked.errors.append(problem("rate_missing", column, f"{text} {currency}", str(error)))
        except DomainError as error:
            checked.errors.append(problem("bad_number", column, text, str(error)))
        return None

    def _terms(self, checked: Checked) -> None:
        item = checked.item
        for name, target in (
            ("stock", "quantity"),
            ("lead_time_days", "lead_time_days"),
            ("min_quantity", "min_quantity"),
            ("max_quantity", "max_quantity"),
            ("pack_size", "pack_size"),
        ):
            if text := item.fields.get(name, "").strip():
                self._whole(checked, name, target, text)
        if text := item.fields.get("condition", "").strip():
            found = CONDITIONS.get(folded(text).replace("-", " ")) or CONDITIONS.get(folded(text))
            if found is None:
                sentence = _("“%(text)s” is not a condition we know.") % {"text": text[:40]}
                checked.errors.append(
                    problem("unknown_condition", item.column_of("condition"), text, sentence)
                )
            else:
                checked.offer["condition"] = found
        if text := item.fields.get("condition_note", "").strip():
            checked.offer["condition_note"] = text[:250]

    def _whole(self, checked: Checked, name: str, target: str, text: str) -> None:
        number = plain_number(text)
        try:
            value = Decimal(number) if number is not None else None
        except InvalidOperation:
            value = None
        lowest, highest = SMALLEST.get(name, 0), MAX_WHOLE.get(name, LARGEST)
        if value is None or value != int(value) or not lowest <= value <= highest:
            sentence = _("“%(text)s” is not a whole number from %(low)s to %(high)s.")
            checked.errors.append(
                problem(
                    "bad_number",
                    checked.item.column_of(name),
                    text,
                    sentence % {"text": text[:40], "low": lowest, "high": highest},
                )
            )
            return
        checked.offer[target] = int(value)

    def _places(self, checked: Checked) -> None:
        item = checked.item
        text = item.fields.get("category", "").strip()
        code = self.definition.categories.get(folded(text), "") if text else ""
        category = self.words.find_category(code or text) if text else None
        if category is None and self.definition.default_category:
            category = self.words.find_category(self.definition.default_category)
        if category is not None:
            checked.category_ids = [category]
        elif text:
            sentence = _("There is no category “%(name)s”.") % {"name": text[:80]}
            checked.errors.append(problem("unknown_category", item.column_of("category"), text, sentence))
        family_text = item.fields.get("family", "").strip() or self.definition.family
        family = self.words.find_family(family_text)
        if family is None:
            sentence = _("There is no family “%(name)s”.") % {"name": family_text[:60]}
            checked.errors.append(problem("unknown_family", item.column_of("family"), family_text, sentence))
        else:
            checked.family_id = family.id

    def _pictures(self, checked: Checked) -> None:
        good = []
        for url in checked.item.images:
            if url.startswith(("http://", "https://")) and len(url) <= 2000:
                good.append(url)
            else:
                sentence = _("“%(url)s” is not a picture address; it starts with https://.") % {
                    "url": url[:80]
                }
                checked.warnings.append(problem("bad_picture_address", "image_url", url, sentence))
        checked.item.images = list(dict.fromkeys(good))
