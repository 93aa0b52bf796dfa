from django.urls import path

from jinba.notices.consumers import NoticesConsumer

websocket_urlpatterns = [
    path("ws/notices/", NoticesConsumer.as_asgi()),
]
