from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "labor.matching"
    label = "matching"
    verbose_name = "匹配"
