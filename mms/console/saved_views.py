from backoffice.kernel.grants import SIGNED_IN
from backoffice.ui.pages import ConsolePage
from mms.account.saved_views import ForgetViewPage, RestoreViewPage, SaveViewPage


class SaveViewView(ConsolePage, SaveViewPage):
    grant = SIGNED_IN


class ForgetViewView(ConsolePage, ForgetViewPage):
    grant = SIGNED_IN


class RestoreViewView(ConsolePage, RestoreViewPage):
    grant = SIGNED_IN
