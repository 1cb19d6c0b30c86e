from django.utils.translation import gettext_lazy as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.counting import Countable
from backoffice.ui.menus import MenuItem
from mms import permissions as may
from mms.selectors.tasks import list_open_tasks
from mms.selectors.work import list_parked_deliveries

GROUP = _("Settings")
# What people with rights at a store may do there.
BY_PLACE = {may.VIEW_STORES, may.MANAGE_PREFERENCES}


def _tasks(_actor: Actor) -> Countable:
    return list_open_tasks()


def _parked(_actor: Actor) -> Countable:
    return list_parked_deliveries()


def _item(label: object, url_name: str, icon: str, grant: str, order: int) -> MenuItem:
    return MenuItem(label, f"console:{url_name}", icon, grant, order, GROUP, by_place=grant in BY_PLACE)


MENU = [
    MenuItem(
        _("Tasks"), "console:mms-task-list", "tasks", may.VIEW_TASKS, 10, count=_tasks, query="closed=no"
    ),
    _item(_("Stores"), "mms-store-list", "store", may.VIEW_STORES, 90),
    _item(_("Users"), "mms-user-list", "users", may.VIEW_USERS, 91),
    _item(_("Roles"), "mms-role-list", "shield", may.VIEW_USERS, 92),
    _item(_("Preferences"), "mms-preference-home", "sliders", may.MANAGE_PREFERENCES, 93),
    _item(_("API keys"), "mms-api-key-list", "key", may.MANAGE_API_KEYS, 93),
    _item(_("Tax rates"), "mms-tax-rate-list", "percent", may.MANAGE_TAXES, 94),
    _item(_("Mail outbox"), "mms-mail-list", "mail", may.VIEW_MAILS, 95),
    _item(_("Audit trail"), "mms-audit-list", "book", may.VIEW_AUDIT, 96),
    MenuItem(
        _("Deliveries"), "console:mms-delivery-list", "pulse", may.MANAGE_WORK, 97, group=GROUP, count=_parked
    ),
]
