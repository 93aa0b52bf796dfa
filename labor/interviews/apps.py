from django.apps import AppConfig


class InterviewsConfig(AppConfig):
    name = "labor.interviews"
    label = "interviews"
    verbose_name = "面试"
