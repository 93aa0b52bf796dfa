"""The employer's addresses, mounted under /employers/."""

from django.urls import path

from labor.applications.views import applicants as views

app_name = "applicants"
urlpatterns = [
    path("postings/<int:posting_id>/board/", views.board, name="board"),
    path("postings/<int:posting_id>/board/move/", views.bulk, name="bulk"),
    path("applicants/<int:pk>/", views.detail, name="detail"),
    path("applicants/<int:pk>/move/", views.move, name="move"),
    path("applicants/<int:pk>/reveal/", views.reveal, name="reveal"),
]
