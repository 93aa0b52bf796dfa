from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "jinba.notices"
    label = "notices"
    verbose_name = "消息"

    def ready(self) -> None:
        from jinba.notices import checks  # noqa: F401  (registers them)
