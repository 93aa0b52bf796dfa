from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "jinba.core"
    label = "core"

    def ready(self) -> None:
        from jinba.core.sms import checks  # noqa: F401  (registers them)
