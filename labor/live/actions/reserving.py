"""Who wants to be told of a session, and the telling: before it, at its start, when it moves or falls through."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from jinba.core.errors import Refused
from jinba.core.later import later
from jinba.core.spoken import when
from jinba.notices.actions import tell_all
from labor.live.choices import State
from labor.live.models import LiveSession, Reservation

BEFORE = timedelta(minutes=15)
AT_ONCE = 500  # people told within one transaction


def reserve(*, session: LiveSession, by: Any) -> Reservation:
    """Tell `by` before it starts; a second tap is the same reservation. Refused unless it is announced."""
    if session.state != State.ANNOUNCED:
        raise Refused("这场直播现在不用预约。")
    try:
        with transaction.atomic():
            return Reservation.objects.get_or_create(session=session, user=by)[0]
    except IntegrityError:  # both taps of a double tap came this far
        return Reservation.objects.get(session=session, user=by)


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
    for session in soon.select_related("host"):
        rows = session.reservations.filter(Q(reminded_for__isnull=True) | ~Q(reminded_for=session.starts_at))
        told += _by_lots(partial(_say_soon, session), rows, reminded_for=session.starts_at)
    return told


def call(*, session_id: int) -> int:
    """Tell who reserved that it is on air; returns how many were told. Each is told once, whoever asks how often."""
    session = LiveSession.objects.select_related("host").get(pk=session_id)
    if session.state != State.LIVE:
        return 0
    rows = session.reservations.filter(called_at__isnull=True)
    return _by_lots(partial(_say_started, session), rows, called_at=timezone.now())


def call_all() -> int:
    """What `call` has still to tell: letters that were lost."""
    waiting = Reservation.objects.filter(called_at__isnull=True, session__state=State.LIVE)
    return sum(call(session_id=pk) for pk in waiting.values_list("session_id", flat=True).distinct())


def tell_moved(*, session: LiveSession) -> int:
    """An announced session has another time now; part of the action that moves it."""
    return tell_all(
        recipient_ids=_readers(session),
        kind="live.moved",
        dedupe_key=f"live:{session.pk}:moved:{session.starts_at:%Y%m%d%H%M}",
        title=f"直播改时间了：{session.title}",
        body=f"改到{when(session.starts_at)}。开播前我们再提醒您。",
        url=session.get_absolute_url(),
    )


def tell_cancelled(*, session: LiveSession) -> int:
    """An announced session will not be; part of the action that cancels it."""
    return tell_all(
        recipient_ids=_readers(session),
        kind="live.cancelled",
        dedupe_key=f"live:{session.pk}:cancelled",
        title=f"直播取消了：{session.title}",
        body=f"原定{when(session.starts_at)}的直播不办了。{session.state_reason}".rstrip(),
        url="/live/",
    )


def after_start(*, session: LiveSession) -> None:
    """Post what tells those who reserved; part of the action that goes live."""
    later("labor.live.tasks.call_reserved", session_id=session.pk)


def _readers(session: LiveSession) -> list[int]:
    return list(session.reservations.values_list("user_id", flat=True))


def _say_soon(session: LiveSession, readers: list[int]) -> int:
    return tell_all(
        recipient_ids=readers,
        kind="live.soon",
        dedupe_key=f"live:{session.pk}:soon:{session.starts_at:%Y%m%d%H%M}",
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


def _by_lots(say: Callable[[list[int]], int], rows: "QuerySet[Reservation]", **done: Any) -> int:
    """Mark the rows as `done` and say it to their users, lot by lot: a lot in the transaction that marks it."""
    told = 0
    while True:
        with transaction.atomic():
            waiting = rows.select_for_update(skip_locked=True, of=("self",)).order_by("pk")
            found = list(waiting.values_list("pk", "user_id")[:AT_ONCE])
            if not found:
                return told
            Reservation.objects.filter(pk__in=[pk for pk, _ in found]).update(**done)
            told += say([user_id for _, user_id in found])
