"""Interviews of workers and of those who help them; and how all went, for the staff."""

from django.urls import path

from labor.interviews.views import answers, calendars, figures, mine, recordings

app_name = "interviews"
urlpatterns = [
    path("", mine.mine, name="mine"),
    path("<int:pk>/", mine.detail, name="detail"),
    path("<int:pk>/now/", mine.now, name="now"),
    path("<int:pk>/interview.ics", calendars.calendar_file, name="calendar_file"),
    path("<int:pk>/pick/", answers.pick, name="pick"),
    path("<int:pk>/places/", answers.places, name="places"),
    path("<int:pk>/place/", answers.place, name="place"),
    path("<int:pk>/other-time/", answers.other_time, name="other_time"),
    path("<int:pk>/decline/", answers.decline, name="decline"),
    path("<int:pk>/missed/", answers.missed, name="missed"),
    path("<int:pk>/recordings/", recordings.mine, name="recordings"),
    path("of/<int:application_id>/", mine.of_application, name="of_application"),
    path("calendar/", calendars.calendar, name="calendar"),
    path("calendar/end/", calendars.calendar_end, name="calendar_end"),
    path("calendar/<str:secret>.ics", calendars.feed, name="feed"),
    path("figures/", figures.line, name="figures"),
]
