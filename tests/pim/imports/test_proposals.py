"""Files that say other things about published products: asked for, decided value by value, never just written."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.kernel import work
from mms.models import Mail, Task
from pim.imports.undo import undo_import
from pim.models import Card, CardLayer, LineState, OfferPrice, ProposalLine, Review
from pim.operations.proposals import decide_proposal, propose_values_bulk
from pim.operations.reviews import publish_cards
from pim.operations.values import LayerPatch
from pim.permissions import EDIT_CARDS, REVIEW_CARDS
from pim.selectors.layers import PLAIN
from tests.factories import mas, mms
from tests.factories.actors import operator_actor
from tests.factories.imports import checked, imported, importer, received, template_csv, template_row

pytestmark = pytest.mark.django_db
REVIEWER = operator_actor(REVIEW_CARDS, EDIT_CARDS)


@pytest.fixture
def merchant():
    return mas.merchant()


@pytest.fixture
def card(merchant):
    """A card this merchant brought in, on sale since."""
    imported(template_csv(template_row("A", title="Chair")), merchant=merchant)
    made = Card.objects.get()
    publish_cards([made.pk], actor=REVIEWER)
    made.refresh_from_db()
    return made


def changed_file(**values):
    return template_csv(template_row("A", **({"title": "Armchair", "price": "39.90"} | values)))


def lines():
    return {
        line.attribute.code: (line.seen, line.proposed, line.state)
        for line in ProposalLine.objects.select_related("attribute")
    }


def test_texts_of_a_published_product_become_a_proposal_and_terms_are_taken_at_once(merchant, card):
    run = checked(received(changed_file(), merchant=merchant))
    row = run.rows.get()
    assert row.diff["proposed.title"] == ["Chair", "Armchair"]
    assert Review.objects.filter(kind="proposal").count() == 0
    run = imported(changed_file(), merchant=merchant)
    assert (run.counts["changed"], run.counts["failed"]) == (1, 0)
    assert lines() == {"title": ("Chair", "Armchair", "pending")}
    card.refresh_from_db()
    assert (card.title, card.state) == ("Chair", "published")
    assert OfferPrice.objects.get().amount_minor == 3990
    assert Task.objects.filter(kind="pim.review_queue", closed_at=None).count() == 1


def test_the_same_file_again_asks_for_nothing_new(merchant, card):
    imported(changed_file(), merchant=merchant)
    again = imported(changed_file(), merchant=merchant)
    assert (again.counts["unchanged"], again.counts["changed"]) == (1, 0)
    assert (Review.objects.filter(kind="proposal").count(), ProposalLine.objects.count()) == (1, 1)


def test_what_was_turned_down_is_not_asked_every_night_but_once_more_after_the_value_moved(merchant, card):
    imported(changed_file(), merchant=merchant)
    review = Review.objects.get(kind="proposal")
    decide_proposal(review.ref, accepted=set(), note="Keep the short name.", actor=REVIEWER)
    again = imported(changed_file(), merchant=merchant)
    assert again.counts["unchanged"] == 1
    assert Review.objects.filter(kind="proposal").count() == 1
    other = imported(changed_file(title="Chair with arms"), merchant=merchant)
    assert other.counts["changed"] == 1
    assert Review.objects.filter(kind="proposal", state="open").count() == 1


def test_the_merchant_hears_value_by_value(merchant, card):
    imported(changed_file(description="<p>Softer</p>"), merchant=merchant)
    review = Review.objects.get(kind="proposal")
    title = review.lines.get(attribute__code="title")
    decide_proposal(review.ref, accepted={title.pk}, note="The text was too short.", actor=REVIEWER)
    work.drain()
    sent = Mail.objects.get(template="pim.proposal_decided")
    assert sent.to == merchant.email
    assert "- Title: taken over" in sent.body
    assert "- Description: not taken over" in sent.body
    assert "The text was too short." in sent.body
    assert CardLayer.objects.get(card=card).values["title"] == "Armchair"
    assert CardLayer.objects.get(card=card).values["description"] == "<p>A chair</p>"


def test_a_value_that_does_not_fit_fails_the_row_and_proposes_nothing(merchant, card):
    run = imported(changed_file(title="x" * 300), merchant=merchant)
    assert run.counts["failed"] == 1
    assert Review.objects.filter(kind="proposal").count() == 0


def test_another_merchants_file_changes_only_its_own_offer(card):
    other = mas.merchant()
    gtin = "4006381333931"
    card.identifiers.create(type="gtin", value=gtin, value_norm="0" + gtin)
    run = imported(
        template_csv(template_row("THEIRS", gtin=gtin, title="Stolen", price="1.00")), merchant=other
    )
    assert run.counts["new"] == 1
    again = imported(template_csv(template_row("THEIRS", gtin=gtin, title="Stolen")), merchant=other)
    assert (again.counts["changed"], Card.objects.count()) == (1, 1)
    assert ProposalLine.objects.count() == 0
    card.refresh_from_db()
    assert card.title == "Chair"


def test_undoing_an_import_withdraws_what_it_asked_for(merchant, card):
    run = imported(changed_file(), merchant=merchant)
    undo_import(run.ref, actor=importer(merchant))
    work.drain()
    review = Review.objects.get(kind="proposal")
    assert (review.state, review.lines.get().state) == ("rejected", LineState.OUTDATED)
    # Nobody turned it down: the next file asks again.
    assert imported(changed_file(), merchant=merchant).counts["changed"] == 1
    assert Review.objects.filter(kind="proposal", state="open").count() == 1


def test_proposing_for_many_cards_costs_no_statement_per_card(merchant, django_assert_max_num_queries):
    imported(template_csv(*(template_row(f"S-{n}") for n in range(20))), merchant=merchant)
    cards = list(Card.objects.order_by("pk"))
    publish_cards([item.pk for item in cards], actor=REVIEWER)
    patches = [LayerPatch(item.pk, PLAIN, {"title": f"New {item.pk}"}) for item in cards]
    with CaptureQueriesContext(connection) as few:
        propose_values_bulk(patches[:2], actor=importer(merchant), merchant_id=merchant.pk)
    with django_assert_max_num_queries(len(few)):
        propose_values_bulk(patches[2:], actor=importer(merchant), merchant_id=merchant.pk)
    assert ProposalLine.objects.count() == 20


def test_the_review_page_shows_what_moved_meanwhile(merchant, card, client):
    imported(changed_file(description="<p>Softer</p>"), merchant=merchant)
    layer = CardLayer.objects.get(card=card)
    layer.values["title"] = "Seat"
    layer.save()
    mms.sign_in(client, mms.operator_user())
    review = Review.objects.get(kind="proposal")
    page = client.get(f"/console/catalogue/reviews/{review.ref}/").content.decode()
    assert "Live now:" in page
    assert "Seat" in page
    title, text = (review.lines.get(attribute__code=code) for code in ("title", "description"))
    assert f'value="{text.pk}"' in page
    assert f'value="{title.pk}"' not in page
