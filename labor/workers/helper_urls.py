"""Pages of brokers and park staff about their people, mounted under /helpers/."""

from django.urls import path, register_converter

from labor.workers.urls import QuestionConverter
from labor.workers.views import people, privacy

register_converter(QuestionConverter, "worker_question")
app_name = "helpers"
urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/new/", people.new, name="new"),
    path("people/new/consent/", people.consent, name="consent"),
    path("people/new/code/", people.code, name="code"),
    path("people/<int:pk>/step-back/", people.step_back, name="step_back"),
    path("people/<int:pk>/unlock/", people.unlock, name="unlock"),
    path("people/<int:pk>/leave-group/", people.leave_group, name="leave_group"),
    path("people/<int:pk>/ask/<worker_question:question>/", people.question, name="question"),
    path("people/<int:pk>/reveal/", privacy.reveal, name="reveal"),
    path("people/<int:pk>/resident-id/", privacy.resident_id_for, name="resident_id"),
    path("groups/new/", people.new_group, name="new_group"),
]
