from django.urls import path

from jinba.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.list_, name="list"),
    path("read/", views.read_all, name="read_all"),
    path("fresh/", views.fresh, name="fresh"),
    path("settings/", views.settings_, name="settings"),
    path("settings/email/", views.email, name="email"),
    path("settings/email/code/", views.email_code, name="email_code"),
    path("settings/email/remove/", views.email_remove, name="email_remove"),
    path("off/<str:token>/", views.off, name="off"),
    path("<int:pk>/", views.open_, name="open"),
]
