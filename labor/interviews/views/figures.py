"""How the interviews went, for officers and the staff of the zone."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from jinba.accounts.choices import Role
from jinba.core.access import roles
from labor.interviews.choices import Mode
from labor.interviews.figures import DAYS, Figures, figures, troubled

CHOICES = (7, 30, 90)
BY_DAY = 7  # days that are drawn one by one; more are drawn as weeks


@roles(Role.PARK, Role.OFFICER, Role.ADMIN)
@require_safe
def line(request: HttpRequest) -> HttpResponse:
    """The last 7, 30 or 90 days: who came, and how good the line was. Nobody is named but firms."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, CHOICES) else DAYS
    last = timezone.localdate()
    first = last - timedelta(days=days - 1)
    found = figures(first=first, last=last)
    context = {
        "figures": found,
        "days": days,
        "tabs": [{"text": f"近 {n} 天", "href": f"?days={n}", "current": n == days} for n in CHOICES],
        "bars": _bars(found.by_day),
        "bars_of": "每天" if days <= BY_DAY else "每周",
        "outcomes": _outcomes(found),
        "line": _words(found),
        "troubled": troubled(first=first, last=last),
    }
    return render(request, "interviews/figures.html", context)


def _bars(by_day: list[tuple[date, int]]) -> list[dict[str, Any]]:
    """Days, or weeks where there are too many days to read."""
    if len(by_day) > BY_DAY:
        weeks = [by_day[at : at + 7] for at in range(0, len(by_day), 7)]
        rows = [(f"{week[0][0]:%-m月%-d日}起", sum(count for _, count in week)) for week in weeks]
    else:
        rows = [(f"{day:%-m月%-d日}", count) for day, count in by_day]
    most = max((count for _, count in rows), default=0) or 1
    return [{"label": label, "value": count, "percent": 100 * count / most} for label, count in rows]


def _outcomes(found: Figures) -> list[dict[str, Any]]:
    rows = [
        ("谈完了", found.held), ("求职者没来", found.missed_by_worker), ("企业没来", found.missed_by_employer),
        ("取消了", found.cancelled), ("还没到时间", found.coming),
    ]  # fmt: skip
    most = max(count for _, count in rows) or 1
    return [{"label": label, "value": count, "percent": 100 * count / most} for label, count in rows]


def _words(found: Figures) -> list[dict[str, Any]]:
    line, modes = found.line, found.modes
    drops = "—" if line.drops_per_hour is None else f"{line.drops_per_hour:.1f} 次"
    rows = [
        ("到场率", _percent(found.attendance), "该谈的里面，真的谈了的"),
        ("视频接通率", _percent(line.success), f"{line.calls} 场里接通 {line.connected} 场"),
        ("看到画面用时", _seconds(line.first_frame_p50), f"95% 不超过 {_seconds(line.first_frame_p95)}"),
        ("每小时断线", drops, f"共断 {line.drops} 次，重连 {line.restarts} 次"),
        ("经过中继", _percent(line.relay_share), "两边网络不能直连时"),
        ("只有声音", _percent(line.audio_only_share), "网络差，关了画面的时间"),
        ("改打电话", f"{line.by_phone} 场", "视频不行，面试照样办"),
        ("视频", f"{modes[Mode.VIDEO]} 场", f"电话 {modes[Mode.PHONE]} 场，现场 {modes[Mode.ONSITE]} 场"),
    ]
    return [{"label": label, "value": value, "note": note} for label, value, note in rows]


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{100 * share:.0f}%"


def _seconds(milliseconds: int | None) -> str:
    return "—" if milliseconds is None else f"{milliseconds / 1000:.1f} 秒"
