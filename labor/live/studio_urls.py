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
]
