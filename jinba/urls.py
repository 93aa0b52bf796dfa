"""All addresses. URLs compose pages, imports do not: an employer's board is `labor.applications` under /employers/."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
]
