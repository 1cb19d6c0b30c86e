from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "backoffice.console"
    label = "shell_console"

    def ready(self) -> None:
        from backoffice.console.shell import console_shell
        from backoffice.ui.context import register_shell

        register_shell("console", console_shell)
