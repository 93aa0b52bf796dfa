"""Interviews in people's own calendars: one file an interview, and a feed behind a secret address."""

import hashlib
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jinba.accounts.choices import Role
from jinba.core.access import public, roles
from labor.interviews.actions import feeds
from labor.interviews.calendars import MOST, calendar_of, entries_of, times_of, with_names
from labor.interviews.models import CalendarFeed, Interview

HOLDERS = (Role.SEEKER, Role.EMPLOYER, Role.BROKER, Role.PARK)
CALENDAR = "text/calendar; charset=utf-8"


@roles(*HOLDERS)
@require_safe
def calendar_file(request: HttpRequest, pk: int) -> HttpResponse:
    """One interview for the reader's calendar; read again after a change it replaces what is there."""
    interview = get_object_or_404(with_names(Interview.objects.seen_by(request.user)), pk=pk)
    if times_of(interview) is None:
        raise Http404
    response = HttpResponse(calendar_of([interview], reader=request.user), content_type=CALENDAR)
    response.headers["Content-Disposition"] = f'inline; filename="interview-{interview.pk}.ics"'
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@public
@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """What a calendar program reads, without signing in: the address is the key."""
    found = feeds.owner_of(secret=secret)
    if found is None or found.user.role not in HOLDERS:
        raise Http404
    reader, now = found.user, timezone.now()
    rows = with_names(entries_of(reader, now))[:MOST]
    body = calendar_of(rows, reader=reader, name=f"{settings.SITE['name']}面试")
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    changed = int(_changed_at(found, now).timestamp())
    response = HttpResponse(body, content_type=CALENDAR)
    response.headers["ETag"], response.headers["Last-Modified"] = etag, http_date(changed)
    response.headers["Cache-Control"] = "private, no-cache"
    return get_conditional_response(request, etag, changed, response) or response


def _changed_at(found: CalendarFeed, now: datetime) -> datetime:
    """When an entry last changed; what comes into the time or leaves it counts with the beginning of the day."""
    changed = Interview.objects.seen_by(found.user).aggregate(at=Max("updated_at"))["at"]
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return max(changed or midnight, midnight, found.made_at)


@roles(*HOLDERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """The user's feed: whether there is one; POST makes a new address, which is on the answer to it alone."""
    user: Any = request.user
    path = reverse("interviews:feed", args=[feeds.renew(by=user)]) if request.method == "POST" else ""
    url = settings.SITE_URL.rstrip("/") + path if path else ""
    context = {
        "base": FRAMES.get(user.role, "base_staff.html"),
        "made": CalendarFeed.objects.filter(user=user).first(),
        "url": url,
        # Phones hand this kind of address to their calendar.
        "subscribe_url": "webcal:" + url.partition(":")[2] if url else "",
        "back_url": reverse("interviews:mine") if user.role != Role.EMPLOYER else reverse("dashboards:home"),
        "back_text": "面试" if user.role != Role.EMPLOYER else "工作台",
    }
    return render(request, "interviews/calendar.html", context)


FRAMES = {Role.SEEKER: "base_seeker.html", Role.EMPLOYER: "base_employer.html"}


@roles(*HOLDERS)
@require_POST
def calendar_end(request: HttpRequest) -> HttpResponse:
    feeds.end(by=request.user)
    messages.success(request, "停用了，旧地址已经打不开。手机日历里原来的订阅可以删掉。")
    return redirect("interviews:calendar")
