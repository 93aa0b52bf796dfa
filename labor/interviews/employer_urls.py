"""The employer's side of interviews, mounted under /employers/."""

from django.urls import path

from labor.interviews.views import agenda, criteria, desk, offering, panel, recordings, sittings

app_name = "interviewing"
urlpatterns = [
    path("postings/<int:posting_id>/interviews/new/", offering.offer, name="offer"),
    path("interviews/", agenda.interview_list, name="list"),
    path("interviews/<int:pk>/", desk.interview_detail, name="detail"),
    path("interviews/<int:pk>/again/", desk.interview_again, name="again"),
    path("interviews/<int:pk>/other-time/", desk.interview_other_time, name="other_time"),
    path("interviews/<int:pk>/cancel/", desk.interview_cancel, name="cancel"),
    path("interviews/<int:pk>/no-show/", desk.interview_no_show, name="no_show"),
    path("interviews/<int:pk>/phone/", desk.interview_phone, name="phone"),
    path("interviews/<int:pk>/invite/", desk.interview_invite, name="invite"),
    path("interviews/<int:pk>/seats/<int:seat_id>/revoke/", desk.interview_revoke, name="revoke"),
    path("interviews/<int:pk>/scorecard/", panel.scorecard, name="scorecard"),
    path("interviews/<int:pk>/scorecard/draft/", panel.draft, name="scorecard_draft"),
    path("interviews/recordings/<int:pk>/", recordings.recording, name="recording"),
    path("interviews/recordings/<int:pk>/delete/", recordings.discard, name="recording_discard"),
    path("interviews/recordings/<int:pk>/film/<str:ticket>/", recordings.film, name="film"),
    path("postings/<int:posting_id>/interviews/criteria/", criteria.criteria, name="criteria"),
    path("postings/<int:posting_id>/interviews/results/", criteria.results, name="results"),
    path("interviews/sittings/<int:pk>/", sittings.sitting_detail, name="sitting"),
    path("interviews/sittings/<int:pk>/call/", sittings.sitting_call, name="call"),
    path("interviews/sittings/<int:pk>/skip/<int:interview_id>/", sittings.sitting_skip, name="skip"),
    path("interviews/sittings/<int:pk>/slots/<int:slot_id>/withdraw/", sittings.sitting_withdraw, name="withdraw"),
    path("interviews/sittings/<int:pk>/invite/", sittings.sitting_invite, name="invite_more"),
    path("interviews/sittings/<int:pk>/close/", sittings.sitting_close, name="close"),
]
