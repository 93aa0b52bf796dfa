from django.contrib.admin.apps import AdminConfig


class JinbaAdminConfig(AdminConfig):
    default_site = "jinba.admin.JinbaAdminSite"

    def ready(self) -> None:
        super().ready()
        # Our Celery app has to be the current one wherever Django runs, so that letters find the broker.
        import jinba.celery  # noqa: F401
