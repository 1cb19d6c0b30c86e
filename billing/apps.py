from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"

    def ready(self) -> None:
        from billing import fee_invariants, invariants, subscribers, tasks  # noqa: F401  they register themselves
        from billing.selectors.obligations import list_open_money
        from mas.ports import register_open_obligations

        register_open_obligations("billing", list_open_money)
