from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "labor.applications"
    label = "applications"
    verbose_name = "报名"
