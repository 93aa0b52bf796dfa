from django.urls import path

from labor.workers.views import batches

app_name = "batches"
urlpatterns = [
    path("", batches.batch_list, name="list"),
    path("template/", batches.template, name="template"),
    path("<int:pk>/", batches.detail, name="detail"),
    path("<int:pk>/progress/", batches.progress, name="progress"),
    path("<int:pk>/choose/", batches.choose, name="choose"),
    path("<int:pk>/confirm/", batches.confirm, name="confirm"),
    path("<int:pk>/drop/", batches.drop, name="drop"),
    path("<int:pk>/report/", batches.report, name="report"),
]
