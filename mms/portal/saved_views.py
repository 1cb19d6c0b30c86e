from backoffice.kernel.grants import SIGNED_IN
from backoffice.ui.pages import PortalPage
from mms.account.saved_views import ForgetViewPage, RestoreViewPage, SaveViewPage


class SaveViewView(PortalPage, SaveViewPage):
    grant = SIGNED_IN


class ForgetViewView(PortalPage, ForgetViewPage):
    grant = SIGNED_IN


class RestoreViewView(PortalPage, RestoreViewPage):
    grant = SIGNED_IN
