"""Reactions of product information to its own and lower apps' news."""

from backoffice.kernel.actors import system_actor
from backoffice.kernel.events import subscribe
from backoffice.kernel.jobs import enqueue
from backoffice.kernel.phrases import gettext as _
from dam.events import NamedFilesStored
from mas.events import (
    MerchantApproved,
    MerchantClosed,
    MerchantHolidayChanged,
    MerchantReinstated,
    MerchantSuspended,
)
from mas.selectors.merchants import find_merchant_by_id, is_selling
from mms.operations.tasks import close_tasks, open_task
from pim.events import (
    CardRejected,
    CardsChanged,
    CardsPublished,
    CardsSubmitted,
    ChangesProposed,
    OffersChanged,
    ProposalDecided,
    RatesChanged,
)
from pim.operations.listings import refresh_listings
from pim.operations.notices import tell_of_decision
from pim.operations.offers import refresh_selling_merchants
from pim.operations.pictures import link_named_files
from pim.operations.product_counts import report_product_counts
from pim.selectors.listings import REBUILD_LISTINGS, card_ids_of_offers
from pim.selectors.reviews import count_open_reviews


def _refresh_merchant(merchant_id: int) -> None:
    merchant = find_merchant_by_id(merchant_id)
    selling = [merchant_id] if merchant is not None and is_selling(merchant) else []
    refresh_selling_merchants(selling, only_merchant_id=merchant_id)


# Inline: from the commit of a suspension on, nothing of the merchant can be bought.
@subscribe(MerchantSuspended, mode="inline")
def on_merchant_suspended(event: MerchantSuspended) -> None:
    _refresh_merchant(event.merchant_id)


@subscribe(MerchantReinstated, mode="inline")
def on_merchant_reinstated(event: MerchantReinstated) -> None:
    _refresh_merchant(event.merchant_id)


@subscribe(MerchantApproved, mode="inline")
def on_merchant_approved(event: MerchantApproved) -> None:
    _refresh_merchant(event.merchant_id)


@subscribe(MerchantClosed, mode="inline")
def on_merchant_closed(event: MerchantClosed) -> None:
    _refresh_merchant(event.merchant_id)


@subscribe(MerchantHolidayChanged, mode="inline")
def on_merchant_holiday_changed(event: MerchantHolidayChanged) -> None:
    _refresh_merchant(event.merchant_id)


@subscribe(OffersChanged, mode="deferred")
def on_offers_changed(event: OffersChanged) -> None:
    refresh_listings(card_ids_of_offers(event.offer_ids))


@subscribe(OffersChanged, mode="deferred")
def on_offers_changed_in_onboarding(event: OffersChanged) -> None:
    report_product_counts(event.offer_ids, actor=system_actor("onboarding"))


@subscribe(CardsChanged, mode="deferred")
def on_cards_changed(event: CardsChanged) -> None:
    refresh_listings(event.card_ids)


@subscribe(RatesChanged, mode="deferred")
def on_rates_changed(event: RatesChanged) -> None:
    enqueue(
        REBUILD_LISTINGS,
        {},
        actor=system_actor("rates"),
        title=_("Rebuild listings after new exchange rates"),
    )


@subscribe(CardsSubmitted, mode="deferred")
def on_cards_submitted(event: CardsSubmitted) -> None:
    """One task stands for the whole queue: it opens with the first card and closes with the last."""
    refresh_review_task()


@subscribe(CardsPublished, mode="deferred")
def on_cards_published(event: CardsPublished) -> None:
    refresh_review_task()


@subscribe(CardRejected, mode="deferred")
def on_card_rejected(event: CardRejected) -> None:
    refresh_review_task()


@subscribe(ChangesProposed, mode="deferred")
def on_changes_proposed(event: ChangesProposed) -> None:
    refresh_review_task()


@subscribe(ProposalDecided, mode="deferred")
def on_proposal_decided(event: ProposalDecided) -> None:
    refresh_review_task()
    tell_of_decision(event.review_ref)


def refresh_review_task() -> None:
    """Open or close the one task that stands for the review queue."""
    if count_open_reviews():
        open_task(
            kind="pim.review_queue",
            title=_("Products wait for review"),
            url_name="console:pim-review-list",
            subject_ref="pim.reviews",
        )
    else:
        close_tasks("pim.review_queue", "pim.reviews")


@subscribe(NamedFilesStored, mode="deferred")
def on_named_files_stored(event: NamedFilesStored) -> None:
    if event.owner_merchant_id is not None:
        link_named_files(event.files, merchant_id=event.owner_merchant_id)
