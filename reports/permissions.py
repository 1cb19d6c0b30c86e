"""Who may read which numbers."""

from django.utils.translation import gettext_lazy as _

from backoffice.kernel.grants import MERCHANT, OPERATOR, grant

VIEW_REPORTS = grant("reports.view_reports", _("Read sales reports"), OPERATOR)
VIEW_FINANCE_REPORTS = grant("reports.view_finance_reports", _("Read income and balance reports"), OPERATOR)
VIEW_OWN_REPORTS = grant("reports.view_own_reports", _("Read the merchant's own reports"), MERCHANT)

ROLE_GRANTS: dict[str, set[str]] = {
    "operator-admin": {VIEW_REPORTS, VIEW_FINANCE_REPORTS},
    "orders-desk": {VIEW_REPORTS},
    "catalogue": {VIEW_REPORTS},
    "finance": {VIEW_REPORTS, VIEW_FINANCE_REPORTS},
    "finance-approver": {VIEW_REPORTS, VIEW_FINANCE_REPORTS},
    "merchant-admin": {VIEW_OWN_REPORTS},
    "merchant-accounting": {VIEW_OWN_REPORTS},
}
