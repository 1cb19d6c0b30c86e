from django.apps import AppConfig


class MasConfig(AppConfig):
    name = "mas"

    def ready(self) -> None:
        # They register the clock's work, the grants and the search.
        from mas import jobs, permissions, subscribers  # noqa: F401
        from mas.console import search  # noqa: F401
