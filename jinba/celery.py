import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinba.settings")

app = Celery("jinba", task_cls="jinba.core.doing:Task")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_scheduler = "jinba.heart:Scheduler"

from jinba import heart  # noqa: E402, F401  (connects the worker's signs of life)
