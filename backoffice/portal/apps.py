from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "backoffice.portal"
    label = "shell_portal"

    def ready(self) -> None:
        from backoffice.portal.shell import portal_shell
        from backoffice.ui.context import register_shell

        register_shell("portal", portal_shell)
