"""Reads of imports and profiles, always for somebody."""

from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor, ActorKind
from pim.imports.errors import ImportNotFound
from pim.imports.mapping.definition import header_fingerprint
from pim.models import ImportRow, ImportRun, MappingProfile, RowOutcome
from pim.permissions import CONTRIBUTE_CARDS, EDIT_CARDS, EDIT_OFFERS, IMPORT_PRODUCTS

IMPORT_GRANTS = frozenset({IMPORT_PRODUCTS, EDIT_OFFERS, CONTRIBUTE_CARDS})


def list_imports(actor: Actor) -> QuerySet[ImportRun]:
    """Imports the actor may see, newest first."""
    return ImportRun.objects.visible_to(actor).select_related("merchant").order_by("-id")


def get_import(ref: str, *, actor: Actor) -> ImportRun:
    """One import. Raises `ImportNotFound`, also for those of other merchants."""
    run = ImportRun.objects.visible_to(actor).select_related("merchant", "change_set").filter(ref=ref).first()
    if run is None:
        raise ImportNotFound(_("There is no such import."))
    return run


def find_import_by_id(run_id: int) -> ImportRun | None:
    return ImportRun.objects.select_related("merchant", "change_set").filter(pk=run_id).first()


def list_rows(run: ImportRun, outcome: str = "") -> QuerySet[ImportRow]:
    """The staged rows of an import in the order of the file."""
    rows = ImportRow.objects.filter(run=run).order_by("number")
    return rows.filter(outcome=outcome) if outcome else rows


def count_outcomes(run: ImportRun) -> dict[str, int]:
    """Rows by outcome; all outcomes are there, also those with zero rows."""
    found = dict(ImportRow.objects.filter(run=run).values_list("outcome").annotate(Count("pk")))
    return {str(outcome): found.get(outcome, 0) for outcome in RowOutcome.values}


def list_profiles(merchant_id: int) -> QuerySet[MappingProfile]:
    """The merchant's own profiles first, then the shipped ones."""
    return MappingProfile.objects.usable_by(merchant_id).order_by("-merchant_id", "name")


def find_profile_for(header: list[str], *, merchant_id: int) -> MappingProfile | None:
    """The profile that was used for this header before; the merchant's own wins."""
    same = MappingProfile.objects.usable_by(merchant_id).filter(header_sha256=header_fingerprint(header))
    return min(same, key=lambda profile: (profile.merchant_id is None, -profile.pk)) if same else None


def find_profile(ref: str, *, merchant_id: int) -> MappingProfile | None:
    return MappingProfile.objects.usable_by(merchant_id).filter(ref=ref).first() if ref else None


def remember_actor(actor: Actor) -> dict[str, Any]:
    """Who started an import, to act in their name later; rights were checked when it was started."""
    return {
        "kind": str(actor.kind),
        "id": actor.id,
        "label": actor.label,
        "user_id": actor.user_id,
        "may_edit_cards": EDIT_CARDS in actor.grants,
    }


def actor_of(run: ImportRun) -> Actor:
    """The person who started the import, with exactly the rights an import needs for its merchant."""
    who = run.started_by
    return Actor(
        kind=ActorKind(who["kind"]),
        id=who["id"],
        label=who["label"],
        grants=frozenset({EDIT_CARDS, *IMPORT_GRANTS}) if who.get("may_edit_cards") else frozenset(),
        merchant_grants={run.merchant_id: IMPORT_GRANTS},
        user_id=who.get("user_id"),
    )
