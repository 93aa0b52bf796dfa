from django.apps import AppConfig


class LinksConfig(AppConfig):
    name = "jinba.links"
    label = "links"
    verbose_name = "短链接"
