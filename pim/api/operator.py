"""The operator's programs: cards, review, categories, rates."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from backoffice.ui.cursors import PageOut, PageQuery, paginate
from backoffice.ui.endpoints import endpoint
from pim.api import schemas
from pim.api.answers import card_detail, card_short, review_short
from pim.errors import CardNotFound, StaleCard
from pim.models import ChangeSource
from pim.operations.cards import CardDraft, create_card
from pim.operations.change_sets import open_change_set
from pim.operations.identifiers import add_identifier
from pim.operations.rates import enter_rate
from pim.operations.reviews import publish_cards, reject_cards
from pim.operations.values import set_values
from pim.permissions import EDIT_CARDS, EDIT_RATES, REVIEW_CARDS, VIEW_CATALOGUE
from pim.selectors.cards import get_card, list_cards
from pim.selectors.category_tree import get_category_node, get_tree
from pim.selectors.layers import INHERIT, PLAIN, Layer
from pim.selectors.reviews import list_reviews
from pim.selectors.scopes import list_scopes
from pim.selectors.structure import get_structure

operator = Router()


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


@endpoint(operator, "GET", "/cards", grant=VIEW_CATALOGUE, response=PageOut[schemas.CardOut])
def list_all_cards(request: HttpRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """Every card, newest first."""
    found = paginate(list_cards(_actor(request)), page)
    return {**found, "items": [card_short(card) for card in found["items"]]}


@endpoint(operator, "GET", "/cards/{ref}", grant=VIEW_CATALOGUE, response=schemas.CardDetailOut)
def get_one_card(request: HttpRequest, ref: str, as_of: datetime | None = None) -> dict[str, Any]:
    """One card with its layers, or with those it had at `as_of`."""
    return card_detail(get_card(ref, actor=_actor(request)), as_of)


@endpoint(operator, "POST", "/cards", grant=EDIT_CARDS, creates=True, response=schemas.CardDetailOut)
def create_one_card(request: HttpRequest, payload: schemas.CardIn) -> dict[str, Any]:
    """Create a draft card."""
    actor = _actor(request)
    family = next((item for item in get_structure().families.values() if item.code == payload.family), None)
    if family is None:
        sentence = _("There is no family “%(code)s”.") % {"code": payload.family}
        raise InvalidInput(sentence, fields={"family": sentence})
    draft = CardDraft(
        family_id=family.id,
        values={PLAIN: payload.values},
        category_ids=tuple(get_category_node(ref).id for ref in payload.categories),
    )
    card = create_card(draft, actor=actor, change_set=open_change_set(actor, source=ChangeSource.API))
    for kind, value in (("gtin", payload.gtin), ("mpn", payload.mpn)):
        if value:
            add_identifier(card, type=kind, value=value, actor=actor)
    return card_detail(card, None)


@endpoint(operator, "PATCH", "/cards/{ref}/values", grant=EDIT_CARDS, response=schemas.CardDetailOut)
def change_values(request: HttpRequest, ref: str, payload: schemas.ValuesIn) -> dict[str, Any]:
    """Change named values of one layer; everything else stays, nothing changed writes nothing."""
    actor = _actor(request)
    card = get_card(ref, actor=actor)
    if payload.version is not None and payload.version != card.version:
        raise StaleCard(_("The card has moved on. Read it again."), version=card.version)
    scope = next((item for item in list_scopes().values() if item.code == payload.scope), None)
    if scope is None:
        sentence = _("There is no scope “%(code)s”.") % {"code": payload.scope}
        raise InvalidInput(sentence, fields={"scope": sentence})
    patch = {**payload.values, **dict.fromkeys(payload.inherit, INHERIT)}
    change_set = open_change_set(actor, source=ChangeSource.API)
    set_values(card, Layer(scope.id, payload.locale), patch, actor=actor, change_set=change_set)
    return card_detail(get_card(ref, actor=actor), None)


def _ids(refs: list[str], actor: Actor) -> list[int]:
    found: dict[str, int] = dict(list_cards(actor).filter(ref__in=refs).values_list("ref", "pk"))
    missing = [ref for ref in refs if ref not in found]
    if missing:
        raise CardNotFound(_("There is no card %(ref)s.") % {"ref": missing[0]}, ref=missing[0])
    return [found[ref] for ref in refs]


@endpoint(operator, "PUT", "/published-cards", grant=REVIEW_CARDS, response=schemas.CountOut)
def publish_many(request: HttpRequest, payload: schemas.CardRefsIn) -> dict[str, int]:
    """Accept cards into the catalogue; safe to repeat. `count` = how many were new there."""
    actor = _actor(request)
    return {"count": publish_cards(_ids(payload.refs, actor), actor=actor)}


@endpoint(operator, "PUT", "/rejected-cards", grant=REVIEW_CARDS, response=schemas.CountOut)
def reject_many(request: HttpRequest, payload: schemas.RejectIn) -> dict[str, int]:
    """Turn cards in review down with a reason their merchants read."""
    actor = _actor(request)
    ids = _ids(payload.refs, actor)
    return {"count": reject_cards(ids, reason=payload.reason, note=payload.note, actor=actor)}


@endpoint(operator, "GET", "/reviews", grant=VIEW_CATALOGUE, response=PageOut[schemas.ReviewOut])
def list_queue(request: HttpRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """The review queue, newest first."""
    found = paginate(list_reviews(_actor(request)), page)
    return {**found, "items": [review_short(review) for review in found["items"]]}


@endpoint(operator, "GET", "/categories", grant=VIEW_CATALOGUE, response=schemas.CategoriesOut)
def list_categories(request: HttpRequest) -> dict[str, Any]:
    """All category trees, parents before children."""
    tree = get_tree()
    items = []
    for node in sorted(tree.by_id.values(), key=lambda item: item.path):
        lineage = tree.lineage(node)
        items.append(
            {
                "ref": node.ref,
                "parent_ref": lineage[-2].ref if len(lineage) > 1 else "",
                "code": node.code,
                "names": dict(node.names),
                "is_visible": node.is_visible,
                "google_taxonomy_id": node.google_taxonomy_id,
            }
        )
    return {"items": items}


@endpoint(operator, "POST", "/rates", grant=EDIT_RATES, creates=True, response=schemas.RateOut)
def create_rate(request: HttpRequest, payload: schemas.RateIn) -> dict[str, Any]:
    """Enter an exchange rate of a day."""
    rate = enter_rate(
        base=payload.base, quote=payload.quote, on=payload.on, value=payload.value, actor=_actor(request)
    )
    return {name: getattr(rate, name) for name in ("base", "quote", "on", "value", "source")}
