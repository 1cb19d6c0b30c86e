from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "backoffice.kernel"
    label = "kernel"

    def ready(self) -> None:
        # They register themselves: sealing, settings checks, proofs, and the tasks that a web process sends by name.
        from backoffice.kernel import audit, checks, promises, tasks  # noqa: F401
