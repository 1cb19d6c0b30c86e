from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save


class StorefrontConfig(AppConfig):
    name = "backoffice.storefront"
    label = "shell_storefront"

    def ready(self) -> None:
        # Wagtail's signals import its models.
        from wagtail.signals import post_page_move

        from backoffice.storefront.models import StoreContentPage, StoreHomePage
        from backoffice.storefront.shell import provide
        from backoffice.storefront.subscribers import on_pages_changed
        from backoffice.ui.context import register_shell

        register_shell("storefront", provide)
        for model in (StoreContentPage, StoreHomePage):
            for signal in (post_save, post_delete):
                signal.connect(on_pages_changed, sender=model)
            post_page_move.connect(on_pages_changed, sender=model)
