from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    name = "labor.dashboards"
    label = "dashboards"
    verbose_name = "首页"
