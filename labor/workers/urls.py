from django.urls import path, register_converter
from django.urls.converters import StringConverter

from labor.workers.forms import QUESTIONS
from labor.workers.views import profile, sign_in


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
    path("me/<question:question>/", profile.question, name="question"),
]
