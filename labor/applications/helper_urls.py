"""A helper applies for his people, mounted under /helpers/."""

from django.urls import path

from labor.applications.views import acting

app_name = "acting"
urlpatterns = [
    path("people/<int:pk>/apply/<int:posting_id>/", acting.apply_for, name="apply"),
    path("postings/<int:posting_id>/", acting.choose, name="choose"),
]
