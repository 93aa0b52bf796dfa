"""What visitors see: the list of sessions, the room, the replay."""

from django.urls import URLPattern

app_name = "live"
urlpatterns: list[URLPattern] = []
