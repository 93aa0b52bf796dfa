from django.apps import AppConfig


class LaborConfig(AppConfig):
    name = "labor"
    label = "labor"
    verbose_name = "劳务"
