"""What visitors see: the list of sessions, the room, the replay."""

from django.urls import path

from labor.live.views import entries, listing

app_name = "live"
urlpatterns = [
    path("", listing.list_, name="list"),
    path("<int:pk>/entries/", entries.entries, name="entries"),
    path("<int:pk>/reserve/", listing.reserve, name="reserve"),
]
