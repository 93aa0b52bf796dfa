"""Keys of streaming programs (OBS and its like): shown once, kept as a digest, ended by the next one."""

import hashlib
import hmac
import re
import secrets
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from jinba.core.errors import Refused
from jinba.core.locks import locked_one, patient
from labor.live.actions.airing import NOT_YOURS, opens_at
from labor.live.choices import COMING, Source, State
from labor.live.crew import is_crew
from labor.live.models import LiveSession, Part, StreamKey

NAME = re.compile(r"([1-9]\d{0,17})-[A-Za-z0-9_-]{32}", re.ASCII)
IN_ADDRESS = "?key="  # behind the name of a stream that an SRS server takes
OVER = "这场直播已经结束，不再需要推流码。"
ELSEWHERE = "这场直播用的是外部平台的画面，推流码请到那边拿。"


@patient
def new_key(*, session: LiveSession, by: Any) -> str:
    """The key to type into the streaming program. It is never seen again, and whoever sends by the old one is cut off.

    His part ends here; the door that he came by asks each second and closes.
    """
    session = locked_one(LiveSession.objects.all(), pk=session.pk)
    if not is_crew(session=session, user=by):
        raise Refused(NOT_YOURS)
    if session.state not in COMING:
        raise Refused(OVER)
    if session.is_elsewhere:
        raise Refused(ELSEWHERE)
    now = timezone.now()
    StreamKey.objects.filter(session=session, ended_at__isnull=True).update(ended_at=now)
    Part.objects.filter(session=session, source=Source.ENCODER, ended_at__isnull=True).update(ended_at=now)
    name = f"{session.pk}-{secrets.token_urlsafe(24)}"
    StreamKey.objects.create(session=session, digest=digest_of(name=name), made_by=by, made_at=now)
    return name


def check(*, name: str) -> StreamKey | None:
    """The key of this name with its session, if pictures may come by it now; else None, whatever the cause."""
    found = NAME.fullmatch(name.rpartition(IN_ADDRESS)[2])
    if not found:
        return None
    key = _standing().filter(session_id=int(found[1])).first()
    if key is None or not hmac.compare_digest(key.digest, digest_of(name=found[0])):
        return None
    return key if _opens(key) else None


def still_holds(*, key: StreamKey) -> bool:
    """Whether who began by this key may go on."""
    found = _standing().filter(pk=key.pk).first()
    return found is not None and _opens(found)


def _standing() -> QuerySet[StreamKey]:
    return StreamKey.objects.select_related("session", "made_by").filter(ended_at__isnull=True)


def _opens(key: StreamKey) -> bool:
    """Pictures may come now, and whoever took the key is still of the crew: he knows it as long as he lives."""
    if not takes_pictures(session=key.session, now=timezone.now()):
        return False
    return key.made_by.is_active and is_crew(session=key.session, user=key.made_by)


def use(*, key: StreamKey) -> None:
    """Note that somebody sent by it."""
    StreamKey.objects.filter(pk=key.pk).update(used_at=timezone.now())


def takes_pictures(*, session: LiveSession, now: datetime) -> bool:
    """On air, or announced and about to be: the host looks at the picture before he goes live."""
    if session.is_elsewhere:
        return False
    return session.state == State.LIVE or (
        session.state == State.ANNOUNCED and opens_at(session=session) <= now < session.ends_at
    )


def digest_of(*, name: str) -> str:
    """What is kept of a key: 192 random bits need neither salt nor a slow hash."""
    return hashlib.sha256(name.encode()).hexdigest()
