"""The files of streams, in development and tests; nginx serves /streams/ in production (deploy/nginx.conf)."""

from django.urls import re_path

from labor.live.views import streams

app_name = "streams"
urlpatterns = [
    re_path(r"^(?P<stream>[0-9A-Za-z_-]{8,40})/(?P<name>index\.m3u8)$", streams.playlist, name="playlist"),
    re_path(r"^(?P<stream>[0-9A-Za-z_-]{8,40})/(?P<name>p\d{1,5}/\d{5}\.ts)$", streams.segment, name="segment"),
    re_path(r"^(?P<stream>[0-9A-Za-z_-]{8,40})/(?P<name>replay/\d{5}\.ts)$", streams.segment, name="replay"),
]
