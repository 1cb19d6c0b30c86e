from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"

    def ready(self) -> None:
        from billing import (  # noqa: F401  they register themselves
            debt_invariants,
            fee_invariants,
            hold_invariants,
            invariants,
            subscribers,
            tasks,
        )
        from billing.selectors.obligations import list_open_money
        from mas.ports import register_open_obligations

        register_open_obligations("billing", list_open_money)
