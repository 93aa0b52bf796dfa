from django.apps import AppConfig


class WorkersConfig(AppConfig):
    name = "labor.workers"
    label = "workers"
    verbose_name = "劳动者"
