from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from jinba.notices.models import Notice


def unread(request: HttpRequest) -> dict[str, object]:
    """How many notices wait for the signed-in user; asked of the database only where a template shows it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"unread_notices": 0}
    return {"unread_notices": SimpleLazyObject(lambda: min(Notice.objects.of(user).unread()[:100].count(), 99))}
