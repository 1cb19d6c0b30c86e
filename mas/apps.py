from django.apps import AppConfig


class MasConfig(AppConfig):
    name = "mas"

    def ready(self) -> None:
        from mas import jobs, permissions  # noqa: F401  they register the clock's work and the grants
