from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "jinba.accounts"
    label = "accounts"
    verbose_name = "账号"
