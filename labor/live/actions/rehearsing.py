"""The rehearsal: what was tried, with what came of it. Only a whole one lets a session go live."""

from typing import Any

from django.utils import timezone

from jinba.core.errors import Refused
from jinba.core.locks import locked_one, patient
from labor.live import gates
from labor.live.choices import State
from labor.live.crew import is_crew
from labor.live.models import LiveSession

NOT_YOURS = "这场直播由主播和场控彩排。"
ENOUGH = 1_000  # kbit/s up; the picture of a phone takes about 800
# What is confirmed by hand, in all ways of sending a picture.
SAID = {"plan_read": "应急预案大家都看过", "links_tried": "每个岗位的工资、住宿都核对过"}


class Way:
    BROWSER, ENCODER, ELSEWHERE = "browser", "encoder", "elsewhere"


# What each way of sending a picture has to try; a key is kept with True or False.
ITEMS: dict[str, dict[str, str]] = {
    Way.BROWSER: {"camera": "看得见画面", "microphone": "听得见声音", "upload": "上传速度够"},
    Way.ENCODER: {"encoder": "推流软件连上过，画面和声音都正常"},
    Way.ELSEWHERE: {"elsewhere": "平台那边能开播，链接点得开"},
}


def items_of(*, session: LiveSession, way: str) -> dict[str, str]:
    """What is to be tried and confirmed, by key, in order."""
    return {**ITEMS[way_of(session=session, way=way)], **SAID}


def way_of(*, session: LiveSession, way: str) -> str:
    if session.is_elsewhere:
        return Way.ELSEWHERE
    return Way.ENCODER if way == Way.ENCODER else Way.BROWSER


@patient
def rehearse(*, session: LiveSession, by: Any, way: str, results: dict[str, bool], upload_kbps: int = 0) -> LiveSession:
    """Write down what was tried; it counts as rehearsed when all of it is well, the rundown and the plan too.

    What is missing is kept in `rehearsal["missing"]`. Of an upload the measured speed decides, not the tick.
    """
    session = locked_one(LiveSession.objects.select_related("host"), pk=session.pk)
    if not is_crew(session=session, user=by):
        raise Refused(NOT_YOURS)
    if session.state not in (State.PLANNED, State.REVIEW, State.ANNOUNCED, State.LIVE):
        raise Refused(f"这场直播{session.get_state_display()}，不用彩排了。")
    way = way_of(session=session, way=way)
    wanted = items_of(session=session, way=way)
    kept = {key: results.get(key) is True for key in wanted}
    if "upload" in kept:
        kept["upload"] = upload_kbps >= ENOUGH
    missing = [words for key, words in wanted.items() if not kept[key]]
    lines = {line.part: line.problems for line in gates.lines(session)}
    problems = lines[gates.Part.CARDS] + lines[gates.Part.PLAN]
    now = timezone.now()
    is_whole = not missing and not problems
    session.rehearsal = {
        "way": way, "at": now.isoformat(), "by": by.pk, "results": kept, "upload_kbps": min(upload_kbps, 10**6),
        "missing": missing + problems,
    }  # fmt: skip
    session.rehearsed_at = now if is_whole else None
    session.save(update_fields=["rehearsal", "rehearsed_at", "updated_at"])
    return session
