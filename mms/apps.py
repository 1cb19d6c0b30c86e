from django.apps import AppConfig


class MmsConfig(AppConfig):
    name = "mms"
