from django.contrib.admin.apps import AdminConfig


class JinbaAdminConfig(AdminConfig):
    default_site = "jinba.admin.JinbaAdminSite"
