"""Undoing an import: its changes backwards, chunk by chunk; what somebody changed since stays and is counted."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock, jobs
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import StateRefused
from pim.imports.access import actor_of, get_import, remember_actor
from pim.imports.comparing import TERMS, is_own_work
from pim.imports.runs import require_import_right
from pim.models import (
    Card,
    CardState,
    Change,
    ChangeSet,
    ImportRow,
    ImportRun,
    ImportState,
    Offer,
    OfferPrice,
    OfferState,
    ReviewState,
    RowOutcome,
)
from pim.operations.identifiers import set_identifiers_live
from pim.operations.offers import OfferRow, state_offers
from pim.operations.reviews import close_reviews
from pim.operations.values import LayerPatch, set_values_bulk
from pim.permissions import EDIT_CARDS
from pim.selectors.layers import ABSENT, INHERIT, Layer, read_layers

UNDO_JOB = "pim.import_undo"
CHUNK = 500


@transaction.atomic
def undo_import(ref: str, *, actor: Actor) -> ImportRun:
    """Start taking an import back by a job. Cards it made leave the review queue, offers it made are paused."""
    run = get_import(ref, actor=actor)
    require_import_right(actor, run.merchant_id)
    if run.state == ImportState.UNDONE:
        return run
    if run.state not in (ImportState.DONE, ImportState.CANCELLED) or run.change_set_id is None:
        raise StateRefused(_("Only an import that was applied can be undone."))
    job = jobs.enqueue(
        UNDO_JOB,
        {"run_id": run.pk},
        actor=actor,
        title=_("Undo %(name)s") % {"name": run.filename},
        merchant_id=run.merchant_id,
    )
    ImportRun.objects.filter(pk=run.pk).update(
        state=ImportState.APPLYING, job_ref=job.ref, started_by=remember_actor(actor)
    )
    audit.record("pim.import.undone", actor=actor, subject=run, note=run.filename)
    run.refresh_from_db()
    return run


class Undoer:
    """Takes one chunk back; call it in a transaction."""

    def __init__(self, run: ImportRun, change_set: ChangeSet, actor: Actor) -> None:
        self.run = run
        self.change_set = change_set
        self.actor = actor
        self.counts = {"values": 0, "offers": 0, "skipped": 0}

    def undo_values(self, changes: Sequence[Change]) -> None:
        """Old values come back where the import's value still stands."""
        ids = {change.card_id for change in changes}
        live = read_layers(ids)
        facts = {
            pk: (state, contributor, family, parent)
            for pk, state, contributor, family, parent in Card.objects.filter(pk__in=ids).values_list(
                "pk", "state", "contributed_by_id", "family_id", "parent_id"
            )
        }
        may_all = EDIT_CARDS in self.actor.grants
        patches = []
        for change in changes:
            if not (may_all or is_own_work(facts.get(change.card_id), self.run.merchant_id)):
                self.counts["skipped"] += len(change.patch)
                continue
            layer = Layer(change.scope_id, change.locale)
            stored = live[change.card_id].get(layer, {})
            patch: dict[str, Any] = {}
            for code, (old, new) in change.patch.items():
                if stored.get(code, ABSENT) != new:
                    self.counts["skipped"] += 1
                else:
                    patch[code] = INHERIT if old == ABSENT else old
            if patch:
                patches.append(LayerPatch(change.card_id, layer, patch))
                self.counts["values"] += len(patch)
        if patches:
            set_values_bulk(patches, actor=self.actor, change_set=self.change_set)

    def undo_offers(self, rows: Sequence[ImportRow]) -> None:
        """Prices and terms come back where the import's still stand; new offers are paused."""
        offers = {
            row["merchant_sku"]: row
            for row in Offer.objects.filter(
                merchant_id=self.run.merchant_id, merchant_sku__in={row.merchant_sku for row in rows}
            ).values("pk", "merchant_sku", "created_in_id", "state", *TERMS)
        }
        prices = {
            (offer_id, currency): (amount, listed)
            for offer_id, currency, amount, listed in OfferPrice.objects.filter(
                offer_id__in={offer["pk"] for offer in offers.values()},
                scope_id=0,
                min_quantity=1,
                valid_from__isnull=True,
            ).values_list("offer_id", "currency", "amount_minor", "list_amount_minor")
        }
        back, paused = [], []
        for row in rows:
            offer = offers.get(row.merchant_sku)
            if offer is None:
                continue
            if offer["created_in_id"] == self.run.change_set_id:
                if offer["state"] == OfferState.ACTIVE:
                    paused.append(offer["pk"])
                continue
            values = self._terms_back(row, offer) | self._price_back(row, offer["pk"], prices)
            if values:
                back.append(OfferRow(merchant_sku=row.merchant_sku, **values))
        Offer.objects.filter(pk__in=paused).update(state=OfferState.PAUSED, updated_at=clock.now())
        if back:
            state_offers(
                back, actor=self.actor, merchant_id=self.run.merchant_id, change_set=self.change_set,
                source=f"undo:{self.run.ref}",
            )  # fmt: skip
        self.counts["offers"] += len(back) + len(paused)

    def _terms_back(self, row: ImportRow, offer: dict[str, Any]) -> dict[str, Any]:
        values = {}
        for name in TERMS:
            if name not in row.diff:
                continue
            old, new = row.diff[name][:2]
            if offer[name] == new:
                values[name] = 0 if name == "max_quantity" and old is None else old
            else:
                self.counts["skipped"] += 1
        return values

    def _price_back(
        self, row: ImportRow, offer_id: int, prices: dict[tuple[int, str], tuple[int, int | None]]
    ) -> dict[str, Any]:
        moved = row.diff.get("price") or row.diff.get("list_price")
        if not moved:
            return {}
        currency = str(moved[2])
        amount, listed = prices.get((offer_id, currency), (0, None))
        old_price, new_price = row.diff.get("price", [amount, amount])[:2]
        old_listed, new_listed = row.diff.get("list_price", [listed, listed])[:2]
        if amount != new_price or (listed or 0) != (new_listed or 0) or old_price is None:
            self.counts["skipped"] += 1
            return {}
        return {"price_minor": old_price, "currency": currency, "list_price_minor": old_listed or 0}


def withdraw_cards(run: ImportRun) -> int:
    """Cards the import made and nobody else uses leave the review queue; how many."""
    made = Card.objects.filter(
        created_in=run.change_set, state__in=[CardState.DRAFT, CardState.IN_REVIEW]
    ).exclude(offers__in=Offer.objects.exclude(merchant_id=run.merchant_id))
    ids = list(made.values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        Card.objects.filter(pk__in=part).update(state=CardState.ARCHIVED, updated_at=clock.now())
        set_identifiers_live(part, False)
        close_reviews(part, state=ReviewState.REJECTED, actor=actor_of(run), note=_("The import was undone."))
    return len(ids)


def changed_rows(run: ImportRun, last: int) -> list[ImportRow]:
    """The next applied rows that wrote something."""
    rows = ImportRow.objects.filter(
        run=run, applied=True, outcome__in=[RowOutcome.NEW, RowOutcome.CHANGED], number__gt=last
    )
    return list(rows.order_by("number")[:CHUNK])


def changes_of(run: ImportRun, last: int) -> list[Change]:
    """The next ledger rows of the import on cards that existed before it."""
    rows = Change.objects.filter(change_set=run.change_set, pk__gt=last)
    return list(rows.exclude(card__created_in=run.change_set).order_by("pk")[:CHUNK])
