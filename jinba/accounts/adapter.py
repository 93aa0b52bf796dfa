from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """allauth signs staff in by password and opens every session; nobody registers through its own pages."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
