"""The employer's interviews: what comes, what waits for a time, a week at a glance, what has been."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from employers.models import JobPosting, Member
from employers.views.doors import members
from jinba.core.spoken import by_day
from jinba.core.time_fields import moment
from labor.interviews import agenda
from labor.interviews.forms.listing import ListForm
from labor.interviews.models.interviews import InterviewQuerySet
from labor.interviews.views.rows import Line, lines

ON_PAGE, MISSING_SHOWN, IN_WEEK, IN_LIST = 40, 8, 200, 100
TABS = (("", "接下来"), ("open", "还没定时间"), ("week", "按周看"), ("past", "以前的"))


@members
@require_GET
def interview_list(request: HttpRequest, member: Member) -> HttpResponse:
    """Today first; `?show=` turns to what has no time yet, to a week or to what has been."""
    now, show = timezone.now(), request.GET.get("show", "")
    show = show if show in dict(TABS) else ""
    form = _filters(request, member)
    rows = agenda.rows_of(request.user)
    if recruiter := form.chosen.get("recruiter"):
        rows = rows.filter(recruiter=recruiter)
    if posting := form.chosen.get("posting"):
        rows = rows.filter(application__posting=posting)
    kept = {name: str(value) for name, value in form.chosen.items()}
    pages: dict[str, Callable[..., dict[str, Any]]] = {"": _coming, "open": _open, "week": _week, "past": _past}
    missing = list(agenda.without_result(rows, now)[: MISSING_SHOWN + 1]) if show in ("", "past") else []
    context = {
        "show": show,
        "form": form,
        "kept": kept,
        "clear_url": _address(show, {}) if kept else "",
        "tabs": [{"text": text, "href": _address(key, kept), "current": key == show} for key, text in TABS],
        "missing": lines(missing[:MISSING_SHOWN], request.user, now),
        "more_missing": len(missing) > MISSING_SHOWN,
        **pages[show](request, rows, kept, now),
    }
    return render(request, "interviewing/list.html", context)


def _address(show: str, kept: dict[str, str], **more: str) -> str:
    query = urlencode({**({"show": show} if show else {}), **kept, **more})
    return reverse("interviewing:list") + (f"?{query}" if query else "")


def _filters(request: HttpRequest, member: Member) -> ListForm:
    colleagues = Member.objects.filter(employer=member.employer).values_list("user_id", "user__name")
    asked_for = JobPosting.objects.filter(employer=member.employer, sittings__isnull=False).distinct()
    return ListForm(
        request.GET,
        recruiters=[(pk, name or "没有写姓名") for pk, name in colleagues],
        postings=asked_for.order_by("-pk").values_list("pk", "title")[:IN_LIST],
    )


def _coming(request: HttpRequest, rows: InterviewQuerySet, kept: dict[str, str], now: datetime) -> dict[str, Any]:
    found = agenda.coming(rows, now)
    since, after = _read_time(request.GET.get("since", "")), request.GET.get("after", "")
    if since and after.isascii() and after.isdigit() and len(after) < 19:
        found = found.filter(Q(starts_at__gt=since) | Q(starts_at=since, pk__gt=int(after)))
    page = list(found[: ON_PAGE + 1])
    next_url = ""
    if len(page) > ON_PAGE:
        last = page[ON_PAGE - 1]
        assert last.starts_at is not None
        next_url = _address("", kept, since=last.starts_at.isoformat(), after=str(last.pk))
    # People of a queue all come for its whole time: they stand in the order in which they are called.
    shown = sorted(page[:ON_PAGE], key=lambda row: (row.starts_at, row.sitting_id, row.queue_number or 0))
    return {"days": by_day(lines(shown, request.user, now), now), "next_url": next_url}


def _open(request: HttpRequest, rows: InterviewQuerySet, kept: dict[str, str], now: datetime) -> dict[str, Any]:
    page = list(agenda.without_time(rows)[: IN_LIST + 1])
    return {"waiting": lines(page[:IN_LIST], request.user, now), "more_waiting": len(page) > IN_LIST}


def _week(request: HttpRequest, rows: InterviewQuerySet, kept: dict[str, str], now: datetime) -> dict[str, Any]:
    """Monday to Sunday around `?day=`."""
    today = timezone.localdate(now)
    day = _read_day(request.GET.get("day", "")) or today
    monday = day - timedelta(days=day.weekday())
    week = [monday + timedelta(days=number) for number in range(7)]
    found = agenda.standing(rows, _midnight(monday), _midnight(monday + timedelta(days=7)))
    by_date: dict[date, list[Line]] = {day: [] for day in week}
    for one in lines(found[:IN_WEEK], request.user, now):
        assert one.starts_at is not None
        by_date[timezone.localdate(one.starts_at)].append(one)
    return {
        "week": [
            {"title": f"周{'一二三四五六日'[day.weekday()]} {day.month}/{day.day}", "key": day.isoformat(),
             "is_today": day == today, "lines": by_date[day]}
            for day in week
        ],
        "week_words": f"{_plain(monday)} 到 {_plain(week[-1])}",
        "earlier_url": _address("week", kept, day=(monday - timedelta(days=7)).isoformat()),
        "later_url": _address("week", kept, day=(monday + timedelta(days=7)).isoformat()),
    }  # fmt: skip


def _past(request: HttpRequest, rows: InterviewQuerySet, kept: dict[str, str], now: datetime) -> dict[str, Any]:
    """One month; of this one, what was before today."""
    today = timezone.localdate(now)
    first = (_read_day(request.GET.get("month", "") + "-01") or today).replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    until = min(_midnight(following), agenda.day_began(now))
    found = agenda.gone_by(rows, _midnight(first), until)
    since, before = _read_time(request.GET.get("since", "")), request.GET.get("before", "")
    if since and before.isascii() and before.isdigit() and len(before) < 19:
        found = found.filter(Q(starts_at__lt=since) | Q(starts_at=since, pk__lt=int(before)))
    page = list(found[: ON_PAGE + 1])
    next_url = ""
    if len(page) > ON_PAGE:
        last = page[ON_PAGE - 1]
        assert last.starts_at is not None
        more = {"since": last.starts_at.isoformat(), "before": str(last.pk)}
        next_url = _address("past", kept, month=f"{first:%Y-%m}", **more)
    return {
        "days": by_day(lines(page[:ON_PAGE], request.user, now), now),
        "month_words": f"{first.year} 年 {first.month} 月",
        "earlier_url": _address("past", kept, month=f"{first - timedelta(days=1):%Y-%m}"),
        "later_url": _address("past", kept, month=f"{following:%Y-%m}") if following <= today else "",
        "next_url": next_url,
    }


def _plain(day: date) -> str:
    return f"{day.month} 月 {day.day} 日"


def _midnight(day: date) -> datetime:
    return moment(day, datetime.min.time())


def _read_day(text: str) -> date | None:
    """A day that can be reckoned with: a mangled address shows this week or month."""
    try:
        found = parse_date(text)
    except ValueError:
        return None
    return found if found and 2000 <= found.year <= 2200 else None


def _read_time(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found and timezone.is_aware(found) and 2000 <= found.year <= 2200 else None
