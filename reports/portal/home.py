from django.utils.translation import gettext_lazy as _

from backoffice.ui.menus import HomeCard
from reports.home_cards import portal_sales
from reports.permissions import VIEW_OWN_REPORTS

CARDS = [HomeCard(_("Sales"), VIEW_OWN_REPORTS, portal_sales, "reports/card_sales.html", order=20, wide=True)]
