"""Who passes the doors of an employer's pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from employers.models import Member
from jinba.accounts.choices import Role
from jinba.core.access import roles

View = Callable[..., HttpResponse]


def members(view: View) -> View:
    """Members of an employer pass and are handed over as `member`; who belongs to none yet goes to register."""

    @roles(Role.EMPLOYER)
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user: Any = request.user
        member = Member.objects.select_related("employer", "user").filter(user=user).first()
        if member is None:
            return redirect("employers:register")
        return view(request, member, *args, **kwargs)

    return guarded


def owners(view: View) -> View:
    """Only owners pass; recruiters get 403."""

    @wraps(view)
    def guarded(request: HttpRequest, member: Member, *args: Any, **kwargs: Any) -> HttpResponse:
        if not member.is_owner:
            raise PermissionDenied
        return view(request, member, *args, **kwargs)

    return members(guarded)


def wants_piece(request: HttpRequest) -> bool:
    """Whether htmx asks for a piece of the page; going back in history wants the whole."""
    htmx: Any = getattr(request, "htmx", False)
    return bool(htmx and not htmx.history_restore_request)
