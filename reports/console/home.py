from django.utils.translation import gettext_lazy as _

from backoffice.ui.menus import HomeCard
from reports.home_cards import console_sales
from reports.permissions import VIEW_REPORTS

CARDS = [
    HomeCard(
        _("Sales"), VIEW_REPORTS, console_sales, "reports/card_sales.html", order=2, wide=True, by_place=True
    )
]
