from django.urls import path

from labor.interviews.views import entrance, recordings, room

app_name = "rooms"
urlpatterns = [
    path("j/<str:token>/", entrance.link, name="link"),
    path("<int:pk>/", entrance.room, name="room"),
    path("<int:pk>/check/", entrance.check, name="check"),
    path("<int:pk>/take-over/", entrance.take_over, name="take_over"),
    path("<int:pk>/state/", room.state, name="state"),
    path("<int:pk>/ice/", room.ice, name="ice"),
    path("<int:pk>/admit/", room.admit, name="admit"),
    path("<int:pk>/away/", room.away, name="away"),
    path("<int:pk>/say/", room.say, name="say"),
    path("<int:pk>/chat/", room.chat, name="chat"),
    path("<int:pk>/report/", room.report, name="report"),
    path("<int:pk>/device/", room.device, name="device"),
    path("<int:pk>/phone/", room.phone, name="phone"),
    path("<int:pk>/invite/", room.invite, name="invite"),
    path("<int:pk>/revoke/", room.revoke, name="revoke"),
    path("<int:pk>/recording/ask/", recordings.ask, name="record_ask"),
    path("<int:pk>/recording/answer/", recordings.answer, name="record_answer"),
    path("<int:pk>/recording/start/", recordings.start, name="record_start"),
    path("<int:pk>/recording/stop/", recordings.stop, name="record_stop"),
    path("<int:pk>/recording/part/", recordings.part, name="record_part"),
]
