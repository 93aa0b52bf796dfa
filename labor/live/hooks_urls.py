"""Where a media server asks us; not for browsers."""

from django.urls import path

from labor.live.views import hooks

app_name = "live_hooks"
urlpatterns = [path("srs/", hooks.srs_hook, name="srs")]
