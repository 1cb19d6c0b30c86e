"""One chunk of rows against what is stored: where each row belongs, and what it would change. Nothing is written."""

from collections.abc import Sequence
from typing import Any

from backoffice.kernel.phrases import gettext as _
from pim.imports.errors import problem
from pim.imports.items import Checked, Item
from pim.imports.mapping.definition import Definition
from pim.imports.row_checks import RowChecker
from pim.imports.value_reading import ValueReader
from pim.imports.vocabulary import Vocabulary
from pim.models import Card, CardState, ImportRow, ImportRun, Offer, OfferPrice, RowOutcome
from pim.operations.card_rights import CONTRIBUTOR_STATES
from pim.operations.matching import Match, MatchRow, match_rows
from pim.selectors.layers import Layer, read_layers
from pim.selectors.proposals import is_answered, read_answers
from pim.selectors.structure import FamilySpec

TERMS = ("condition", "condition_note", "lead_time_days", "min_quantity", "max_quantity", "pack_size")
CardFacts = tuple[str, int | None, int, int | None]


def is_own_work(facts: CardFacts | None, merchant_id: int) -> bool:
    """Whether a card is still its contributor's to change directly: (state, contributor, family, parent)."""
    return facts is not None and facts[1] == merchant_id and facts[0] in CONTRIBUTOR_STATES


def is_proposable(facts: CardFacts | None, merchant_id: int) -> bool:
    """Whether the contributor's changes of a card are proposed, because buyers see it already."""
    return facts is not None and facts[1] == merchant_id and facts[0] == CardState.PUBLISHED


class Comparer:
    """Checks, matches and compares one chunk; about ten statements whatever its length."""

    def __init__(self, run: ImportRun, definition: Definition, words: Vocabulary) -> None:
        self.run = run
        self.definition = definition
        self.words = words
        self.checker = RowChecker(definition, words)
        self.reader = ValueReader(definition, words)

    def compare(self, items: Sequence[Item]) -> list[Checked]:
        """One checked row per item, in order, each with its outcome."""
        self.words.learn_brands(item.fields.get("brand", "").strip() for item in items)
        rows = [self._extra(item) if item.is_extra else self.checker.check(item) for item in items]
        fresh = self._mark_repeated([row for row in rows if not row.outcome])
        matches = match_rows(
            [MatchRow(row.sku, row.gtin, row.brand, row.mpn) for row in fresh],
            merchant_id=self.run.merchant_id,
        )
        self._load(fresh, matches)
        for row, match in zip(fresh, matches, strict=True):
            self._place(row, match)
        self._share_groups(fresh)
        for row in fresh:
            self._decide(row)
        return rows

    def _extra(self, item: Item) -> Checked:
        return Checked(item, sku=item.fields.get("sku", "")[:80], outcome=RowOutcome.MERGED)

    def _mark_repeated(self, rows: list[Checked]) -> list[Checked]:
        """Rows whose SKU came before become errors or additions, as the mapping says; the others come back."""
        skus = {row.sku for row in rows if row.sku}
        earlier: dict[str, int] = {}
        if self.run.row_count or rows:
            earlier = dict(
                ImportRow.objects.filter(run=self.run, merchant_sku__among=skus)
                .exclude(outcome__in=[RowOutcome.FAILED, RowOutcome.MERGED])
                .values_list("merchant_sku", "number")
            )
        fresh = []
        for row in rows:
            first = earlier.get(row.sku) if row.sku else None
            if first is None:
                if row.sku and not row.errors:
                    earlier[row.sku] = row.item.number
                fresh.append(row)
            elif self.definition.duplicates == "refuse":
                sentence = _("The SKU %(sku)s was already in row %(row)s.") % {"sku": row.sku, "row": first}
                row.errors.append(problem("duplicate_sku", row.item.column_of("sku"), row.sku, sentence))
                row.outcome = RowOutcome.FAILED
            elif row.errors:
                row.outcome = RowOutcome.FAILED
            else:
                row.outcome = RowOutcome.MERGED
                row.values, row.offer = {}, {}
                if self.definition.duplicates == "first":
                    row.category_ids, row.item.images = [], []
        return fresh

    def _load(self, rows: Sequence[Checked], matches: Sequence[Match]) -> None:
        card_ids = {match.card_id for match in matches if match.card_id}
        self.cards: dict[int, CardFacts] = {
            pk: (state, contributor, family, parent)
            for pk, state, contributor, family, parent in Card.objects.filter(pk__among=card_ids).values_list(
                "pk", "state", "contributed_by_id", "family_id", "parent_id"
            )
        }
        parents = {facts[3] for facts in self.cards.values() if facts[3]}
        merchant_id = self.run.merchant_id
        own = {pk for pk, facts in self.cards.items() if is_own_work(facts, merchant_id)}
        live = {pk for pk, facts in self.cards.items() if is_proposable(facts, merchant_id)}
        self.layers = read_layers(own | live | parents) if own or live else {}
        self.answers = read_answers(live | parents, merchant_id=merchant_id) if live else {}
        offer_ids = {match.offer_id for match in matches if match.offer_id}
        self.offers: dict[int, dict[str, Any]] = {
            row["pk"]: row for row in Offer.objects.filter(pk__among=offer_ids).values("pk", *TERMS)
        }
        self.prices: dict[tuple[int, str], tuple[int, int | None]] = {
            (offer_id, currency): (amount, listed)
            for offer_id, currency, amount, listed in OfferPrice.objects.filter(
                offer_id__among=offer_ids, scope_id=0, min_quantity=1, valid_from__isnull=True
            ).values_list("offer_id", "currency", "amount_minor", "list_amount_minor")
        }

    def _place(self, row: Checked, match: Match) -> None:
        if match.by == "conflict":
            sentence = _("The SKU, GTIN and manufacturer's number of this row belong to different products.")
            row.errors.append(problem("identifier_conflict", row.item.column_of("gtin"), row.gtin, sentence))
        if match.by == "invalid":
            row.errors.append(problem("invalid_identifier", match.field, "", match.error))
        row.card_id, row.offer_id = match.card_id, match.offer_id
        facts = self.cards.get(match.card_id or 0)
        is_gone = facts is not None and facts[0] == CardState.ARCHIVED
        if is_gone:
            # What was taken back or put away does not come back through a feed; the product starts anew.
            row.card_id, row.offer_id, facts = None, None, None
        family = self.words.structure.families.get(facts[2] if facts else row.family_id)
        if family is not None:
            self._read_values(row, family)
        if match.by == "new" or is_gone:
            self._require_new(row)

    def _read_values(self, row: Checked, family: FamilySpec) -> None:
        row.family_id = family.id
        self.reader.read(row, family)

    def _require_new(self, row: Checked) -> None:
        if not (row.values.get("title") or row.parent.get("title")) and not row.errors:
            sentence = _("A new product needs a title.")
            row.errors.append(problem("missing_value", row.item.column_of("title"), "", sentence))
        if "price_minor" not in row.offer and not row.errors:
            sentence = _("A new offer needs a price.")
            row.errors.append(problem("missing_value", row.item.column_of("price"), "", sentence))

    def _share_groups(self, rows: Sequence[Checked]) -> None:
        """The product of a group is told once, on its first row; a group of one is no group."""
        groups: dict[str, list[Checked]] = {}
        for row in rows:
            if row.item.group:
                groups.setdefault(row.item.group, []).append(row)
        for members in groups.values():
            first = members[0]
            shared = {
                "values": first.parent,
                "category_ids": first.category_ids,
                "family_id": first.family_id,
            }
            for row in members:
                row.parent, row.category_ids = {}, []
            first.parent = shared

    def _decide(self, row: Checked) -> None:
        if row.errors:
            row.outcome = RowOutcome.FAILED
            return
        if row.card_id is None or row.offer_id is None:
            row.outcome = RowOutcome.NEW
            row.diff = {} if row.card_id is None else {"offer": [None, row.sku]}
            return
        self._compare_offer(row)
        facts = self.cards.get(row.card_id)
        if is_own_work(facts, self.run.merchant_id) or is_proposable(facts, self.run.merchant_id):
            self._compare_values(row, row.card_id, row.values, "")
            if facts and facts[3] and row.parent:
                self._compare_values(row, facts[3], row.parent.get("values", {}), "product.")
            if row.new_options:
                row.diff |= {code: [None, text] for code, text in row.new_options.items()}
        row.outcome = RowOutcome.CHANGED if row.diff else RowOutcome.UNCHANGED

    def _compare_offer(self, row: Checked) -> None:
        stored = self.offers[row.offer_id or 0]
        for name in TERMS:
            if name in row.offer:
                new = row.offer[name] or None if name == "max_quantity" else row.offer[name]
                if stored[name] != new:
                    row.diff[name] = [stored[name], new]
        if "price_minor" not in row.offer:
            return
        amount, listed = self.prices.get((row.offer_id or 0, row.offer["currency"]), (None, None))
        if amount != row.offer["price_minor"]:
            row.diff["price"] = [amount, row.offer["price_minor"], row.offer["currency"]]
        if "list_price_minor" in row.offer and (listed or 0) != row.offer["list_price_minor"]:
            row.diff["list_price"] = [listed, row.offer["list_price_minor"], row.offer["currency"]]

    def _compare_values(self, row: Checked, card_id: int, values: dict[str, Any], prefix: str) -> None:
        stored = self.layers.get(card_id, {})
        is_proposal = is_proposable(self.cards.get(row.card_id or 0), self.run.merchant_id)
        for layer, patch in self.reader.layers(values).items():
            live = stored.get(layer, {})
            for code, new in patch.items():
                old = live.get(code)
                if code == "brand" and new is not None:
                    new = self.words.brands.get(str(new), new)
                if old == new or (new is None and layer == Layer() and code not in live):
                    continue
                if not is_proposal:
                    row.diff[prefix + code] = [old, new]
                elif not is_answered(self.answers, (card_id, layer, code), old, new):
                    row.diff[f"proposed.{prefix}{code}"] = [old, new]
