"""What the console's page is told: by the server when it opens; its scripts then ask the door `studio:desk`."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Max
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from labor.live import desk, encoders, gates
from labor.live.actions.airing import opens_at
from labor.live.choices import OVER, HideReason, Source, State
from labor.live.crew import is_crew
from labor.live.models import LiveSession

# The doors of the desk, by the name of their address.
DOORS = (
    "desk", "pin", "unpin", "announce", "slow", "answer", "hide", "show", "ban", "unban", "go_live", "end", "abort",
)  # fmt: skip
PAUSES = [(0, "不限制"), (3, "3 秒"), (10, "10 秒"), (30, "30 秒"), (60, "1 分钟"), (120, "2 分钟")]


def context(*, session: LiveSession, user: Any) -> dict[str, Any]:
    """All that `studio/console.html` shows."""
    is_over = session.state in OVER
    now_on = desk.desk(session)
    crew = is_crew(session=session, user=user)
    return {
        "session": session,
        "desk": {**now_on, "over": is_over},
        "doors": doors_of(session),
        "state": _state(session, now_on, crew),
        "lacks": gates.problems(session) if session.state == State.ANNOUNCED else [],
        "is_crew": crew,
        "opens_at": timezone.localtime(opens_at(session=session)),
        "reasons": HideReason.choices,
        "pauses": _pauses(session.slow_seconds),
        "can_apply": any(card["open"] for card in now_on["cards"]),
        "summary": _summary(session, now_on) if is_over else [],
        "report_url": _address("studio:report", session) if session.live_at else "",
        "encoder": encoders.panel(session=session),
        "nothing": {},
    }


def doors_of(session: LiveSession) -> dict[str, str]:
    names = {f"studio:{name}": name for name in DOORS} | {"live:say": "say", "live:entries": "entries"}
    return {name: _address(address, session) for address, name in names.items()}


def _state(session: LiveSession, now_on: dict[str, Any], crew: bool) -> dict[str, Any]:
    """For the scripts."""
    last = session.parts.order_by("-number").values_list("source", "ended_at").first()
    return {
        **doors_of(session),
        "publish": f"/ws/live/{session.pk}/publish/",
        "plan": reverse("studio:plan", args=[session.pk]),
        "id": session.pk,
        "state": session.state,
        "mode": "encoder" if last and last[0] == Source.ENCODER else "browser",
        "is_elsewhere": session.is_elsewhere,
        "is_crew": crew,
        "live_at": session.live_at.isoformat() if session.live_at else None,
        "now": timezone.now().isoformat(),
        "first": now_on,
    }


def _pauses(now: int) -> Iterable[tuple[int, str]]:
    """The pauses to choose from; one that was set elsewhere stands among them."""
    return PAUSES if now in dict(PAUSES) else sorted([*PAUSES, (now, f"{now} 秒")])


def _summary(session: LiveSession, now_on: dict[str, Any]) -> list[tuple[str, Any]]:
    """What the host wants to know first; the rest is in the report."""
    if session.live_at is None:
        return []
    seconds = int(((session.ended_at or timezone.now()) - session.live_at).total_seconds())
    audience = session.audience.aggregate(peak=Max("viewers"))["peak"] or 0
    return [
        ("播了多久", f"{max(1, seconds // 60)} 分钟"),
        ("看过的人", session.viewings.filter(is_replay=False).count()),
        ("最多同时在看", max(session.peak_viewers, audience)),
        ("点赞", now_on["likes"]),
        ("报名", now_on["applications"]),
    ]


def _address(name: str, session: LiveSession) -> str:
    try:
        return reverse(name, args=[session.pk])
    except NoReverseMatch:
        return ""
