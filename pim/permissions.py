"""Grants of product information, and which ready-made roles hold them."""

from django.utils.translation import gettext_lazy as _

from backoffice.kernel.grants import MERCHANT, OPERATOR, grant

VIEW_CATALOGUE = grant("pim.view_catalogue", _("See cards, offers and categories"), OPERATOR)
EDIT_CARDS = grant("pim.edit_cards", _("Change cards and revert changes"), OPERATOR)
REVIEW_CARDS = grant("pim.review_cards", _("Accept and reject what merchants send in"), OPERATOR)
EDIT_STRUCTURE = grant(
    "pim.edit_structure", _("Change families, attributes, categories and brands"), OPERATOR
)
EDIT_RATES = grant("pim.edit_rates", _("Enter exchange rates and conversion rules"), OPERATOR)
VIEW_OFFERS = grant("pim.view_offers", _("See products and offers"), MERCHANT)
EDIT_OFFERS = grant("pim.edit_offers", _("Change prices, stock and terms of offers"), OPERATOR, MERCHANT)
CONTRIBUTE_CARDS = grant("pim.contribute_cards", _("Create cards and propose changes"), MERCHANT)
IMPORT_PRODUCTS = grant("pim.import_products", _("Upload product files"), OPERATOR, MERCHANT)

ROLE_GRANTS: dict[str, set[str]] = {
    "operator-admin": {
        VIEW_CATALOGUE,
        EDIT_CARDS,
        REVIEW_CARDS,
        EDIT_STRUCTURE,
        EDIT_RATES,
        EDIT_OFFERS,
        IMPORT_PRODUCTS,
    },
    "catalogue": {
        VIEW_CATALOGUE,
        EDIT_CARDS,
        REVIEW_CARDS,
        EDIT_STRUCTURE,
        EDIT_RATES,
        EDIT_OFFERS,
        IMPORT_PRODUCTS,
    },
    "orders-desk": {VIEW_CATALOGUE},
    "finance": {VIEW_CATALOGUE, EDIT_RATES},
    "support": {VIEW_CATALOGUE},
    "merchant-admin": {VIEW_OFFERS, EDIT_OFFERS, CONTRIBUTE_CARDS, IMPORT_PRODUCTS},
    "merchant-stock": {VIEW_OFFERS, EDIT_OFFERS, CONTRIBUTE_CARDS, IMPORT_PRODUCTS},
    "merchant-orders": {VIEW_OFFERS},
    "merchant-support": {VIEW_OFFERS},
}
