"""Grants of marketplace management, and the ready roles every app adds its grants to."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from backoffice.kernel.grants import MERCHANT, OPERATOR, grant

VIEW_USERS = grant("mms.view_users", _("See users and roles"), OPERATOR)
MANAGE_USERS = grant("mms.manage_users", _("Create users and assign roles"), OPERATOR)
MANAGE_ROLES = grant("mms.manage_roles", _("Change what roles may do"), OPERATOR)
VIEW_STORES = grant("mms.view_stores", _("See websites, stores and views"), OPERATOR)
MANAGE_STORES = grant("mms.manage_stores", _("Change websites, stores and views"), OPERATOR)
MANAGE_PREFERENCES = grant("mms.manage_preferences", _("Change settings of the marketplace"), OPERATOR)
MANAGE_TAXES = grant("mms.manage_taxes", _("Enter tax rates"), OPERATOR)
MANAGE_API_KEYS = grant("mms.manage_api_keys", _("Create and revoke the operator's API keys"), OPERATOR)
VIEW_MAILS = grant("mms.view_mails", _("Read the mail outbox"), OPERATOR)
SEND_MAILS = grant("mms.send_mails", _("Send a mail again"), OPERATOR)
VIEW_TASKS = grant("mms.view_tasks", _("See and take tasks"), OPERATOR)
VIEW_AUDIT = grant("mms.view_audit", _("Read the audit trail"), OPERATOR)
MANAGE_WORK = grant("mms.manage_work", _("Replay and retry background work"), OPERATOR)
EDIT_CONTENT = grant("mms.edit_content", _("Edit the pages of the storefronts"), OPERATOR)

MANAGE_TEAM = grant("mms.manage_team", _("Invite people to the team and give them roles"), MERCHANT)
MANAGE_MERCHANT_KEYS = grant(
    "mms.manage_merchant_keys", _("Create and revoke the merchant's API keys"), MERCHANT
)
VIEW_TEAM = grant("mms.view_team", _("See the team"), MERCHANT)

MERCHANT_ADMIN = "merchant-admin"
OPERATOR_ADMIN = "operator-admin"

# code → (name, audience); what each may do is the union of every app's ROLE_GRANTS.
ROLES: dict[str, tuple[Any, str]] = {
    OPERATOR_ADMIN: (_("Administrator"), OPERATOR),
    "catalogue": (_("Catalogue manager"), OPERATOR),
    "orders-desk": (_("Order desk"), OPERATOR),
    "finance": (_("Finance"), OPERATOR),
    "finance-approver": (_("Finance approver"), OPERATOR),
    "support": (_("Support"), OPERATOR),
    MERCHANT_ADMIN: (_("Merchant administrator"), MERCHANT),
    "merchant-stock": (_("Products and stock"), MERCHANT),
    "merchant-orders": (_("Orders and shipping"), MERCHANT),
    "merchant-accounting": (_("Accounting"), MERCHANT),
    "merchant-support": (_("Customer support"), MERCHANT),
}

_DESK = {VIEW_TASKS, VIEW_MAILS}
ROLE_GRANTS: dict[str, set[str]] = {
    OPERATOR_ADMIN: {
        VIEW_USERS,
        MANAGE_USERS,
        MANAGE_ROLES,
        VIEW_STORES,
        MANAGE_STORES,
        MANAGE_PREFERENCES,
        MANAGE_TAXES,
        MANAGE_API_KEYS,
        SEND_MAILS,
        VIEW_AUDIT,
        MANAGE_WORK,
        EDIT_CONTENT,
        *_DESK,
    },
    "catalogue": {VIEW_STORES, EDIT_CONTENT, *_DESK},
    "orders-desk": {VIEW_STORES, *_DESK},
    "finance": {VIEW_STORES, MANAGE_TAXES, VIEW_AUDIT, *_DESK},
    "finance-approver": {VIEW_AUDIT, *_DESK},
    "support": {VIEW_STORES, SEND_MAILS, *_DESK},
    MERCHANT_ADMIN: {MANAGE_TEAM, MANAGE_MERCHANT_KEYS, VIEW_TEAM},
    "merchant-stock": {VIEW_TEAM},
    "merchant-orders": {VIEW_TEAM},
    "merchant-accounting": {VIEW_TEAM},
    "merchant-support": {VIEW_TEAM},
}
