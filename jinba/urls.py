"""All addresses. URLs compose pages, imports do not: an employer's board is `labor.applications` under /employers/."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from jinba import health

urlpatterns = [
    path("healthz/live", health.live, name="health_live"),
    path("healthz/ready", health.ready, name="health_ready"),
    path("admin/", admin.site.urls),
]
