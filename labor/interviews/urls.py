"""Interviews of workers and of those who help them; and how all went, for the staff."""

from django.urls import path

from labor.interviews.views import figures

app_name = "interviews"
urlpatterns = [
    path("figures/", figures.line, name="figures"),
]
