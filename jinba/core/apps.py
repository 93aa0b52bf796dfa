from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "jinba.core"
    label = "core"
