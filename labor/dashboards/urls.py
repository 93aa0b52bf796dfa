from django.urls import include, path

from labor.dashboards.views import desk, home, links

dashboards = [
    path("", desk.desk, name="home"),
    path("links/", links.links, name="links"),
]
urlpatterns = [
    path("", home.home, name="home"),
    path("desk/", include((dashboards, "dashboards"))),
]
