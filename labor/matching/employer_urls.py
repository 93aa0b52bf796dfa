"""Under /employers/postings/<id>/people/: the workers who suit a posting."""

from django.urls import path

from labor.matching import views

app_name = "suggestions"
urlpatterns = [
    path("", views.people, name="people"),
    path("invite/", views.invite, name="invite"),
]
