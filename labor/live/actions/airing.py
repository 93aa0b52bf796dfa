"""Going on air, and off it for good: with a replay, or without one."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from employers.models import Employer, Licence
from jinba.core.errors import Refused
from jinba.core.later import later
from jinba.core.locks import locked_one, patient
from labor.live import gates
from labor.live.actions import entries, studios, telling
from labor.live.actions.history import must_move, shift
from labor.live.choices import OVER, EntryKind, Side, State
from labor.live.crew import side_of
from labor.live.models import LiveSession, Part, Pin, Room, StreamKey

EARLIEST = timedelta(minutes=30)  # before the time that was announced
NOT_YOURS = "这场直播不是您的，不能操作。"
NO_REASON = "请写一句为什么中止。"
ENDED_BEFORE = "这场直播已经结束，不能再中止。不该留下的回放，请到报告里撤下。"


def opens_at(*, session: LiveSession) -> datetime:
    """From when on it may go live."""
    return session.starts_at - EARLIEST


@patient
def go_live(*, session: LiveSession, by: Any) -> LiveSession:
    """Viewers may come in and watch: everything that the law asks for is in force now, and kept as it was now.

    A second tap, or a second device of the crew, finds it live and changes nothing.
    """
    session = locked_one(LiveSession.objects.all(), pk=session.pk)
    side = _side(session, by)
    if session.state == State.LIVE:
        return session
    must_move(session=session, to=State.LIVE, side=side)
    now = timezone.now()
    if now < opens_at(session=session):
        raise Refused(f"还没到时间。最早 {timezone.localtime(opens_at(session=session)):%m月%d日 %H:%M} 可以开播。")
    if now >= session.ends_at:
        raise Refused("预告的时间已经过了，不能再开播。请改时间，重新提交审核。")
    if lacks := gates.problems(session):
        raise Refused(lacks[0])
    shift(session=session, to=State.LIVE, side=side, by=by, live_at=now, licences=snapshot(session=session))
    entries.add(session_id=session.pk, kind=EntryKind.STARTED)
    later("labor.live.tasks.call_reserved", session_id=session.pk)
    return session


@patient
def end(*, session: LiveSession, by: Any) -> LiveSession:
    """It is over, and the replay is made. `by` None is the system: nobody sent a picture any more."""
    return _stop(session, by, to=State.ENDED, reason="")


@patient
def abort(*, session: LiveSession, by: Any, reason: str) -> LiveSession:
    """It must not go on: over at once, without replay, and the reason is kept. The crew hears of what it did not do.

    `by` None is the system: nobody may recruit by it any more.
    """
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise Refused(NO_REASON, field="reason")
    return _stop(session, by, to=State.ABORTED, reason=reason)


def _stop(session: LiveSession, by: Any, *, to: State, reason: str) -> LiveSession:
    session = locked_one(LiveSession.objects.all(), pk=session.pk)
    side = _side(session, by)
    if session.state in OVER and session.live_at is not None:
        if to == State.ABORTED and session.state != State.ABORTED:
            raise Refused(ENDED_BEFORE)
        return session
    must_move(session=session, to=to, side=side)
    now = timezone.now()
    Pin.objects.filter(session=session, to_at__isnull=True).update(to_at=now)
    # Whoever still sends pictures sees that his part ended, and stops.
    Part.objects.filter(session=session, ended_at__isnull=True).update(ended_at=now)
    StreamKey.objects.filter(session=session, ended_at__isnull=True).update(ended_at=now)
    event = shift(session=session, to=to, side=side, by=by, reason=reason, ended_at=now)
    entries.add(session_id=session.pk, kind=EntryKind.ENDED)
    Room.objects.filter(pk=session.pk).update(is_on_air=False)
    studios.release(session=session)
    if to == State.ENDED:
        later("labor.live.tasks.make_replay", session_id=session.pk)
    elif side != Side.CREW:
        telling.stopped(session=session, event=event)
    return session


def _side(session: LiveSession, by: Any) -> Side:
    side = side_of(session=session, user=by)
    if side is None:
        raise Refused(NOT_YOURS)
    return side


def snapshot(*, session: LiveSession) -> list[dict[str, Any]]:
    """Under which papers it went on air: the licences of the zone and of agencies, the verification of each employer.

    Kept with the session, because papers are replaced and this has to be shown years later.
    """
    employers = Employer.objects.filter(
        Q(pk=session.host_id) | Q(postings__live_cards__session=session, postings__live_cards__removed_at__isnull=True)
    ).distinct()
    licences = Licence.objects.valid().to_place().filter(Q(employer__isnull=True) | Q(employer__in=employers))
    return [
        *(
            {
                "kind": "licence", "employer": licence.employer_id, "holder": licence.holder, "number": licence.number,
                "from": licence.valid_from.isoformat(), "to": licence.valid_to.isoformat(),
            }
            for licence in licences.order_by("pk")
        ),
        *(
            {
                "kind": "employer", "employer": employer.pk, "holder": employer.name, "number": employer.uscc or "",
                "from": _day(employer.verified_at), "to": _day(employer.verified_until),
            }
            for employer in employers.order_by("pk")
        ),
    ]  # fmt: skip


def _day(moment: datetime | None) -> str:
    return timezone.localtime(moment).date().isoformat() if moment else ""
