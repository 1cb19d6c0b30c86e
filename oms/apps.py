from django.apps import AppConfig


class OmsConfig(AppConfig):
    name = "oms"

    def ready(self) -> None:
        from oms import invariants, subscribers, tasks  # noqa: F401  they register themselves
        from oms.integrations.bank_transfer import BankTransfer
        from oms.integrations.test_card import TestCard
        from oms.ports import register_provider

        register_provider(TestCard())
        register_provider(BankTransfer())
