from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps


class UiConfig(AppConfig):
    name = "backoffice.ui"
    label = "ui"

    def ready(self) -> None:
        """Let every app register how its states and audit actions read: `<app>/states.py`."""
        from backoffice.ui import export_jobs  # noqa: F401  it registers its job

        for config in apps.get_app_configs():
            if find_spec(f"{config.name}.states") is not None:
                import_module(f"{config.name}.states")
