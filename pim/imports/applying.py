"""Writing what the dry run found: cards, values, offers, stock; one chunk, one transaction, one checkpoint."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from backoffice.kernel.actors import Actor
from backoffice.kernel.bulk import update_rows
from backoffice.kernel.phrases import gettext as _
from pim.imports.comparing import is_own_work, is_proposable
from pim.imports.errors import problem
from pim.imports.mapping.definition import Definition
from pim.imports.new_words import learn_new_words
from pim.imports.undo import bring_back_offers
from pim.imports.value_reading import ValueReader
from pim.imports.vocabulary import Vocabulary
from pim.models import (
    Card,
    CardCategory,
    CardKind,
    CardState,
    ChangeSet,
    ImportRow,
    ImportRun,
    Offer,
    RowOutcome,
)
from pim.operations.cards import CardDraft, create_cards
from pim.operations.identifiers import store_identifiers
from pim.operations.matching import Match, MatchRow, match_rows
from pim.operations.offers import OfferRow, state_offers
from pim.operations.proposals import propose_values_bulk
from pim.operations.reviews import open_conflicts, submit_cards
from pim.operations.values import LayerPatch, set_values_bulk

OFFER_KEYS = (
    "price_minor", "currency", "list_price_minor", "quantity", "condition", "condition_note",
    "lead_time_days", "min_quantity", "max_quantity", "pack_size",
)  # fmt: skip
WRITTEN = [RowOutcome.NEW, RowOutcome.CHANGED, RowOutcome.UNCHANGED]


@dataclass(slots=True)
class Applied:
    """What became of a chunk: rows by outcome, and rows that failed although the dry run let them through."""

    failed: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    cards: dict[int, int] = field(default_factory=dict)
    offers: dict[int, int] = field(default_factory=dict)
    # SKUs that had an offer before.
    known_skus: set[str] = field(default_factory=set)


class Applier:
    """Applies one chunk of staged rows; about forty statements whatever its length. Call it in a transaction."""

    def __init__(self, run: ImportRun, change_set: ChangeSet, words: Vocabulary, actor: Actor) -> None:
        self.run = run
        self.change_set = change_set
        self.words = words
        self.actor = actor
        self.definition = Definition.from_json(run.definition)
        self.reader = ValueReader(self.definition, words)
        self.result = Applied()

    def apply(self, rows: Sequence[ImportRow]) -> Applied:
        live = [row for row in rows if row.outcome in WRITTEN]
        learn_new_words(live, self.words)
        matches = self._match(live)
        self._match_conflicts(live, matches)
        kept = [(row, match) for row, match in zip(live, matches, strict=True) if match.by != "conflict"]
        self._create(kept)
        self._update(kept)
        self._state_offers([row for row, _match in kept if row.pk not in self.result.failed])
        self._merge([row for row in rows if row.outcome == RowOutcome.MERGED])
        self._store(rows)
        return self.result

    def _match(self, rows: Sequence[ImportRow]) -> list[Match]:
        """Matched anew: the catalogue may have moved since the dry run, and earlier chunks made cards."""
        found = match_rows(
            [
                MatchRow(
                    row.merchant_sku,
                    row.read.get("gtin", ""),
                    row.read.get("brand", ""),
                    row.read.get("mpn", ""),
                )
                for row in rows
            ],
            merchant_id=self.run.merchant_id,
        )
        self.result.known_skus = {
            row.merchant_sku for row, match in zip(rows, found, strict=True) if match.offer_id
        }
        gone = set(
            Card.objects.filter(
                pk__among={match.card_id for match in found if match.card_id}, state=CardState.ARCHIVED
            ).values_list("pk", flat=True)
        )
        return [
            replace(match, by="new", card_id=None, new_key=f"sku:{row.merchant_sku}")
            if match.card_id in gone
            else match
            for row, match in zip(rows, found, strict=True)
        ]

    def _match_conflicts(self, rows: Sequence[ImportRow], matches: Sequence[Match]) -> None:
        found = []
        for row, match in zip(rows, matches, strict=True):
            if match.by == "conflict":
                message = _("The numbers of this row point to different products.")
                self.result.failed[row.pk] = [problem("identifier_conflict", "gtin", "", message).as_json()]
                refs = list(
                    Card.objects.filter(pk__in=match.conflicting_card_ids).values_list("ref", flat=True)
                )
                found.append(
                    {
                        "merchant_sku": row.merchant_sku,
                        "gtin": row.read.get("gtin", ""),
                        "mpn": row.read.get("mpn", ""),
                        "cards": refs,
                    }
                )
        if found:
            open_conflicts(found, merchant_id=self.run.merchant_id)

    def _create(self, kept: Sequence[tuple[ImportRow, Match]]) -> None:
        fresh = [(row, match) for row, match in kept if match.card_id is None]
        for row, match in kept:
            if match.card_id is not None:
                self.result.cards[row.pk] = match.card_id
        parents = self._parents(kept, fresh)
        # Rows that are new and share a number are one card.
        first: dict[str, ImportRow] = {}
        followers: list[tuple[ImportRow, ImportRow]] = []
        for row, match in fresh:
            leader = first.setdefault(match.new_key, row)
            if leader is not row:
                followers.append((row, leader))
        leaders = [(row, match) for row, match in fresh if first[match.new_key] is row]
        drafts = [self._draft(row, match, parents.get(row.group)) for row, match in leaders]
        made = create_cards(
            drafts,
            actor=self.actor,
            change_set=self.change_set,
            merchant_id=self.run.merchant_id,
            submit=True,
        )
        for index, (row, _match) in enumerate(leaders):
            card = made.cards[index]
            if card is not None:
                self.result.cards[row.pk] = card.pk
            else:
                self._refuse(row, made.refused[index])
        for row, leader in followers:
            if leader.pk in self.result.cards:
                self.result.cards[row.pk] = self.result.cards[leader.pk]
            else:
                self._refuse(row, {"": "The first row of this product failed."})
        if parents:
            submit_cards(sorted(set(parents.values())), actor=self.actor)

    def _parents(
        self, kept: Sequence[tuple[ImportRow, Match]], fresh: Sequence[tuple[ImportRow, Match]]
    ) -> dict[str, int]:
        """The product card of each group that has new variants: that of a known variant, else a new one."""
        wanted = {row.group for row, _match in fresh if row.group}
        known_ids = {match.card_id: row.group for row, match in kept if match.card_id and row.group in wanted}
        found: dict[str, int] = {}
        singles: set[str] = set()
        for pk, parent_id in Card.objects.filter(pk__in=known_ids).values_list("pk", "parent_id"):
            if parent_id:
                found[known_ids[pk]] = parent_id
            else:
                singles.add(known_ids[pk])
        heads = {row.group: row for row, _match in kept if row.group in wanted and row.read.get("parent")}
        missing = [row for group, row in heads.items() if group not in found and group not in singles]
        drafts = [
            CardDraft(
                family_id=row.read["parent"]["family_id"],
                values=self.reader.layers(row.read["parent"]["values"]),
                kind=CardKind.PARENT,
                category_ids=tuple(row.read["parent"].get("category_ids", ())),
            )
            for row in missing
        ]
        made = create_cards(
            drafts, actor=self.actor, change_set=self.change_set, merchant_id=self.run.merchant_id
        )
        for row, card in zip(missing, made.cards, strict=True):
            if card is not None:
                found[row.group] = card.pk
        return found

    def _draft(self, row: ImportRow, match: Match, parent_id: int | None) -> CardDraft:
        values = dict(row.read.get("values", {}))
        if row.group and parent_id is None:
            # The family of variants could not be built: the row stands for itself, with the product's texts.
            values = row.read.get("parent", {}).get("values", {}) | values
        return CardDraft(
            family_id=row.read["family_id"],
            values=self.reader.layers(values),
            parent_id=parent_id,
            identifiers=match.identifiers,
            category_ids=tuple(row.read.get("category_ids", ())),
        )

    def _update(self, kept: Sequence[tuple[ImportRow, Match]]) -> None:
        """Values and numbers of cards that are still this merchant's own work; proposals for its published ones."""
        matched = [
            (row, match) for row, match in kept if match.card_id and row.outcome != RowOutcome.UNCHANGED
        ]
        facts = {
            pk: (state, contributor, family, parent)
            for pk, state, contributor, family, parent in Card.objects.filter(
                pk__among={match.card_id for _row, match in matched}
            ).values_list("pk", "state", "contributed_by_id", "family_id", "parent_id")
        }
        patches: list[tuple[LayerPatch, ImportRow]] = []
        proposals: list[tuple[LayerPatch, ImportRow]] = []
        numbers = []
        for row, match in matched:
            card = facts.get(match.card_id or 0)
            is_own = is_own_work(card, self.run.merchant_id)
            if match.card_id is None or not (is_own or is_proposable(card, self.run.merchant_id)):
                continue
            if is_own:
                numbers += [(match.card_id, item) for item in match.identifiers]
            shared = row.read.get("parent", {}).get("values", {})
            targets = [(match.card_id, row.read.get("values", {}))]
            if card and card[3] and shared:
                targets.append((card[3], shared))
            for card_id, values in targets:
                for layer, patch in self.reader.layers(values).items():
                    (patches if is_own else proposals).append((LayerPatch(card_id, layer, patch), row))
        if patches:
            items = [item for item, _row in patches]
            outcome = set_values_bulk(items, actor=self.actor, change_set=self.change_set)
            for index, errors in outcome.refused.items():
                self._refuse(patches[index][1], errors)
        if proposals:
            self._propose(proposals)
        if numbers:
            store_identifiers(numbers)

    def _propose(self, proposals: Sequence[tuple[LayerPatch, ImportRow]]) -> None:
        """What the file says of the merchant's published cards is asked for, each value once."""
        asked = propose_values_bulk(
            [item for item, _row in proposals],
            actor=self.actor,
            merchant_id=self.run.merchant_id,
            source=f"import:{self.run.ref}",
            skip_answered=True,
        )
        for index, errors in asked.refused.items():
            self._refuse(proposals[index][1], errors)

    def _state_offers(self, rows: Sequence[ImportRow]) -> None:
        ready = [row for row in rows if row.pk in self.result.cards]
        bring_back_offers(self.run, self.result.known_skus & {row.merchant_sku for row in ready})
        offers = [
            OfferRow(
                merchant_sku=row.merchant_sku,
                card_id=self.result.cards[row.pk],
                **{name: row.read["offer"][name] for name in OFFER_KEYS if name in row.read.get("offer", {})},
            )
            for row in ready
        ]
        results = state_offers(
            offers,
            actor=self.actor,
            merchant_id=self.run.merchant_id,
            change_set=self.change_set,
            source=f"import:{self.run.ref}",
        )
        for row, result in zip(ready, results, strict=True):
            if result.error:
                self._refuse(row, {result.field: result.error})
            else:
                self.result.offers[row.pk] = result.offer_id

    def _merge(self, rows: Sequence[ImportRow]) -> None:
        """Repeated rows of a SKU add the places of their product, as long as the card is the merchant's own work."""
        if not rows:
            return
        skus = {row.merchant_sku for row in rows}
        offers = Offer.objects.filter(merchant_id=self.run.merchant_id, merchant_sku__among=skus)
        found: dict[str, tuple[int, int]] = {}
        cards: dict[str, int] = {}
        for sku, offer_id, card_id, contributor in offers.values_list(
            "merchant_sku", "pk", "card_id", "card__contributed_by_id"
        ):
            if contributor == self.run.merchant_id:
                cards[sku] = card_id
            found[sku] = (offer_id, card_id)
        for row in rows:
            if row.merchant_sku in found:
                self.result.offers[row.pk], self.result.cards[row.pk] = found[row.merchant_sku]
        CardCategory.objects.bulk_create(
            [
                CardCategory(card_id=cards[row.merchant_sku], category_id=category_id)
                for row in rows
                if row.merchant_sku in cards
                for category_id in row.read.get("category_ids", ())
            ],
            ignore_conflicts=True,
        )

    def _refuse(self, row: ImportRow, errors: dict[str, str]) -> None:
        self.result.failed[row.pk] = [
            problem("invalid_value", column, "", sentence).as_json() for column, sentence in errors.items()
        ]
        self.result.cards.pop(row.pk, None)

    def _store(self, rows: Sequence[ImportRow]) -> None:
        """Note what became of the rows: two statements whatever their number."""
        failed = self.result.failed
        update_rows(
            ImportRow,
            ("applied", "offer_id", "card_id"),
            [
                (row.pk, True, self.result.offers.get(row.pk), self.result.cards.get(row.pk))
                for row in rows
                if row.outcome != RowOutcome.FAILED and row.pk not in failed
            ],
        )
        update_rows(
            ImportRow,
            ("outcome", "errors"),
            [(pk, RowOutcome.FAILED.value, errors) for pk, errors in failed.items()],
        )
