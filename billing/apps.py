from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _seed(**_options: Any) -> None:
    from billing.operations.fee_rules import ensure_default_rules

    ensure_default_rules()


class BillingConfig(AppConfig):
    name = "billing"

    def ready(self) -> None:
        from billing import invariants, subscribers, tasks  # noqa: F401  they register themselves
        from billing.selectors.obligations import list_open_money
        from mas.ports import register_open_obligations

        register_open_obligations("billing", list_open_money)

        post_migrate.connect(_seed, sender=self, dispatch_uid="billing.seed")
