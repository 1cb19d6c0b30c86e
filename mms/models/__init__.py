"""Tables of marketplace management; private to the app, selectors and operations are its face."""

from mms.models.access import ApiKey, Invitation, KeyAudience, Role
from mms.models.mails import Mail, MailState
from mms.models.preferences import PreferenceValue
from mms.models.scopes import ScopeKind, ScopeNode, Store, StoreKind, StoreView, Website
from mms.models.tasks import Task
from mms.models.taxes import TaxClass, TaxRate
from mms.models.users import User
from mms.models.versions import ReferenceVersion

__all__ = [
    "ApiKey",
    "Invitation",
    "KeyAudience",
    "Mail",
    "MailState",
    "PreferenceValue",
    "ReferenceVersion",
    "Role",
    "ScopeKind",
    "ScopeNode",
    "Store",
    "StoreKind",
    "StoreView",
    "Task",
    "TaxClass",
    "TaxRate",
    "User",
    "Website",
]
