from django.utils.translation import gettext_lazy as _

from backoffice.ui.menus import MenuItem
from billing.permissions import VIEW_MONEY

MENU = [MenuItem(_("Money"), "portal:billing-money-home", icon="wallet", grant=VIEW_MONEY, order=60)]
