"""Cards from draft to archive, review, proposals, and the way back."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from backoffice.kernel import clock
from backoffice.kernel.errors import InvalidInput, NotFound, PermissionRefused, StateRefused
from backoffice.kernel.models import OutboxEvent
from mms.models import Task
from pim.errors import CardNotFound, InvalidValue
from pim.events import CardRejected
from pim.models import Card, CardIdentifier, CardLayer, Change, ChangeSet, Offer, OfferPrice, Review, Slug
from pim.operations.assets import link_assets, order_assets, unlink_asset
from pim.operations.cards import CardDraft, create_card, create_cards
from pim.operations.change_sets import open_change_set
from pim.operations.identifiers import read_identifier
from pim.operations.offers import OfferRow, state_offers
from pim.operations.proposals import decide_proposal, propose_values
from pim.operations.reverts import revert_card, revert_field, undo_change_set
from pim.operations.reviews import archive_card, hide_card, publish_cards, reject_cards, submit_cards
from pim.operations.values import set_values
from pim.permissions import CONTRIBUTE_CARDS, EDIT_CARDS, REVIEW_CARDS
from pim.selectors.history import read_values_as_of
from pim.selectors.layers import PLAIN, Layer
from tests.factories import actors, dam, mas, mms, pim
from tests.pim import catalogue
from tests.pim.catalogue import SYSTEM

pytestmark = pytest.mark.django_db
REVIEWER = actors.operator_actor(REVIEW_CARDS, EDIT_CARDS)
GTIN = "4006381333931"


def change_set(**fields):
    return open_change_set(SYSTEM, source="import", **fields)


@pytest.fixture
def shop():
    return catalogue.build()


def draft(shop, title="Chair", **fields):
    return CardDraft(family_id=shop.family.pk, values={PLAIN: {"title": title, "colour": "red"}}, **fields)


def test_many_cards_are_made_with_everything_they_bring(shop):
    asset = dam.stored_picture()
    drafts = [
        draft(
            shop,
            f"Chair {index}",
            category_ids=(shop.chairs.pk, shop.furniture.pk),
            identifiers=(read_identifier("gtin", GTIN),) if index == 0 else (),
            asset_uuids=(asset.uuid,),
        )
        for index in range(3)
    ]
    made = create_cards(drafts, actor=SYSTEM, change_set=change_set(), merchant_id=shop.merchant.pk)
    assert made.refused == {}
    cards = list(Card.objects.order_by("pk"))
    assert made.cards == cards
    assert [(card.title, card.state, card.version, card.contributed_by) for card in cards] == [
        (f"Chair {index}", "draft", 1, shop.merchant) for index in range(3)
    ]
    assert [placement.is_main for placement in cards[0].placements.order_by("pk")] == [True, False]
    assert cards[0].identifiers.get().value_norm == f"0{GTIN}"
    assert cards[0].asset_links.get().asset_uuid == asset.uuid


def test_a_draft_with_something_wrong_is_left_out_and_leaves_nothing_behind(shop):
    wrong = CardDraft(family_id=shop.family.pk, values={PLAIN: {"colour": "green"}})
    made = create_cards([wrong, draft(shop)], actor=SYSTEM, change_set=change_set())
    assert made.cards[0] is None
    assert set(made.refused[0]) == {"colour", "title"}
    assert (Card.objects.count(), Change.objects.count()) == (1, 1)
    with pytest.raises(InvalidValue):
        create_card(wrong, actor=SYSTEM, change_set=change_set())


def test_strangers_create_no_cards_for_a_merchant(shop):
    with pytest.raises(CardNotFound):
        create_cards(
            [draft(shop)],
            actor=actors.stranger_actor(CONTRIBUTE_CARDS),
            change_set=change_set(),
            merchant_id=shop.merchant.pk,
        )
    with pytest.raises(PermissionRefused):
        create_cards([draft(shop)], actor=actors.merchant_actor(shop.merchant.pk), change_set=change_set())
    assert Card.objects.count() == 0


def test_one_live_card_per_gtin_is_a_constraint(shop):
    create_card(
        draft(shop, identifiers=(read_identifier("gtin", GTIN),)), actor=SYSTEM, change_set=change_set()
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        create_card(
            draft(shop, identifiers=(read_identifier("gtin", GTIN),)), actor=SYSTEM, change_set=change_set()
        )


def test_a_submitted_card_waits_in_the_queue_once_and_a_task_stands_for_the_queue(shop):
    card = shop.add_card("Chair", is_published=False)
    assert submit_cards([card.pk], actor=SYSTEM) == 1
    assert submit_cards([card.pk], actor=SYSTEM) == 0
    assert Review.objects.get().merchant == shop.merchant
    catalogue.refresh()
    assert Task.objects.get(kind="pim.review_queue").closed_at is None
    publish_cards([card.pk], actor=REVIEWER)
    catalogue.refresh()
    assert Task.objects.get(kind="pim.review_queue").closed_at is not None


def test_publishing_gives_an_address_per_view_and_repeating_changes_nothing(shop):
    german = mms.store_context(language="de")
    card = shop.add_card("Oak chair", translations={"de": "Eichenstuhl"}, is_published=False)
    twin = shop.add_card("Oak chair", is_published=False)
    assert publish_cards([card.pk, twin.pk], actor=REVIEWER) == 2
    assert publish_cards([card.pk], actor=REVIEWER) == 0
    slugs = {(slug.view_id, slug.card_id): slug.slug for slug in Slug.objects.all()}
    assert slugs[shop.store.view_id, card.pk] == "oak-chair"
    assert slugs[german.view_id, card.pk] == "eichenstuhl"
    assert slugs[shop.store.view_id, twin.pk] == f"oak-chair-{twin.ref[4:].lower()}"


@pytest.mark.parametrize("state", ["archived", "rejected"])
def test_what_left_the_catalogue_is_not_published(state):
    card = pim.card(state)
    with pytest.raises(StateRefused):
        publish_cards([card.pk], actor=REVIEWER)


def test_publishing_needs_a_title_and_the_right(shop):
    card = shop.add_card("Chair", is_published=False)
    with pytest.raises(PermissionRefused):
        publish_cards([card.pk], actor=actors.operator_actor())
    set_values(card, PLAIN, {"title": None}, actor=SYSTEM, change_set=change_set())
    with pytest.raises(InvalidInput):
        publish_cards([card.pk], actor=REVIEWER)
    assert Card.objects.get().state == "draft"


def test_a_rejection_frees_the_numbers_and_a_new_try_takes_them_back(shop):
    card = shop.add_card("Chair", identifiers=(read_identifier("gtin", GTIN),), is_published=False)
    submit_cards([card.pk], actor=SYSTEM)
    reject_cards([card.pk], reason="pictures", note="Too dark", actor=REVIEWER)
    assert not CardIdentifier.objects.get().is_live
    payload = OutboxEvent.objects.get(name=CardRejected.name).payload
    assert (payload["card_ref"], payload["merchant_id"], payload["note"]) == (
        card.ref,
        shop.merchant.pk,
        "Too dark",
    )
    submit_cards([card.pk], actor=SYSTEM)
    assert CardIdentifier.objects.get().is_live
    assert sorted(Review.objects.values_list("state", flat=True)) == ["open", "rejected"]


@pytest.mark.parametrize(("reason", "note"), [("", ""), ("nonsense", ""), ("other", " ")])
def test_a_rejection_says_why(shop, reason, note):
    card = shop.add_card("Chair", is_published=False)
    submit_cards([card.pk], actor=SYSTEM)
    with pytest.raises(InvalidInput):
        reject_cards([card.pk], reason=reason, note=note, actor=REVIEWER)
    assert Card.objects.get().state == "in_review"


def test_only_what_waits_is_rejected(shop):
    card = shop.add_card("Chair")
    with pytest.raises(StateRefused):
        reject_cards([card.pk], reason="pictures", actor=REVIEWER)


def test_hiding_and_archiving_are_repeatable_and_strangers_find_no_card(shop):
    card = shop.add_card("Chair", identifiers=(read_identifier("gtin", GTIN),))
    for act in (hide_card, hide_card, archive_card, archive_card):
        act(card.ref, actor=REVIEWER)
    assert Card.objects.get().state == "archived"
    assert not CardIdentifier.objects.get().is_live
    with pytest.raises(CardNotFound):
        hide_card("CRD-NOTHING", actor=REVIEWER)


def test_the_ledger_cannot_be_rewritten(shop):
    shop.add_card("Chair")
    for rows in (Change.objects.all(), ChangeSet.objects.all()):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Change.objects.update(patch={})


def test_a_card_can_be_read_and_brought_back_as_of_any_moment(shop):
    card = shop.add_card("Chair")
    start = clock.now()
    with clock.frozen_at(start + timedelta(hours=1)):
        set_values(card, PLAIN, {"title": "Stool", "colour": None}, actor=SYSTEM, change_set=change_set())
    with clock.frozen_at(start + timedelta(hours=2)):
        set_values(card, Layer(0, "de"), {"title": "Hocker"}, actor=SYSTEM, change_set=change_set())
    past = read_values_as_of(card, start + timedelta(minutes=30)).layers
    assert past == {PLAIN: {"title": "Chair", "colour": "red", "width": ["40", "centimetre", "400"]}}
    assert read_values_as_of(card, start + timedelta(hours=1)).layers[PLAIN]["title"] == "Stool"
    assert revert_card(card, start + timedelta(minutes=30), actor=REVIEWER)
    assert not revert_card(card, start + timedelta(minutes=30), actor=REVIEWER)
    live = {Layer(row.scope_id, row.locale): row.values for row in CardLayer.objects.filter(card=card)}
    assert {layer: values for layer, values in live.items() if values} == past


def test_one_value_goes_back(shop):
    card = shop.add_card("Chair")
    set_values(card, PLAIN, {"title": "Stool", "colour": "blue"}, actor=SYSTEM, change_set=change_set())
    change = Change.objects.filter(card=card).latest("pk")
    assert revert_field(card, change.pk, "title", actor=REVIEWER)
    assert not revert_field(card, change.pk, "title", actor=REVIEWER)
    assert CardLayer.objects.get(card=card).values["title"] == "Chair"
    assert CardLayer.objects.get(card=card).values["colour"] == "blue"
    with pytest.raises(NotFound):
        revert_field(card, change.pk, "width", actor=REVIEWER)


def test_an_import_is_undone_except_what_somebody_changed_since(shop):
    old, touched = shop.add_card("Old"), shop.add_card("Touched")
    shop.sell(old, 1000)
    run = change_set(merchant_id=shop.merchant.pk)
    for card in (old, touched):
        set_values(card, PLAIN, {"colour": "blue"}, actor=SYSTEM, change_set=run)
    fresh = create_card(draft(shop, "Fresh"), actor=SYSTEM, change_set=run, merchant_id=shop.merchant.pk)
    rows = [
        OfferRow(merchant_sku=Offer.objects.get().merchant_sku, price_minor=900, currency="EUR"),
        OfferRow(merchant_sku="FRESH", card_id=fresh.pk, price_minor=500, currency="EUR"),
    ]
    state_offers(rows, actor=SYSTEM, merchant_id=shop.merchant.pk, change_set=run)
    set_values(touched, PLAIN, {"colour": None}, actor=SYSTEM, change_set=change_set())
    result = undo_change_set(run, actor=REVIEWER)
    assert (result.values, result.skipped) == (1, [f"{touched.ref}: colour"])
    assert (result.cards_archived, result.offers_removed, result.prices) == (1, 1, 1)
    assert CardLayer.objects.get(card=old).values["colour"] == "red"
    assert "colour" not in CardLayer.objects.get(card=touched).values
    assert OfferPrice.objects.get(offer__card=old).amount_minor == 1000
    assert Card.objects.get(pk=fresh.pk).state == "archived"
    with pytest.raises(StateRefused):
        undo_change_set(run, actor=REVIEWER)


def test_strangers_undo_nothing(shop):
    run = change_set(merchant_id=shop.merchant.pk)
    with pytest.raises(NotFound):
        undo_change_set(run, actor=actors.stranger_actor(CONTRIBUTE_CARDS))


def test_a_proposal_is_decided_value_by_value_and_the_live_card_stays(shop):
    card = shop.add_card("Chair")
    clerk = actors.merchant_actor(shop.merchant.pk, CONTRIBUTE_CARDS)
    assert propose_values(card, PLAIN, {"title": "Chair"}, actor=clerk, merchant_id=shop.merchant.pk) is None
    review = propose_values(
        card,
        PLAIN,
        {"title": "Armchair", "colour": "blue", "width": "60 cm"},
        actor=clerk,
        merchant_id=shop.merchant.pk,
    )
    card.refresh_from_db()
    assert card.title == "Chair"
    set_values(card, PLAIN, {"width": "50 cm"}, actor=SYSTEM, change_set=change_set())
    ids = {line.attribute.code: line.pk for line in review.lines.select_related("attribute")}
    decided = decide_proposal(review.ref, accepted={ids["title"], ids["width"]}, actor=REVIEWER)
    assert decide_proposal(review.ref, accepted=set(), actor=REVIEWER).state == "accepted"
    assert {line.attribute.code: line.state for line in decided.lines.select_related("attribute")} == {
        "title": "accepted",
        "colour": "rejected",
        "width": "outdated",
    }
    values = CardLayer.objects.get(card=card).values
    assert (values["title"], values["colour"], values["width"][0]) == ("Armchair", "red", "50")


def test_strangers_propose_nothing_in_a_merchants_name(shop):
    card = shop.add_card("Chair")
    stranger = actors.stranger_actor(CONTRIBUTE_CARDS)
    with pytest.raises(CardNotFound):
        propose_values(card, PLAIN, {"title": "Bad"}, actor=stranger, merchant_id=shop.merchant.pk)
    assert Review.objects.count() == 0


def test_pictures_are_linked_once_ordered_and_taken_away(shop):
    card = shop.add_card("Chair")
    one, two = (dam.stored_picture(colour=colour).uuid for colour in [(9, 9, 9), (99, 9, 9)])
    assert link_assets([(card.pk, one), (card.pk, two), (card.pk, one)], actor=REVIEWER) == 2
    assert link_assets([(card.pk, one)], actor=REVIEWER) == 0
    order_assets(card, [two], actor=REVIEWER)
    assert list(card.asset_links.values_list("asset_uuid", flat=True)) == [two, one]
    unlink_asset(card, two, actor=REVIEWER)
    unlink_asset(card, two, actor=REVIEWER)
    assert list(card.asset_links.values_list("asset_uuid", flat=True)) == [one]
    with pytest.raises(CardNotFound):
        unlink_asset(card, one, actor=actors.stranger_actor(CONTRIBUTE_CARDS))


def test_merchants_of_a_card_they_did_not_bring_do_not_submit_it(shop):
    card = shop.add_card("Chair", is_published=False)
    clerk = actors.merchant_actor(mas.merchant().pk, CONTRIBUTE_CARDS)
    with pytest.raises(CardNotFound):
        submit_cards([card.pk], actor=clerk)
    assert Card.objects.get().state == "draft"
