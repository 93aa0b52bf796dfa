"""Which studio is whose: parts of the other actions' transactions. Only the database's constraint decides."""

from datetime import datetime

from django.db import IntegrityError, transaction

from jinba.core.errors import Refused
from jinba.core.spoken import when_range
from labor.live.models import LiveSession, Studio, StudioTime
from labor.live.models.studios import span


def book(*, session: LiveSession) -> None:
    """The session has its studio at its time, and no other; Refused when somebody else has it then."""
    StudioTime.objects.filter(session=session).delete()
    if session.studio is None:
        return
    if not session.studio.is_active:
        raise Refused(f"{session.studio}现在不能用，请换一间。", field="studio")
    key = span(session.studio.pk, session.starts_at, session.ends_at)
    try:
        with transaction.atomic():
            StudioTime.objects.create(
                session=session, studio=session.studio, starts_at=session.starts_at, ends_at=session.ends_at, span=key
            )
    except IntegrityError as error:
        if "no_overlap" not in str(error):
            raise
        raise Refused(_sentence(session), field="studio") from error


def look(*, session: LiveSession) -> None:
    """Refused when the studio is somebody else's then, as far as one can see beforehand; `book` decides."""
    if session.studio is None or session.starts_at is None or session.ends_at is None:
        return
    if session.studio not in free(starts_at=session.starts_at, ends_at=session.ends_at, but=session):
        raise Refused(_sentence(session), field="studio")


def release(*, session: LiveSession) -> None:
    """Somebody else may have the studio."""
    StudioTime.objects.filter(session=session).delete()


def free(*, starts_at: datetime, ends_at: datetime, but: LiveSession | None = None) -> list[Studio]:
    """The studios that nobody has then, in their order."""
    taken = StudioTime.objects.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)
    if but is not None and but.pk:
        taken = taken.exclude(session=but)
    return list(Studio.objects.filter(is_active=True).exclude(pk__in=taken.values("studio")))


def _sentence(session: LiveSession) -> str:
    rows = StudioTime.objects.filter(
        studio=session.studio, starts_at__lt=session.ends_at, ends_at__gt=session.starts_at
    )
    there = (rows.exclude(session=session) if session.pk else rows).first()
    said = f"{session.studio}这个时间有人用了"
    said += f"（{when_range(there.starts_at, there.ends_at)}）。" if there else "。"
    others = free(starts_at=session.starts_at, ends_at=session.ends_at, but=session)
    names = "、".join(str(one) for one in others)
    return said + (f"同一时间空着的：{names}。" if names else "换个时间，或者不用直播间。")
