from django.apps import AppConfig


class StorefrontConfig(AppConfig):
    name = "backoffice.storefront"
    label = "shell_storefront"

    def ready(self) -> None:
        from backoffice.storefront.shell import provide
        from backoffice.ui.context import register_shell

        register_shell("storefront", provide)
