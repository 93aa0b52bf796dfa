"""Interviews on pages that stand below this floor and so do not know of them: an application's, the list of them."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from labor.interviews.cards import Card, card_of, listed, next_of
from labor.interviews.models import Interview

OF_ONE = ("applications:detail", "applicants:detail", "applicants:move")
OF_ALL = ("applications:mine",)


def interviews_beside(request: HttpRequest) -> dict[str, Any]:
    """The application's interview, or the next ones of the reader; asked of the database only where they are shown."""
    user, found = getattr(request, "user", None), request.resolver_match
    if found is None or user is None or not user.is_authenticated:
        return {}
    if found.view_name in OF_ONE:
        return {"its_interview": SimpleLazyObject(lambda: interview_of(user, found.kwargs["pk"]))}
    if found.view_name in OF_ALL:
        return {"next_interviews": SimpleLazyObject(lambda: next_of(user))}
    return {}


def interview_of(user: Any, application_id: int) -> Card | None:
    """The one that is open, else the last."""
    rows = listed(Interview.objects.seen_by(user)).filter(application=application_id)
    found = sorted(rows.order_by("-pk")[:5], key=lambda one: not one.is_open)
    return card_of(found[0], reader=user, now=timezone.now()) if found else None
