from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "labor.live"
    label = "live"
    verbose_name = "直播带岗"

    def ready(self) -> None:
        from labor.live import checks  # noqa: F401  (registers them)
