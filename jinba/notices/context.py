from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from jinba.notices.models import Notice


def count_unread(user: Any) -> int:
    """How many notices wait for the user; nobody needs to know how far beyond 99."""
    return min(Notice.objects.of(user).unread()[:100].count(), 99)


def unread(request: HttpRequest) -> dict[str, object]:
    """How many notices wait for the signed-in user; asked of the database only where a template shows it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"unread_notices": 0}
    return {"unread_notices": SimpleLazyObject(lambda: count_unread(user))}
