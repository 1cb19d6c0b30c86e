from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "backoffice.kernel"
    label = "kernel"

    def ready(self) -> None:
        # Their registration is the point: the trail's sealing, and the tasks that a web process sends by name.
        from backoffice.kernel import audit, tasks  # noqa: F401
