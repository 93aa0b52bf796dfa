"""The last step of every way in: allauth opens the session, and the person is where he wanted to go."""

from allauth.account.internal.flows.logout import logout
from allauth.account.utils import perform_login
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

from jinba.accounts import proof
from jinba.accounts.models import User


def enter(request: HttpRequest, user: User, *, otherwise: str = "") -> HttpResponse:
    """Sign the user in and send him on: to the kept address, else to `otherwise`, else to his desk.

    Another user of this browser is signed out first, with all that his session holds.
    """
    wanted = proof.next_url(request) or otherwise or resolve_url(settings.LOGIN_REDIRECT_URL)
    if request.user.is_authenticated and request.user.pk != user.pk:
        phone = proof.proven_phone(request)
        logout(request, show_message=False)
        if phone:
            proof.remember_proven(request, phone=phone)
    request.session.pop(proof.PURPOSE, None)
    return perform_login(request, user, redirect_url=wanted)


def leave(request: HttpRequest) -> None:
    """Sign out: the session and all it held are gone."""
    logout(request, show_message=False)
    request.session.flush()
