"""Every promise that doctor proves can be broken, and is then named."""

import pytest

from backoffice.kernel.actors import system_actor
from backoffice.kernel.jobs import enqueue, run_job
from pim import invariants
from pim.models import Card, CardFacet, CardIdentifier, CardListing, Offer, OfferPrice
from pim.selectors.listings import REBUILD_LISTINGS
from tests.factories import mms, pim
from tests.pim import catalogue

pytestmark = pytest.mark.django_db
CHECKS = (
    invariants.check_facets,
    invariants.check_listings,
    invariants.check_identifiers,
    invariants.check_price_log,
    invariants.check_variants,
)


@pytest.fixture
def shop():
    made = catalogue.build()
    made.sell(made.add_card("Chair"), 1000)
    catalogue.refresh()
    return made


def test_a_catalogue_made_by_operations_keeps_every_promise(shop):
    assert [list(check()) for check in CHECKS] == [[], [], [], [], []]


@pytest.mark.django_db(transaction=True)
def test_the_proofs_need_no_transaction_around_them(shop):
    assert [list(check()) for check in CHECKS] == [[], [], [], [], []]


def test_a_lost_facet_is_named(shop):
    CardFacet.objects.first().delete()
    assert len(list(invariants.check_facets())) == 1


def test_a_facet_without_a_value_is_named(shop):
    facet = CardFacet.objects.filter(number_micro__isnull=False).get()
    CardFacet.objects.filter(pk=facet.pk).update(number_micro=5)
    assert len(list(invariants.check_facets())) == 2


def test_a_stale_list_is_named(shop):
    CardListing.objects.update(price_from_minor=1)
    assert len(list(invariants.check_listings())) == 1
    CardListing.objects.all().delete()
    assert len(list(invariants.check_listings())) == 1


def test_a_number_of_an_archived_card_is_named(shop):
    card = pim.card("archived")
    CardIdentifier.objects.create(card=card, type="gtin", value="1", value_norm="1", is_live=True)
    assert len(list(invariants.check_identifiers())) == 1


def test_a_price_past_the_log_is_named(shop):
    OfferPrice.objects.update(amount_minor=1)
    assert len(list(invariants.check_price_log())) == 1


def test_an_offer_on_a_parent_is_named(shop):
    Card.objects.update(kind="parent")
    assert Offer.objects.get().card.kind == "parent"
    assert len(list(invariants.check_variants())) == 1


def test_a_new_view_is_filled_by_the_rebuild_job(shop):
    view = mms.store_context()
    assert len(list(invariants.check_listings())) == 1
    job = enqueue(REBUILD_LISTINGS, {}, actor=system_actor("tests"))
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done_count) == ("done", 1)
    assert CardListing.objects.filter(view_id=view.view_id).count() == 1
    assert list(invariants.check_listings()) == []
