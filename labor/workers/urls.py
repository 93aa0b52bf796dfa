from django.urls import path, register_converter
from django.urls.converters import StringConverter

from labor.workers.forms import QUESTIONS
from labor.workers.views import entrusting, privacy, profile, sign_in


class QuestionConverter(StringConverter):
    """Only our own questions, so that other apps may have pages under /workers/me/ too."""

    regex = "|".join(QUESTIONS)


register_converter(QuestionConverter, "question")
app_name = "workers"
urlpatterns = [
    path("start/", sign_in.start, name="start"),
    path("me/", profile.profile, name="profile"),
    path("me/recommendation/", profile.recommendation, name="recommendation"),
    path("me/partner/", profile.partner, name="partner"),
    path("me/helpers/", entrusting.helpers, name="helpers"),
    path("me/helpers/requests/<int:pk>/", entrusting.answer, name="helper_answer"),
    path("me/helpers/<int:pk>/end/", entrusting.end, name="helper_end"),
    path("me/helpers/<int:pk>/prolong/", entrusting.prolong, name="helper_prolong"),
    path("me/seen/", privacy.seen, name="seen"),
    path("me/resident-id/", privacy.resident_id, name="resident_id"),
    path("recommendation/", privacy.recommendation_explained, name="recommendation_explained"),
    path("claim/<int:pk>/", sign_in.claim, name="claim"),
    path("me/<question:question>/", profile.question, name="question"),
]
