from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class ConsoleConfig(AppConfig):
    name = "backoffice.console"
    label = "shell_console"

    def ready(self) -> None:
        from backoffice.console.operations import seed_editors_group
        from backoffice.console.shell import console_shell
        from backoffice.ui.context import register_shell

        register_shell("console", console_shell)
        # Once, for the last app that has tables: Wagtail's permissions stand by then. The console has none, so its own
        # signal never comes.
        post_migrate.connect(
            seed_editors_group, sender=apps.get_app_config("sessions"), dispatch_uid="console.editors"
        )
