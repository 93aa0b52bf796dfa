"""Where sessions are planned, run and looked back on."""

from django.urls import URLPattern

app_name = "studio"
urlpatterns: list[URLPattern] = []
