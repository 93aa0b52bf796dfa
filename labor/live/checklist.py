"""A session's plan as its crew reads it: what is in order, what is missing, and what comes next."""

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from jinba.core.spoken import near, when
from labor.live import gates
from labor.live.choices import Side, State
from labor.live.models import LiveSession

OPENS_BEFORE = timedelta(minutes=30)
LABELS = {
    gates.Part.TIME: "时间",
    gates.Part.HOST: "主办单位认证",
    gates.Part.LICENCE: "本站的许可证",
    gates.Part.CARDS: "岗位",
    gates.Part.CREW: "主播和场控",
    gates.Part.PLAN: "应急预案",
    gates.Part.APPROVAL: "审核",
    gates.Part.REHEARSAL: "彩排",
}
# Where each is put right, and the words of the link.
PLACES = {
    gates.Part.TIME: ("studio:edit", "改时间"),
    gates.Part.CARDS: ("studio:cards", "选岗位"),
    gates.Part.CREW: ("studio:crew", "请主播"),
    gates.Part.PLAN: ("studio:edit", "写预案"),
    gates.Part.REHEARSAL: ("studio:rehearsal", "去彩排"),
}


def checklist(session: LiveSession, lines: list[gates.Line], *, may_plan: bool) -> list[dict[str, Any]]:
    """Each line with `label`, `look` (good, bad, later), `texts`, and where it is put right."""
    shown = []
    for line in lines:
        place, words = PLACES.get(line.part, ("", ""))
        may_go = may_plan or line.part == gates.Part.REHEARSAL
        shown.append({
            "label": LABELS[line.part],
            "look": "good" if not line.problems else "later" if _may_wait(session, line.part) else "bad",
            "texts": line.problems,
            "url": reverse(place, args=[session.pk]) if place and may_go and session.is_coming else "",
            "link_text": words if line.problems else "看看",
        })  # fmt: skip
    return shown


def _may_wait(session: LiveSession, part: gates.Part) -> bool:
    """Not wanted before the officer has looked at it."""
    return part not in gates.TO_REVIEW and session.state in (State.PLANNED, State.REVIEW)


def next_step(session: LiveSession, lines: list[gates.Line]) -> tuple[str, str]:
    """What comes next: a title and a sentence."""
    missing = sum(bool(line.problems) for line in lines if line.part in gates.TO_REVIEW)
    is_rehearsed = not any(line.problems for line in lines if line.part == gates.Part.REHEARSAL)
    opens = session.starts_at - OPENS_BEFORE
    if session.state == State.PLANNED:
        if why := _why_returned(session):
            title = f"退回修改，还差 {missing} 项" if missing else "退回修改"
            return title, f"审核人员说：“{why}”。改好以后再提交一次。"
        if missing:
            return f"还差 {missing} 项", "下面标红的办好以后，就能提交审核。"
        return "可以提交审核了", "审核通过就在“直播”页面预告，大家可以预约。"
    if session.state == State.REVIEW:
        return (
            "正在审核",
            "审核人员会看岗位、主播和应急预案，有结果发消息告诉您。要改先撤回，或者直接改，改了要重新提交。",
        )
    if session.state == State.ANNOUNCED:
        if missing:
            return "开不了播，有几处要先办好", "通过审核以后情况变了，下面标红的办好才能开播。"
        if not is_rehearsed:
            return "先彩排", "开播前彩排一次：画面、声音、网络都试过，才能开播。"
        if timezone.now() < opens:
            return "等开播", f"{near(opens, timezone.now())}起可以进直播间开播。"
        return "可以开播了", "进直播间，看好预览画面再开播。"
    if session.state == State.LIVE:
        return "正在直播", "主播和场控都在直播间里操作。"
    if session.state == State.CANCELLED:
        return "这场取消了", session.state_reason
    if session.state == State.ABORTED:
        return "这场中止了", session.state_reason
    return "这场播完了", "看的人、提问、报名都在报告里；回放一直可以报名。"


def _why_returned(session: LiveSession) -> str:
    """What the officer wants changed, until it is handed in again."""
    last = session.events.last() if session.state_reason else None
    return last.reason if last and last.side == Side.OFFICER else ""


def history(session: LiveSession) -> list[dict[str, Any]]:
    """What happened, the last first, for the component of steps."""
    steps = []
    for event in reversed(session.events.select_related("by")):
        who = {Side.OFFICER: "审核人员", Side.SYSTEM: "系统"}.get(Side(event.side), event.by.name if event.by else "")
        steps.append({
            "title": _happened(event.from_state, event.to_state, event.side),
            "state": "bad" if event.to_state in (State.ABORTED, State.CANCELLED) else "done",
            "when": f"{when(event.at)} {who or '主办方'}",
            "text": event.reason,
        })  # fmt: skip
    return steps


def _happened(start: str, end: str, side: str) -> str:
    if end == State.PLANNED:
        if not start:
            return "建好了"
        return "退回修改" if side == Side.OFFICER else "撤回修改"
    return {
        State.REVIEW: "提交审核", State.ANNOUNCED: "通过审核，开始预告", State.LIVE: "开播", State.ENDED: "结束",
        State.REPLAY: "有了回放", State.ABORTED: "中止", State.CANCELLED: "取消",
    }[State(end)]  # fmt: skip


def can_open(session: LiveSession, now: datetime) -> bool:
    """Whether the console is the next place to go."""
    return session.is_on or (session.state == State.ANNOUNCED and now >= session.starts_at - OPENS_BEFORE)
