from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _seed(using: str, **_options: Any) -> None:
    from backoffice.kernel.seeding import has_its_tables
    from pim.operations.structure_seed import seed_structure

    if has_its_tables("pim", using):
        seed_structure()


class PimConfig(AppConfig):
    name = "pim"

    def ready(self) -> None:
        from pim import invariants, permissions, search, subscribers, tasks  # noqa: F401  they register themselves
        from pim.imports import jobs  # noqa: F401

        post_migrate.connect(_seed, sender=self, dispatch_uid="pim.seed")
