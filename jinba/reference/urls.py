from django.urls import path

from jinba.reference import views

app_name = "reference"
urlpatterns = [
    path("regions/", views.regions, name="regions"),
]
