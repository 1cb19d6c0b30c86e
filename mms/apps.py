from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _seed(using: str, **_options: Any) -> None:
    from backoffice.kernel.seeding import has_its_tables
    from mms.operations.roles import seed_roles
    from mms.operations.scopes import ensure_global_scope

    if not has_its_tables("mms", using):
        return
    ensure_global_scope()
    seed_roles()


class MmsConfig(AppConfig):
    name = "mms"

    def ready(self) -> None:
        from mms import invariants, tasks  # noqa: F401  they register themselves
        from mms.integrations import allauth
        from mms.operations.roles import load_permissions

        load_permissions()
        allauth.connect()
        post_migrate.connect(_seed, sender=self, dispatch_uid="mms.seed")
