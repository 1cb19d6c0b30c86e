from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ConsoleConfig(AppConfig):
    name = "backoffice.console"
    label = "shell_console"

    def ready(self) -> None:
        from backoffice.console.operations import seed_editors_group
        from backoffice.console.shell import console_shell
        from backoffice.ui.context import register_shell

        register_shell("console", console_shell)
        post_migrate.connect(seed_editors_group, dispatch_uid="console.editors")
