"""How the states of product information look, and the words of its audit trail."""

from django.utils.translation import gettext_lazy as _

from backoffice.ui.badges import DANGER, DONE, ENDED, INFO, WAITING, State, register_states
from backoffice.ui.counts import register_counts
from backoffice.ui.timeline import register_actions

register_states(
    "pim.Card",
    {
        "draft": State(_("Draft"), INFO, "edit", _("Its contributor still works on it.")),
        "in_review": State(_("In review"), WAITING, hint=_("The operator decides.")),
        "published": State(_("Published"), DONE, hint=_("Buyers find it.")),
        "hidden": State(_("Hidden"), ENDED, "eye", _("Taken off every store view.")),
        "rejected": State(_("Rejected"), DANGER, "x", _("Mend it and submit it again.")),
        "archived": State(_("Archived"), ENDED),
    },
)
register_states(
    "pim.Offer",
    {
        "active": State(_("On sale"), DONE),
        "paused": State(_("Paused"), INFO, "pause", _("Off sale by the merchant's wish.")),
        "removed": State(_("Removed"), ENDED, "x"),
        "not_for_sale": State(_("Not for sale"), ENDED),
        "merchant_not_selling": State(_("Shop closed"), DANGER, "pause"),
        "card_hidden": State(_("Product not published"), WAITING),
        "no_price": State(_("No price"), DANGER),
        "out_of_stock": State(_("Out of stock"), WAITING, "box"),
    },
)
register_states(
    "pim.Review",
    {
        "open": State(_("Open"), WAITING),
        "accepted": State(_("Accepted"), DONE),
        "rejected": State(_("Rejected"), DANGER, "x"),
    },
)
register_states(
    "pim.ProposalLine",
    {
        "pending": State(_("Pending"), WAITING),
        "accepted": State(_("Taken over"), DONE),
        "rejected": State(_("Not taken over"), DANGER, "x"),
        "outdated": State(_("Outdated"), ENDED, hint=_("The live value changed before the decision.")),
    },
)
register_actions(
    {
        "pim.card.published": _("Published"),
        "pim.card.rejected": _("Rejected"),
        "pim.card.hidden": _("Hidden"),
        "pim.card.archived": _("Archived"),
        "pim.card.placed": _("Moved to other categories"),
        "pim.card.identifier_added": _("Number added"),
        "pim.card.identifier_removed": _("Number removed"),
        "pim.card.asset_removed": _("Picture removed"),
        "pim.offer.paused": _("Taken off sale"),
        "pim.offer.active": _("Put on sale"),
        "pim.offer.removed": _("Offer removed"),
        "pim.offer.discount_scheduled": _("Discount scheduled"),
        "pim.change_set.undone": _("Undone"),
        "pim.attribute.saved": _("Attribute saved"),
        "pim.attribute.options_saved": _("Options saved"),
        "pim.family.saved": _("Family saved"),
        "pim.brand.saved": _("Brand saved"),
        "pim.category.created": _("Category created"),
        "pim.category.changed": _("Category changed"),
        "pim.category.moved": _("Category moved"),
        "pim.category.deleted": _("Category deleted"),
        "pim.rate.entered": _("Exchange rate entered"),
        "pim.conversion_rule.saved": _("Conversion rule saved"),
        "pim.proposal.decided": _("Proposal decided"),
        "pim.conflict.closed": _("Conflict closed"),
    }
)

register_counts(
    {
        "new": _("new"),
        "changed": _("changed"),
        "unchanged": _("unchanged"),
        "merged": _("added to an earlier row"),
        "failed": _("failed"),
        "warnings": _("with warnings"),
        "fetched": _("fetched"),
        "unreachable": _("unreachable"),
        "values": _("values"),
        "prices": _("prices"),
        "offers": _("offers"),
        "cards": _("cards"),
        "skipped": _("left as they are"),
    }
)
register_states(
    "mms.TaskKind",
    {
        "pim.review_queue": State(_("Products to review")),
    },
)
