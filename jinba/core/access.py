"""Who may pass a view's door. Without one of these marks a view asks for sign-in (LoginRequiredMiddleware)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]


def public(view: View) -> View:
    """Anyone may pass, signed in or not."""
    view.allowed_roles = None  # type: ignore[attr-defined]
    return login_not_required(view)


def roles(*allowed: str) -> Callable[[View], View]:
    """Signed-in users with one of the roles may pass; others get 403, anonymous ones the sign-in page."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.role not in allowed:  # type: ignore[union-attr]
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.allowed_roles = frozenset(allowed)  # type: ignore[attr-defined]
        return guarded

    return decorate
