"""Grants of merchant administration and the ready roles that hold them."""

from django.utils.translation import gettext_lazy as _

from backoffice.kernel.grants import MERCHANT, OPERATOR, grant

VIEW_MERCHANTS = grant("mas.view_merchants", _("See merchants and their registrations"), OPERATOR)
INVITE_MERCHANT = grant("mas.invite_merchant", _("Invite merchants"), OPERATOR)
REVIEW_MERCHANT = grant("mas.review_merchant", _("Review registrations, documents and KYC"), OPERATOR)
SUSPEND_MERCHANT = grant("mas.suspend_merchant", _("Suspend and reinstate merchants"), OPERATOR)
CLOSE_MERCHANT = grant("mas.close_merchant", _("Close merchants for good"), OPERATOR)
SET_MERCHANT_TERMS = grant("mas.set_merchant_terms", _("Set hold days, premium and trusted flags"), OPERATOR)
VERIFY_BANK_ACCOUNT = grant("mas.verify_bank_account", _("Verify bank accounts"), OPERATOR)
CONFIGURE_ONBOARDING = grant(
    "mas.configure_onboarding", _("Set up the checklist and document types"), OPERATOR
)
PUBLISH_TERMS = grant("mas.publish_terms", _("Write and publish terms for merchants"), OPERATOR)

VIEW_COMPANY = grant("mas.view_company", _("See company profile and documents"), MERCHANT)
EDIT_COMPANY = grant("mas.edit_company", _("Edit company profile, addresses and tax numbers"))
EDIT_SHOP = grant("mas.edit_shop", _("Edit the texts of the shop page"))
EDIT_BANK_ACCOUNT = grant("mas.edit_bank_account", _("Change the bank account"), MERCHANT)
UPLOAD_DOCUMENTS = grant("mas.upload_documents", _("Upload company documents"), MERCHANT)
ACCEPT_TERMS = grant("mas.accept_terms", _("Accept terms and hand in the registration"), MERCHANT)
SET_HOLIDAYS = grant("mas.set_holidays", _("Set holiday dates"))

_OPERATOR_ALL = {
    VIEW_MERCHANTS,
    INVITE_MERCHANT,
    REVIEW_MERCHANT,
    SUSPEND_MERCHANT,
    CLOSE_MERCHANT,
    SET_MERCHANT_TERMS,
    VERIFY_BANK_ACCOUNT,
    CONFIGURE_ONBOARDING,
    PUBLISH_TERMS,
    EDIT_COMPANY,
    EDIT_SHOP,
    SET_HOLIDAYS,
}

ROLE_GRANTS: dict[str, set[str]] = {
    "operator-admin": _OPERATOR_ALL,
    "catalogue": {VIEW_MERCHANTS},
    "orders-desk": {VIEW_MERCHANTS},
    "finance": {VIEW_MERCHANTS, VERIFY_BANK_ACCOUNT},
    "finance-approver": {VIEW_MERCHANTS, VERIFY_BANK_ACCOUNT},
    "support": {VIEW_MERCHANTS, SUSPEND_MERCHANT, EDIT_COMPANY, EDIT_SHOP},
    "merchant-admin": {
        VIEW_COMPANY,
        EDIT_COMPANY,
        EDIT_SHOP,
        EDIT_BANK_ACCOUNT,
        UPLOAD_DOCUMENTS,
        ACCEPT_TERMS,
        SET_HOLIDAYS,
    },
    "merchant-stock": {VIEW_COMPANY, EDIT_SHOP},
    "merchant-orders": {VIEW_COMPANY, SET_HOLIDAYS},
    "merchant-accounting": {VIEW_COMPANY},
    "merchant-support": {VIEW_COMPANY},
}
