from django.contrib.admin.apps import AdminConfig
from django.utils.module_loading import autodiscover_modules


class JinbaAdminConfig(AdminConfig):
    default_site = "jinba.admin.JinbaAdminSite"

    def ready(self) -> None:
        super().ready()
        autodiscover_modules("queues")  # what the index page counts (`jinba.core.queues`)
        autodiscover_modules("arrivals")  # by which way applications come (`labor.applications.arrivals`)
        autodiscover_modules("persons")  # what is kept of a worker, and forgotten with him (`jinba.privacy.persons`)
        # Our Celery app has to be the current one wherever Django runs, so that letters find the broker.
        import jinba.celery  # noqa: F401
