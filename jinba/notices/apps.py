from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "jinba.notices"
    label = "notices"
    verbose_name = "消息"
