from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "backoffice.kernel"
    label = "kernel"

    def ready(self) -> None:
        from backoffice.kernel import audit  # noqa: F401  registers its periodic sealing
