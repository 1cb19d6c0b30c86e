from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OmsConfig(AppConfig):
    name = "oms"

    def ready(self) -> None:
        from backoffice.ui.menus import register_search
        from mas.ports import register_open_obligations
        from oms import invariants, jobs, preferences, subscribers, tasks  # noqa: F401  they register themselves
        from oms.console.orders import find_orders
        from oms.integrations.bank_transfer import BankTransfer
        from oms.integrations.cash_on_delivery import CashOnDelivery
        from oms.integrations.pay_merchant import PayMerchant
        from oms.integrations.stripe import Stripe
        from oms.integrations.test_card import TestCard
        from oms.permissions import VIEW_ORDERS
        from oms.ports import list_providers, register_provider
        from oms.selectors.obligations import list_open_orders_and_refunds

        register_search(_("Orders"), "console", VIEW_ORDERS, find_orders, by_place=True)
        register_provider(Stripe())
        register_provider(TestCard())
        register_provider(BankTransfer())
        register_provider(CashOnDelivery())
        register_provider(PayMerchant())
        for provider in list_providers():
            offered = preferences.OFFERED_ONLY_IF.get(provider.code, True)
            preferences.declare_payment(provider, is_offered=offered)
        register_open_obligations("oms", list_open_orders_and_refunds)
