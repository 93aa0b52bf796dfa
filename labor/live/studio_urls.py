"""Where sessions are planned, run and looked back on."""

from django.urls import URLPattern, path

from labor.live.views import console, moderating

app_name = "studio"
urlpatterns: list[URLPattern] = [
    path("<int:pk>/console/", console.console, name="console"),
    path("<int:pk>/go-live/", console.go_live, name="go_live"),
    path("<int:pk>/end/", console.end, name="end"),
    path("<int:pk>/abort/", console.abort, name="abort"),
    path("<int:pk>/pin/", moderating.pin, name="pin"),
    path("<int:pk>/unpin/", moderating.unpin, name="unpin"),
    path("<int:pk>/announce/", moderating.announce, name="announce"),
    path("<int:pk>/slow/", moderating.slow, name="slow"),
    path("<int:pk>/answer/", moderating.answer, name="answer"),
    path("<int:pk>/hide/", moderating.hide, name="hide"),
    path("<int:pk>/show/", moderating.show, name="show"),
    path("<int:pk>/ban/", moderating.ban, name="ban"),
    path("<int:pk>/unban/", moderating.unban, name="unban"),
    path("<int:pk>/desk/", moderating.desk, name="desk"),
]
