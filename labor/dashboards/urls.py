from django.urls import include, path

from labor.dashboards.views import desk, home, links, person

dashboards = [
    path("", desk.desk, name="home"),
    path("links/", links.links, name="links"),
]
persons = [
    path("<int:pk>/", person.person, name="detail"),
]
urlpatterns = [
    path("", home.home, name="home"),
    path("desk/", include((dashboards, "dashboards"))),
    path("helpers/people/", include((persons, "persons"))),
]
