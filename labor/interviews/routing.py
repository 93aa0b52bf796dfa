from django.urls import path

from labor.interviews.consumers import RoomConsumer

websocket_urlpatterns = [
    path("ws/interviews/<int:interview_id>/", RoomConsumer.as_asgi()),
]
