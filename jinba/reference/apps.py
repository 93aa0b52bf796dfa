from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    name = "jinba.reference"
    label = "reference"
    verbose_name = "基础数据"
