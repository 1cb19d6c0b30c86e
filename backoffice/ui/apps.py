from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps


class UiConfig(AppConfig):
    name = "backoffice.ui"
    label = "ui"

    def ready(self) -> None:
        """Let every app register how its states and audit actions read: `<app>/states.py`."""
        for config in apps.get_app_configs():
            if find_spec(f"{config.name}.states") is not None:
                import_module(f"{config.name}.states")
