"""The replay: made once the last picture is written, hidden, shown again, withdrawn, deleted when its days are over.

The row is the truth: `making` with a due `next_try_at` is work for whoever claims it, by compare-and-set; a claim runs
out unless it is renewed, so a killed worker only costs its lease. Pieces have fixed names and appear whole, so who goes
on finds what is there, and two at work do each other no harm. Locks: live session, then replay.
"""

import logging
import secrets
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from jinba.accounts.choices import STAFF_ROLES
from jinba.core.errors import Refused
from jinba.core.later import later
from jinba.core.locks import locked_one, patient
from jinba.notices.actions import tell_all
from labor.live.actions import entries
from labor.live.actions.history import shift
from labor.live.choices import OVER, EntryKind, ReplayState, Side, State
from labor.live.crew import side_of
from labor.live.ingest import shelf
from labor.live.models import CrewMember, LiveSession, Replay
from labor.live.planners import may_plan
from labor.live.replays import Plan, is_being_written, on_air, place_of, plan
from labor.live.storage import replay_files

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
RENEWED_EACH = 8.0  # seconds
AT_ONCE = 150.0  # seconds of one task; what is left then is the next one's
SILENT = timedelta(seconds=10)  # a writer that neither ended its list nor wrote to it is gone
LOOK_AGAIN = timedelta(seconds=2)
MOST_TRIES = 6
BACK_OFF, LONGEST_PAUSE = timedelta(seconds=10), timedelta(minutes=10)
UPLOADS = 4  # at once
TAIL = timedelta(seconds=90)  # players are that far behind the end at most; until then live segments stay
NOT_YOURS = "这场直播不是您的，不能操作。"
NOT_PLANNED = "回放由主办方撤下。您可以先隐藏它，再告诉主办方。"
NO_REASON = "请写一句原因。"
NO_PICTURES = "没有收到画面。"


class Lost(Exception):
    """Somebody else has taken the work over."""


class Missing(Exception):
    """There is not what there should be; perhaps it comes later."""


# Making it -----------------------------------------------------------------------------------------------------------


def make(*, session_id: int) -> bool:
    """Make the replay of an ended session; whether it is ready now. Any number of times, by any number of workers."""
    replay = _claim(session_id)
    if replay is None:
        return False
    try:
        return _make(replay)
    except Lost:
        logger.info("replay: %s was taken over", session_id)
    except Missing as error:
        logger.warning("replay: %s cannot be made: %s", session_id, error)
        _failed(replay, str(error))
    except Exception as error:
        logger.exception("replay: %s failed", session_id)
        _failed(replay, f"{type(error).__name__}: {error}"[:200])
    if Replay.objects.filter(pk=replay.pk, state=ReplayState.DELETED).exists():
        replay_files().clear(replay.folder)  # withdrawn meanwhile: what was stored since then is nobody's
    return False


def _claim(session_id: int) -> Replay | None:
    """The row, with a lease; None when there is nothing to do or somebody does it."""
    session = LiveSession.objects.filter(pk=session_id, state=State.ENDED).first()
    if session is None or not on_air(session).exists():
        return None
    now = timezone.now()
    Replay.objects.bulk_create(
        [Replay(session=session, folder=secrets.token_hex(16), next_try_at=now, retain_until=_retain_until(session))],
        ignore_conflicts=True,
    )
    due = Replay.objects.filter(session=session, state=ReplayState.MAKING, next_try_at__lte=now)
    if not due.update(next_try_at=now + LEASE, tries=F("tries") + 1):
        return None
    return Replay.objects.select_related("session").get(session=session)


def _make(replay: Replay) -> bool:
    begun = time.monotonic()
    if not _is_quiet(replay.session):
        _put_back(replay, timezone.now() + LOOK_AGAIN)
        return False
    found = plan(replay.session)
    if not found.pieces:
        raise Missing(NO_PICTURES)
    if not _store(replay, found, until=begun + AT_ONCE):
        _put_back(replay, timezone.now())
        later("labor.live.tasks.make_replay", session_id=replay.session_id)
        return False
    replay_files().drop_drafts(place_of(replay.folder))
    sizes = replay_files().held(place_of(replay.folder))
    missing = [piece.name for piece in found.pieces if sizes.get(piece.name) != piece.bytes]
    if missing:
        raise Missing(f"{len(missing)} pieces are not in the store")
    _finish(replay, found)
    logger.info(
        "replay: %s ready after %.1f s: %s pieces, %.0f s long",
        replay.session_id, time.monotonic() - begun, len(found.pieces), found.seconds,
    )  # fmt: skip
    return True


def _is_quiet(session: LiveSession) -> bool:
    """Whether the last segment is written. Who holds the shelf long after the end is gone, and kept from it now."""
    if not is_being_written(session):
        return True
    if timezone.now() < (session.ended_at or session.starts_at) + SILENT:
        return False
    shelf.close(session.stream)
    return True


def _store(replay: Replay, found: Plan, *, until: float) -> bool:
    """Keep the pieces that are not there yet; whether all are there before the time is up."""
    files, place = replay_files(), place_of(replay.folder)
    held = files.held(place)
    wanted = [piece for piece in found.pieces if held.get(piece.name) != piece.bytes]
    renewed = time.monotonic()
    with ThreadPoolExecutor(UPLOADS) as pool:
        for start in range(0, len(wanted), UPLOADS):
            some = wanted[start : start + UPLOADS]
            for _ in pool.map(lambda piece: files.join(f"{place}/{piece.name}", piece.sources), some):
                pass
            now = time.monotonic()
            if now > until:
                return start + UPLOADS >= len(wanted)
            if now > renewed + RENEWED_EACH:
                _move_lease(replay, timezone.now() + LEASE)
                renewed = now
    return True


def _move_lease(replay: Replay, to: datetime, **fields: Any) -> None:
    """Keep the claim, or give it back; Lost when it is not ours any more."""
    mine = Replay.objects.filter(pk=replay.pk, state=ReplayState.MAKING, next_try_at=replay.next_try_at)
    if not mine.update(next_try_at=to, **fields):
        raise Lost
    replay.next_try_at = to


def _put_back(replay: Replay, at: datetime) -> None:
    """Nothing went wrong, there is only more to do: it does not count as a try."""
    with suppress(Lost):
        _move_lease(replay, at, tries=F("tries") - 1)


@transaction.atomic
def _finish(replay: Replay, found: Plan) -> None:
    session = locked_one(LiveSession.objects.all(), pk=replay.session_id)
    row = locked_one(Replay.objects.all(), pk=replay.pk)
    if row.state != ReplayState.MAKING or row.next_try_at != replay.next_try_at:
        raise Lost
    row.state, row.made_at, row.next_try_at, row.error = ReplayState.READY, timezone.now(), None, ""
    row.segments, row.stretches = [piece.row for piece in found.pieces], found.stretches
    row.seconds, row.bytes = found.seconds, found.bytes
    row.save(update_fields=["state", "made_at", "next_try_at", "error", "segments", "stretches", "seconds", "bytes"])
    shift(session=session, to=State.REPLAY, side=Side.SYSTEM, by=None)
    _tell_pages(session)


@transaction.atomic
def _failed(replay: Replay, error: str) -> None:
    row = locked_one(Replay.objects.select_related("session"), pk=replay.pk)
    if row.state != ReplayState.MAKING or row.next_try_at != replay.next_try_at:
        return
    row.error = error
    if row.tries < MOST_TRIES:
        row.next_try_at = timezone.now() + min(BACK_OFF * 2 ** (row.tries - 1), LONGEST_PAUSE)
    else:
        row.state, row.next_try_at = ReplayState.FAILED, None
        _tell_crew(row)
        _tell_pages(row.session)
    row.save(update_fields=["state", "next_try_at", "error"])


def _tell_pages(session: LiveSession) -> None:
    """Pages that are open ask anew what there is to be watched; part of what changes that."""
    entries.add(session_id=session.pk, kind=EntryKind.REPLAY)


def _tell_crew(replay: Replay) -> None:
    session = replay.session
    crew = set(CrewMember.objects.filter(session=session, user__is_active=True).values_list("user_id", flat=True))
    tell_all(
        recipient_ids=crew | {session.made_by_id},
        kind="live.replay_failed",
        dedupe_key=f"live:{session.pk}:replay:{replay.made_at or replay.tries}",
        title=f"“{session.title}”的回放没做成",
        body="画面还在。可以在这一场的报告里点“再做一次”，还不行请联系服务专区。",
        url=reverse("studio:report", args=[session.pk]),
    )


def _retain_until(session: LiveSession) -> Any:
    ended = timezone.localtime(session.ended_at or timezone.now()).date()
    return ended + timedelta(days=settings.REPLAY_DAYS)


# A hand on it --------------------------------------------------------------------------------------------------------


@patient
def again(*, session: LiveSession, by: Any) -> Replay:
    """One that was not made is tried from the beginning; what is made already stays."""
    session, replay, _ = _held(session, by)
    if replay.state != ReplayState.FAILED:
        raise Refused("回放不用再做。")
    replay.state, replay.tries, replay.next_try_at = ReplayState.MAKING, 0, timezone.now()
    replay.save(update_fields=["state", "tries", "next_try_at"])
    later("labor.live.tasks.make_replay", session_id=session.pk)
    _tell_pages(session)
    return replay


@patient
def hide(*, session: LiveSession, by: Any, reason: str) -> Replay:
    """Nobody sees it from now on, at none of its addresses. Hidden twice, the first reason stays."""
    session, replay, _ = _held(session, by)
    reason = _reason(reason)
    if replay.state == ReplayState.HIDDEN:
        return replay
    if replay.state != ReplayState.READY:
        raise Refused("现在没有可以隐藏的回放。")
    replay.state, replay.hidden_by, replay.hidden_reason = ReplayState.HIDDEN, by, reason
    if not replay_files().is_signed and not replay.left_folder:
        replay.left_folder, replay.folder = replay.folder, secrets.token_hex(16)
    replay.save(update_fields=["state", "hidden_by", "hidden_reason", "left_folder", "folder"])
    _tell_pages(session)
    transaction.on_commit(lambda: _move(replay.pk), robust=True)
    transaction.on_commit(lambda: _clear_live(session), robust=True)
    return replay


@patient
def show(*, session: LiveSession, by: Any) -> Replay:
    """It may be watched again, at new addresses. Shown twice, it is shown."""
    session, replay, _ = _held(session, by)
    if replay.state == ReplayState.READY:
        return replay
    if replay.state != ReplayState.HIDDEN:
        raise Refused("没有隐藏着的回放。")
    replay.state, replay.hidden_by, replay.hidden_reason = ReplayState.READY, None, ""
    replay.save(update_fields=["state", "hidden_by", "hidden_reason"])
    _tell_pages(session)
    return replay


@patient
def withdraw(*, session: LiveSession, by: Any, reason: str) -> Replay:
    """It is gone for good: not to be watched from now on, and its files are deleted. Twice is once."""
    session, replay, side = _held(session, by)
    if not may_withdraw(session=session, user=by):
        raise Refused(NOT_PLANNED)
    reason = _reason(reason)
    if replay.state == ReplayState.DELETED:
        return replay
    _end(session, replay, side=side, by=by, reason=reason)
    return replay


def may_withdraw(*, session: LiveSession, user: Any) -> bool:
    """Nothing brings it back: officers, and who planned it. A guest of the zone's session hides it at most."""
    return user.role in STAFF_ROLES or may_plan(user, session)


def _end(session: LiveSession, replay: Replay, *, side: Side, by: Any, reason: str) -> None:
    """Part of withdrawing and of its time being over."""
    replay.state, replay.next_try_at = ReplayState.DELETED, None
    replay.hidden_by, replay.hidden_reason = by, reason
    replay.save(update_fields=["state", "next_try_at", "hidden_by", "hidden_reason"])
    if session.state == State.REPLAY:
        shift(session=session, to=State.ENDED, side=side, by=by, reason=reason)
    _tell_pages(session)
    # Files of this machine are gone when the tap is answered; a store is asked piece by piece, which takes its time.
    later("labor.live.tasks.clear_replay", session_id=session.pk)
    if not replay_files().is_signed:
        transaction.on_commit(lambda: clear(session_id=session.pk), robust=True)
    transaction.on_commit(lambda: _clear_live(session), robust=True)


def _held(session: LiveSession, by: Any) -> tuple[LiveSession, Replay, Side]:
    """Session and replay, locked, and for whom `by` acts."""
    side = side_of(session=session, user=by)
    if side not in (Side.CREW, Side.OFFICER):
        raise Refused(NOT_YOURS)
    session = locked_one(LiveSession.objects.all(), pk=session.pk)
    try:
        replay = locked_one(Replay.objects.all(), pk=session.replay.pk)
    except ObjectDoesNotExist as error:
        raise Refused("这场直播没有回放。") from error
    return session, replay, side


def _reason(text: str) -> str:
    text = " ".join(text.split())[:200]
    if not text:
        raise Refused(NO_REASON, field="reason")
    return text


# Files ---------------------------------------------------------------------------------------------------------------


def _move(pk: int) -> None:
    """Out of the folder whose name is known; the sweep does it when this process is killed before."""
    replay = Replay.objects.filter(pk=pk).exclude(left_folder="").first()
    if replay is None:
        return
    files = replay_files()
    files.move(replay.left_folder, replay.folder)
    Replay.objects.filter(pk=pk, left_folder=replay.left_folder).update(left_folder="")


def clear(*, session_id: int) -> bool:
    """Delete the files of a replay that is withdrawn or over; whether they are gone. Twice is once."""
    replay = Replay.objects.filter(session=session_id, state=ReplayState.DELETED, deleted_at__isnull=True).first()
    if replay is None:
        return False
    for folder in filter(None, (replay.left_folder, replay.folder)):
        replay_files().clear(folder)
    replay.deleted_at, replay.left_folder, replay.segments, replay.bytes = timezone.now(), "", [], 0
    replay.save(update_fields=["deleted_at", "left_folder", "segments", "bytes"])
    return True


def _clear_live(session: LiveSession) -> None:
    """Delete the live segments of a session that needs them no more."""
    shutil.rmtree(shelf.root(session.stream), ignore_errors=True)


# What beat looks after -----------------------------------------------------------------------------------------------


def sweep() -> int:
    """Make what a lost letter or a killed worker left, move and delete what is due; how many it found to make."""
    for pk in Replay.objects.exclude(left_folder="").exclude(state=ReplayState.DELETED).values_list("pk", flat=True):
        _move(pk)
    due = due_sessions()
    for session_id in due:
        later("labor.live.tasks.make_replay", session_id=session_id)
    return len(due)


def due_sessions() -> list[int]:
    """Ended sessions whose replay has to be made now."""
    waits = Q(replay__state=ReplayState.MAKING, replay__next_try_at__lte=timezone.now())
    new = Q(replay__isnull=True) & Exists(on_air(OuterRef("pk")))
    return list(LiveSession.objects.filter(waits | new, state=State.ENDED).values_list("pk", flat=True))


def retire() -> int:
    """Delete replays whose days are over and files that nobody needs; returns how many replays ended."""
    today, ended = timezone.localdate(), 0
    kept = (ReplayState.READY, ReplayState.HIDDEN, ReplayState.FAILED)
    for pk in Replay.objects.filter(state__in=kept, retain_until__lt=today).values_list("session", flat=True):
        ended += _retire(pk)
    return ended


@transaction.atomic
def _retire(session_id: int) -> int:
    session = locked_one(LiveSession.objects.all(), pk=session_id)
    replay = locked_one(Replay.objects.all(), pk=session.replay.pk)
    if replay.state == ReplayState.DELETED or (replay.retain_until or timezone.localdate()) >= timezone.localdate():
        return 0
    _end(session, replay, side=Side.SYSTEM, by=None, reason="回放到期")
    return 1


def tidy() -> int:
    """Delete the files that nobody needs any more: of withdrawn replays, and live segments of sessions that are over
    and have their replay or never get one. Returns for how many sessions."""
    gone = 0
    for session_id in Replay.objects.filter(state=ReplayState.DELETED, deleted_at__isnull=True).values_list(
        "session", flat=True
    ):
        gone += clear(session_id=session_id)
    return gone + _forget_pictures()


def _forget_pictures() -> int:
    root = Path(settings.STREAMS_ROOT)
    if not root.is_dir():
        return 0
    names = [one.name for one in root.iterdir() if one.is_dir()]
    done = Q(replay__state__in=(ReplayState.READY, ReplayState.HIDDEN, ReplayState.DELETED))
    done |= Q(state__in=(State.ABORTED, State.CANCELLED)) | Q(replay__isnull=True) & ~Q(Exists(on_air(OuterRef("pk"))))
    over = LiveSession.objects.filter(done, stream__in=names, state__in=OVER)
    gone = 0
    # What was stopped because it must not go on is gone at once.
    now = ~Q(state=State.ENDED) & ~Q(state=State.REPLAY)
    for session in over.filter(now | Q(ended_at__lt=timezone.now() - TAIL)):
        _clear_live(session)
        gone += 1
    return gone
