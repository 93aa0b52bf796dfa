"""What visitors see: the list of sessions, the room, the replay."""

from django.urls import path

from labor.live.views import applying, cards, covers, entries, listing, poster, replay, saying, watch

app_name = "live"
urlpatterns = [
    path("", listing.list_, name="list"),
    path("<int:pk>/entries/", entries.entries, name="entries"),
    path("<int:pk>/", watch.watch, name="watch"),
    path("<int:pk>/cover/", covers.show, name="cover"),
    path("<int:pk>/poster/<str:code>/", poster.sheet, name="poster"),
    path("<int:pk>/cards/", cards.cards, name="cards"),
    path("<int:pk>/cards/<int:card_id>/apply/", applying.apply, name="apply"),
    path("<int:pk>/cards/<int:card_id>/", cards.posting, name="posting"),
    path("<int:pk>/enter/", applying.enter, name="enter"),
    path("<int:pk>/replay.m3u8", replay.replay, name="replay"),
    path("<int:pk>/chapters/", replay.chapters, name="chapters"),
    path("<int:pk>/reserve/", listing.reserve, name="reserve"),
    path("<int:pk>/say/", saying.say, name="say"),
]
