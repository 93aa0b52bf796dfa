"""What is on air, for public pages that stand below this floor and so do not know of it."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from labor.live import listing
from labor.live.models import LiveApplication

SHOWN_ON = ("home", "dashboards:home")


def live_strip(request: HttpRequest) -> dict[str, Any]:
    """`live_now`: the session of `components/live_strip.html`; asked for only where it is shown."""
    found = request.resolver_match
    if found is None or found.view_name not in SHOWN_ON:
        return {}
    return {"live_now": SimpleLazyObject(listing.now)}


def came_from_live(request: HttpRequest) -> dict[str, Any]:
    """`came_from_live`: the session out of which an applicant came, on his page; asked for only where it is shown."""
    found = request.resolver_match
    if found is None or found.view_name != "applicants:detail":
        return {}
    rows = LiveApplication.objects.select_related("session")
    return {"came_from_live": SimpleLazyObject(lambda: rows.filter(pk=found.kwargs["pk"]).first())}
