from django.apps import AppConfig


class DamConfig(AppConfig):
    name = "dam"

    def ready(self) -> None:
        from dam import invariants, jobs, permissions  # noqa: F401
