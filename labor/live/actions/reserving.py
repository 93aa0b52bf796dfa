"""Who wants to be told of a session, and the telling: before it, at its start, when it moves or falls through."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from jinba.core.errors import Refused
from jinba.core.locks import Busy, locked_one, patient
from jinba.core.spoken import when
from jinba.notices.actions import recall, tell_all
from labor.live.choices import State
from labor.live.models import LiveSession, Reservation, SessionEvent

BEFORE = timedelta(minutes=15)
AT_ONCE = 500  # people told within one transaction


@patient
def reserve(*, session: LiveSession, by: Any) -> Reservation:
    """Tell `by` before it starts; a second tap is the same reservation. Refused unless it is announced.

    The session stays locked until the reservation is there, so that whoever calls it off or moves it tells him too.
    """
    session = locked_one(LiveSession.objects.only("state"), pk=session.pk)
    if session.state != State.ANNOUNCED:
        raise Refused("这场直播现在不用预约。")
    return Reservation.objects.get_or_create(session=session, user=by)[0]


def give_up(*, session: LiveSession, by: Any) -> None:
    """He will not be told; nothing happens when he never asked."""
    Reservation.objects.filter(session=session, user=by).delete()


def remind() -> int:
    """Tell who reserved that it begins within a quarter of an hour; returns how many were told. Once for each time.

    A session that was moved is reminded of anew: the reservation remembers for which start that was.
    """
    now = timezone.now()
    soon = LiveSession.objects.filter(state=State.ANNOUNCED, starts_at__gt=now, starts_at__lte=now + BEFORE)
    told = 0
    for session in soon:
        rows = session.reservations.filter(Q(reminded_for__isnull=True) | ~Q(reminded_for=session.starts_at))
        told += _by_lots(session, _say_soon, rows, reminded_for=session.starts_at)
    return told


def call(*, session_id: int) -> int:
    """Tell who reserved that it is on air; returns how many were told. Each is told once, whoever asks how often."""
    session = LiveSession.objects.get(pk=session_id)
    if session.state != State.LIVE:
        return 0
    rows = session.reservations.filter(called_at__isnull=True)
    return _by_lots(session, _say_started, rows, called_at=timezone.now())


def call_all() -> int:
    """What `call` has still to tell: letters that were lost."""
    waiting = Reservation.objects.filter(called_at__isnull=True, session__state=State.LIVE)
    return sum(call(session_id=pk) for pk in waiting.values_list("session_id", flat=True).distinct())


def tell_moved(*, session: LiveSession, event: SessionEvent) -> int:
    """An announced session has another time now, by this event; part of the action that moves it.

    However often it moves, and back: each time is told, and each is reminded of anew.
    """
    _recall_moved(session, "又改了时间")
    session.reservations.update(reminded_for=None)
    return tell_all(
        recipient_ids=_readers(session),
        kind="live.moved",
        dedupe_key=_moved_key(session, event.pk),
        title=f"直播改时间了：{session.title}",
        body=f"改到{when(session.starts_at)}。开播前我们再提醒您。",
        url=session.get_absolute_url(),
    )


def tell_cancelled(*, session: LiveSession) -> int:
    """An announced session will not be; part of the action that cancels it."""
    _recall_moved(session, "直播取消了")
    return tell_all(
        recipient_ids=_readers(session),
        kind="live.cancelled",
        dedupe_key=f"live:{session.pk}:cancelled",
        title=f"直播取消了：{session.title}",
        body=f"原定{when(session.starts_at)}的直播不办了。{session.state_reason}".rstrip(),
        url="/live/",
    )


def stop_reminding(*, session: LiveSession) -> None:
    """What was announced may change, or will not be: reminders that are still in the house stay there."""
    recall(kind="live.soon", dedupe_keys=[_soon_key(session)], why="直播的时间不算了")


def _readers(session: LiveSession) -> list[int]:
    return list(session.reservations.values_list("user_id", flat=True))


def _say_soon(session: LiveSession, readers: list[int]) -> int:
    return tell_all(
        recipient_ids=readers,
        kind="live.soon",
        dedupe_key=_soon_key(session),
        title=f"快开播了：{session.title}",
        body=f"{when(session.starts_at)}，{session.host_name}。点开就能看，可以直接问工资和住宿。",
        url=session.get_absolute_url(),
    )


def _say_started(session: LiveSession, readers: list[int]) -> int:
    return tell_all(
        recipient_ids=readers,
        kind="live.started",
        dedupe_key=f"live:{session.pk}:started",
        title=f"开播了：{session.title}",
        body=f"{session.host_name}正在直播，点开就能看。",
        url=session.get_absolute_url(),
    )


def _soon_key(session: LiveSession) -> str:
    """One for each announcement: who gives up and reserves again is not reminded twice."""
    return f"live:{session.pk}:soon:{session.approved_at or session.starts_at:%Y%m%d%H%M%S%f}"


def _moved_key(session: LiveSession, event_id: int) -> str:
    return f"live:{session.pk}:moved:{event_id}"


def _recall_moved(session: LiveSession, why: str) -> None:
    """Texts of an earlier move that wait for the morning would only mislead."""
    announced = session.events.filter(to_state=State.ANNOUNCED).values_list("pk", flat=True)
    recall(kind="live.moved", dedupe_keys=[_moved_key(session, pk) for pk in announced], why=why)


def _by_lots(
    found: LiveSession, say: Callable[[LiveSession, list[int]], int], rows: "QuerySet[Reservation]", **done: Any
) -> int:
    """Mark the rows as `done` and say it to their users, lot by lot: a lot in the transaction that marks it.

    The session is locked and looked at for each lot: nobody hears of what was moved or called off meanwhile.
    """
    told = 0
    while True:
        try:
            count = _next_lot(found, say, rows, done)
        except Busy:  # somebody is at it; the next beat goes on
            return told
        if count is None:
            return told
        told += count


@transaction.atomic
def _next_lot(
    found: LiveSession,
    say: Callable[[LiveSession, list[int]], int],
    rows: "QuerySet[Reservation]",
    done: dict[str, Any],
) -> int | None:
    """For how many it was new; None when nobody is left, or it is not so any more."""
    session = locked_one(LiveSession.objects.select_related("host"), pk=found.pk)
    if (session.state, session.starts_at) != (found.state, found.starts_at):
        return None
    waiting = rows.select_for_update(skip_locked=True, of=("self",)).order_by("pk")
    lot = list(waiting.values_list("pk", "user_id")[:AT_ONCE])
    if not lot:
        return None
    Reservation.objects.filter(pk__in=[pk for pk, _ in lot]).update(**done)
    return say(session, [user_id for _, user_id in lot])
