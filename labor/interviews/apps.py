from django.apps import AppConfig


class InterviewsConfig(AppConfig):
    name = "labor.interviews"
    label = "interviews"
    verbose_name = "面试"

    def ready(self) -> None:
        from labor.interviews import checks  # noqa: F401  (registers them)
