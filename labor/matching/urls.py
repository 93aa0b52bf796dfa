from django.urls import path

from labor.matching import views

app_name = "matching"
urlpatterns = [path("", views.jobs_for_me, name="jobs_for_me")]
