"""Pages of the park's staff about their booths, mounted under /booths/."""

from django.urls import path

from labor.interviews.views import booths, kiosk, walk_ins

app_name = "booths"
urlpatterns = [
    path("", booths.day, name="day"),
    path("board/", walk_ins.board, name="board"),
    path("walk-ins/", walk_ins.queue, name="walk_ins"),
    path("walk-ins/new/<int:worker_id>/", walk_ins.new, name="walk_in_new"),
    path("walk-ins/<int:pk>/call/", walk_ins.call, name="walk_in_call"),
    path("walk-ins/<int:pk>/done/", walk_ins.done, name="walk_in_done"),
    path("walk-ins/<int:pk>/left/", walk_ins.left, name="walk_in_left"),
    path("<int:pk>/close/", booths.close, name="close"),
    path("<int:pk>/stand-in/", booths.stand_in, name="stand_in"),
    path("<int:pk>/as-usual/", booths.as_usual, name="as_usual"),
    path("<int:pk>/kiosk/", kiosk.screen, name="kiosk"),
    path("<int:pk>/kiosk/<int:interview_id>/", kiosk.let_in, name="let_in"),
    path("<int:pk>/kiosk/back/", kiosk.back, name="back"),
]
