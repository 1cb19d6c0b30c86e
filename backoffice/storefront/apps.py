from django.apps import AppConfig


class StorefrontConfig(AppConfig):
    name = "backoffice.storefront"
    label = "shell_storefront"
