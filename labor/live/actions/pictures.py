"""Pictures come in: a part begins, is heard of every second, ends. Viewers learn whether there is a picture."""

import logging
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from jinba.core.errors import Refused
from jinba.core.locks import locked_one, patient
from labor.live.actions import airing, entries
from labor.live.choices import COMING, EntryKind, Source, State
from labor.live.crew import is_crew
from labor.live.ingest import shelf
from labor.live.models import LiveSession, Part, Room

logger = logging.getLogger(__name__)

OFF_AIR_AFTER = timedelta(seconds=60)  # without a new segment
OVER_AFTER = timedelta(minutes=20)  # without a picture, and past its end
OVER_ELSEWHERE_AFTER = timedelta(hours=2)  # past its end; another platform's picture is not seen from here
OVER_ANYWAY_AFTER = timedelta(hours=4)  # past its end; a camera that somebody forgot sends all night

NOT_YOURS = "这场直播不是您的，不能送画面。"
OVER = "这场直播已经结束，不能再送画面。"
ELSEWHERE = "这场直播用的是外部平台的画面，请到那边开播。"
PAGE_SENDS = "现在是网页在送画面。要用推流软件，先在直播间里点“改用推流软件”。"
HEARD_WITHIN = timedelta(seconds=10)  # since its last segment


class Superseded(Refused):
    """Somebody else has sent since: whoever wants the picture back has to ask for it."""

    def __init__(self) -> None:
        super().__init__("另一台设备在送画面，这里停了。")


class Standing(StrEnum):
    """What a connection learns about its part."""

    OURS = "ours"
    LIVE_NOW = "live_now"  # a rehearsal whose session went on air
    TAKEN = "taken"  # another connection sends now
    OVER = "over"  # the session is
    CLOSED = "closed"  # ended from outside: the key was changed, or nothing was heard for too long
    UNUSABLE = "unusable"
    AWAY = "away"


@patient
def begin_part(*, session: LiveSession, holder: UUID, source: Source, by: Any = None, is_return: bool = False) -> Part:
    """A connection begins to send, and whichever did before has to stop.

    Before the session is live it is a rehearsal: nothing of it is kept or shown. `by` is the crew member whose browser
    it is; a streaming program has shown its key. What comes back by itself (`is_return`) after a cut displaces nobody;
    neither does a program, which never stops trying, while a page is heard.
    """
    session = locked_one(LiveSession.objects.all(), pk=session.pk)
    if by is not None and not is_crew(session=session, user=by):
        raise Refused(NOT_YOURS)
    if session.state not in COMING:
        raise Refused(OVER)
    if session.is_elsewhere:
        raise Refused(ELSEWHERE)
    is_rehearsal = session.state != State.LIVE
    parts = Part.objects.filter(session=session)
    if is_return and parts.order_by("-number").values_list("holder", flat=True).first() not in (None, holder):
        raise Superseded
    if source == Source.ENCODER and page_sends(session=session):
        raise Refused(PAGE_SENDS)
    parts.filter(ended_at__isnull=True).update(ended_at=timezone.now())
    number = (parts.aggregate(last=Max("number"))["last"] or 0) + 1
    base = shelf.take(session.stream, number, holder)
    return Part.objects.create(
        session=session, number=number, source=source, is_rehearsal=is_rehearsal, holder=holder, base=base
    )


def page_sends(*, session: LiveSession) -> bool:
    """Whether a browser's pictures come now."""
    since = timezone.now() - HEARD_WITHIN
    parts = Part.objects.filter(session=session, source=Source.BROWSER, ended_at__isnull=True)
    return parts.filter(Q(heard_at__gte=since) | Q(started_at__gte=since)).exists()


def program_sends(*, session: LiveSession) -> bool:
    """Whether a streaming program's pictures come now, before the start too."""
    since = timezone.now() - HEARD_WITHIN
    parts = Part.objects.filter(session=session, source=Source.ENCODER, ended_at__isnull=True)
    return parts.filter(heard_at__gte=since).exists()


def heard(*, part: Part, segments: int, seconds: float, bytes: int, first_at: datetime | None = None) -> Standing:
    """Write down how far the part is, in all; viewers learn that there is a picture. To be called once a second."""
    changes: dict[str, Any] = {"segments": segments, "seconds": seconds, "bytes": bytes, "first_at": first_at}
    if segments > part.segments:
        changes["heard_at"] = timezone.now()
    rows = Part.objects.filter(pk=part.pk, holder=part.holder, ended_at__isnull=True)
    if not rows.update(**changes):
        return _why_closed(part)
    part.segments = segments
    state, is_on_air = Part.objects.filter(pk=part.pk).values_list("session__state", "session__room__is_on_air").get()
    if state not in COMING:
        return Standing.OVER
    if part.is_rehearsal:
        return Standing.LIVE_NOW if state == State.LIVE else Standing.OURS
    if segments and not is_on_air:
        _on_air(part)
    return Standing.OURS


def _why_closed(part: Part) -> Standing:
    if part.session.__class__.objects.exclude(state__in=COMING).filter(pk=part.session_id).exists():
        return Standing.OVER
    is_taken = Part.objects.filter(session_id=part.session_id, number__gt=part.number).exists()
    return Standing.TAKEN if is_taken else Standing.CLOSED


@transaction.atomic
def _on_air(part: Part) -> None:
    # Who ends the session holds its lock: afterwards nothing may say that there is a picture.
    if locked_one(LiveSession.objects.all(), pk=part.session_id).state != State.LIVE:
        return
    if Room.objects.filter(pk=part.session_id, is_on_air=False).update(is_on_air=True):
        entries.add(session_id=part.session_id, kind=EntryKind.ON_AIR)


@patient
def end_part(*, part: Part, error: str = "") -> None:
    """The connection is gone. Without an error the host stopped by himself, and viewers learn at once; else they are
    told when he has not come back within OFF_AIR_AFTER."""
    session = locked_one(LiveSession.objects.all(), pk=part.session_id)
    rows = Part.objects.filter(pk=part.pk, holder=part.holder, ended_at__isnull=True)
    if rows.update(ended_at=timezone.now(), error=error[:200]) and not error and not part.is_rehearsal:
        _off_air(session)


def _off_air(session: LiveSession) -> None:
    """Part of other actions: the session is locked."""
    if session.state != State.LIVE:
        return
    if Room.objects.filter(pk=session.pk, is_on_air=True).update(is_on_air=False):
        entries.add(session_id=session.pk, kind=EntryKind.OFF_AIR)


# Looked at from time to time ------------------------------------------------------------------------------------------


def watch() -> None:
    """Find the pictures that stand still, and the sessions that everybody has left."""
    now = timezone.now()
    silent = now - OFF_AIR_AFTER
    for part in Part.objects.filter(ended_at__isnull=True, started_at__lt=silent).filter(
        Q(heard_at__isnull=True) | Q(heard_at__lt=silent)
    ):
        _close_silent(part=part, before=silent)
    for room in Room.objects.filter(is_on_air=True, session__state=State.LIVE).select_related("session"):
        _say_off_air(session=room.session, before=silent)
    for session in LiveSession.objects.filter(state=State.LIVE, ends_at__lt=now - OVER_AFTER):
        if _is_left(session, now):
            try:
                airing.end(session=session, by=None)
            except Refused as refusal:
                logger.warning("live: session %s was not ended: %s", session.pk, refusal.message)


@patient
def _close_silent(*, part: Part, before: datetime) -> None:
    session = locked_one(LiveSession.objects.all(), pk=part.session_id)
    rows = Part.objects.filter(pk=part.pk, ended_at__isnull=True)
    rows = rows.filter(Q(heard_at__isnull=True, started_at__lt=before) | Q(heard_at__lt=before))
    if rows.update(ended_at=timezone.now(), error="一分钟没有画面。"):
        _off_air(session)


@patient
def _say_off_air(*, session: LiveSession, before: datetime) -> None:
    session = locked_one(LiveSession.objects.all(), pk=session.pk)
    if not session.parts.filter(is_rehearsal=False, heard_at__gte=before).exists():
        _off_air(session)


def _is_left(session: LiveSession, now: datetime) -> bool:
    if session.is_elsewhere:
        return now > session.ends_at + OVER_ELSEWHERE_AFTER
    if now > session.ends_at + OVER_ANYWAY_AFTER:
        return True
    last = session.parts.filter(is_rehearsal=False).aggregate(last=Max("heard_at"))["last"] or session.live_at
    return last is None or now > last + OVER_AFTER
