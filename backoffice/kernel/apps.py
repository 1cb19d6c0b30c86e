import django_fsm
from django.apps import AppConfig
from django.dispatch import Signal


class KernelConfig(AppConfig):
    name = "backoffice.kernel"
    label = "kernel"

    def ready(self) -> None:
        # They register themselves: sealing, settings checks, proofs, and the tasks that a web process sends by name.
        from backoffice.kernel import audit, checks, promises, tasks  # noqa: F401

        # All models are prepared by now. Only migrations prepare more, tens of thousands of historical ones without
        # transitions; a state field of each would listen to all others, which doubles the time of `migrate`.
        django_fsm.class_prepared = Signal()  # type: ignore[attr-defined]
