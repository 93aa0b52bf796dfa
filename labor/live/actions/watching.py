"""Who watches: counted every two seconds, written in bulk, by the processes that hold the sockets.

A process that is killed takes its last half minute of watching time along, and nothing else.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from jinba.core.locks import wait_briefly
from labor.live import viewers
from labor.live.choices import State
from labor.live.models import Audience, LiveSession, Presence, Room

FORGOTTEN = timedelta(minutes=1)  # counts of processes that are no more


class Watched(NamedTuple):
    """Seconds that a visitor watched until `at`, and were not written yet."""

    session_id: int
    visitor: str
    is_replay: bool
    user_id: int | None
    region_code: str
    link_code: str
    seconds: int
    at: datetime


def visitor_digest(*, session_id: int, visitor: str) -> str:
    """The visitor in this session: the same person is somebody else in the next one."""
    return salted_hmac("labor.live.visitor", f"{session_id}:{visitor}", algorithm="sha256").hexdigest()[:32]


def count(*, process: UUID, here: dict[int, int]) -> dict[int, int]:
    """This process has so many viewers in each room; returns how many all processes have.

    The session's peak and its curve rise here and nowhere else, while it is live.
    """
    now = timezone.now()
    with transaction.atomic():
        wait_briefly()
        Presence.objects.bulk_create(
            [
                Presence(session_id=session_id, process=process, viewers=number, at=now)
                for session_id, number in sorted(here.items())
            ],
            update_conflicts=True,
            unique_fields=["session", "process"],
            update_fields=["viewers", "at"],
        )
    total = {**dict.fromkeys(here, 0), **viewers.now_in(here)}
    live = LiveSession.objects.filter(pk__in=[pk for pk, number in total.items() if number], state=State.LIVE)
    for session_id, peak in live.values_list("pk", "peak_viewers").order_by("pk"):
        _raise(session_id, total[session_id], peak, now.replace(second=0, microsecond=0))
    return total


def _raise(session_id: int, number: int, peak: int, minute: datetime) -> None:
    of_minute = Audience.objects.filter(session=session_id, minute=minute)
    Audience.objects.bulk_create(
        [Audience(session_id=session_id, minute=minute, viewers=number)], ignore_conflicts=True
    )
    of_minute.filter(viewers__lt=number).update(viewers=number)
    if number > peak:
        with transaction.atomic():
            wait_briefly()
            LiveSession.objects.filter(pk=session_id, peak_viewers__lt=number).update(peak_viewers=number)


def leave(*, process: UUID, session_ids: Iterable[int]) -> None:
    """This process has no viewers there any more. Counts of processes that died without a word go along."""
    Presence.objects.filter(process=process, session__in=list(session_ids)).delete()
    Presence.objects.filter(at__lt=timezone.now() - FORGOTTEN).delete()


def like(*, session_id: int, likes: int) -> None:
    with transaction.atomic():
        wait_briefly()
        Room.objects.filter(pk=session_id).update(likes=F("likes") + likes)


# Two processes may hold pages of one visitor: for a time that one of them wrote, the other does not add again.
_ADD = """
INSERT INTO live_viewing AS seen
  (session_id, visitor, is_replay, user_id, region_code, link_code, seconds, first_at, last_at)
SELECT given.session_id, given.visitor, given.is_replay, person.id, given.region_code, given.link_code, given.seconds,
  given.at - make_interval(secs => given.seconds), given.at
FROM unnest(%s::bigint[], %s::varchar[], %s::boolean[], %s::bigint[], %s::varchar[], %s::varchar[], %s::integer[],
  %s::timestamptz[]) AS given (session_id, visitor, is_replay, user_id, region_code, link_code, seconds, at)
JOIN live_livesession session ON session.id = given.session_id
LEFT JOIN accounts_user person ON person.id = given.user_id
ORDER BY given.session_id, given.visitor, given.is_replay
ON CONFLICT (session_id, visitor, is_replay) DO UPDATE SET
  seconds = seen.seconds
    + LEAST(EXCLUDED.seconds, GREATEST(0, ceil(extract(epoch FROM EXCLUDED.last_at - seen.last_at)))::integer),
  last_at = GREATEST(seen.last_at, EXCLUDED.last_at),
  user_id = COALESCE(EXCLUDED.user_id, seen.user_id),
  region_code = COALESCE(NULLIF(EXCLUDED.region_code, ''), seen.region_code),
  link_code = COALESCE(NULLIF(seen.link_code, ''), EXCLUDED.link_code)
"""
IN_ONE_STATEMENT = 1_000


def add_up(*, watched: list[Watched]) -> None:
    """Seconds of each visitor are added to what he watched before; his account and county are what is known last."""
    for start in range(0, len(watched), IN_ONE_STATEMENT):
        columns = [list(column) for column in zip(*watched[start : start + IN_ONE_STATEMENT], strict=True)]
        with transaction.atomic():
            wait_briefly()
            with connection.cursor() as cursor:
                cursor.execute(_ADD, columns)
