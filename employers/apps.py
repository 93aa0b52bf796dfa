from django.apps import AppConfig


class EmployersConfig(AppConfig):
    name = "employers"
    label = "employers"
    verbose_name = "用人单位与岗位"

    def ready(self) -> None:
        from employers import checks  # noqa: F401  (registers them)
