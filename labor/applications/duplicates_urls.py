from django.urls import path

from labor.applications.views import duplicates

app_name = "duplicates"
urlpatterns = [
    path("", duplicates.pair_list, name="list"),
    path("<int:pk>/", duplicates.pair_detail, name="detail"),
]
