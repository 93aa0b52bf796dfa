"""The worker's own agreements, mounted under /workers/me/consents/: what rests on them is told on this floor."""

from django.urls import path

from labor.applications.views import privacy

app_name = "consents"
urlpatterns = [
    path("", privacy.consents_list, name="list"),
    path("copy/", privacy.copy, name="copy"),
    path("erase/", privacy.erase, name="erase"),
    path("<int:pk>/withdraw/", privacy.withdraw, name="withdraw"),
    path("<str:purpose>/off/", privacy.off, name="off"),
    path("<str:purpose>/on/", privacy.on, name="on"),
]
