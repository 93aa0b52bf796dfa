from django.urls import path

from labor.applications.views import mine as views
from labor.applications.views import newcomer, together

app_name = "applications"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("new/<int:posting_id>/", views.apply, name="apply"),
    path("new/<int:posting_id>/start/", newcomer.start, name="start"),
    path("new/<int:posting_id>/together/<int:group_id>/", together.apply, name="apply_together"),
    path("together/<int:pk>/", together.detail, name="together"),
    path("companions/<int:pk>/", together.companion, name="companion"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/answer/", views.answer, name="answer"),
    path("invitations/<int:pk>/decline/", views.decline_invitation, name="decline_invitation"),
]
