from django.apps import AppConfig


class MasConfig(AppConfig):
    name = "mas"
