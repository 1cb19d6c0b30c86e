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
        # Without a sender it would run for each app and, failing early, keep the seeds of later apps out.
        post_migrate.connect(seed_editors_group, sender=self, dispatch_uid="console.editors")
