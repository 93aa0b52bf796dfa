from django.urls import include, path

from labor.dashboards.views import desk, home

dashboards = [
    path("", desk.desk, name="home"),
]
urlpatterns = [
    path("", home.home, name="home"),
    path("desk/", include((dashboards, "dashboards"))),
]
