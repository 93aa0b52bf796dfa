from django.urls import path

from jinba.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.list_, name="list"),
    path("read/", views.read_all, name="read_all"),
    path("fresh/", views.fresh, name="fresh"),
    path("<int:pk>/", views.open_, name="open"),
]
