"""Recordings: only while all in the room agree, anybody can stop them, and they go when their time or the word is over.

States: asked → running → kept → deleted, or asked → refused. Parts of the film are encrypted files; a recording that
is DELETED and has parts is what a killed process left: the sweep goes on. Locks: interview, seat, then recording.
"""

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from employers.models import Member
from jinba.accounts.choices import STAFF_ROLES, Role
from jinba.core import encrypted_files
from jinba.core.encrypted_files import private_files
from jinba.core.errors import Refused
from jinba.core.locks import locked, locked_one, patient
from jinba.core.push import push
from jinba.privacy.actions import look
from jinba.privacy.choices import Subject
from jinba.privacy.fields import RECORDING
from labor.interviews.choices import RecordingState, SeatKind, State
from labor.interviews.models import Interview, Recording, RecordingConsent, RecordingPart, Seat
from labor.interviews.recording_text import text_for
from labor.workers.acting import authority

logger = logging.getLogger(__name__)

FOLDER = "recordings"
TYPES = ("video/webm", "video/mp4", "audio/webm", "audio/mp4")
PART_BYTES, MOST_BYTES = 2_000_000, 1_500_000_000
LONGEST = timedelta(hours=3)
TAIL = timedelta(seconds=30)  # the last parts may come so long after the end
SILENT = timedelta(seconds=60)  # without a new part the page that recorded is gone
UNANSWERED = timedelta(minutes=5)
ORPHAN = timedelta(days=1)
NOW = (RecordingState.ASKED, RecordingState.RUNNING)
OFF = "这里没有开通面试录像。"
NOT_THE_RECRUITER = "只有面试官可以录像。"
GONE = "录像已经删除。"


class OutOfOrder(Refused):
    """A part is missing before this one; `wanted` is its number."""

    def __init__(self, wanted: int) -> None:
        super().__init__("前面还有一段没有传上来。")
        self.wanted = wanted


# In the room ---------------------------------------------------------------------------------------------------------


@patient
def ask(*, interview: Interview, by: Any) -> Recording:
    """The recruiter wants to record: everybody is asked, himself too. Asked twice, it is one question."""
    if not settings.INTERVIEW_RECORDING:
        raise Refused(OFF)
    interview = locked_one(Interview.objects.all(), pk=interview.pk)
    _recruiters_seat(interview, by)
    if not interview.is_on(timezone.now()) or interview.state != State.LIVE:
        raise Refused("请对方进来以后，才能问要不要录像。")
    now = Recording.objects.filter(interview=interview, state__in=NOW).first()
    if now is not None:
        return now
    recording = Recording.objects.create(interview=interview, asked_by=by)
    _nudge(recording)
    return recording


@patient
def answer(*, recording: Recording, seat: Seat, is_given: bool) -> Recording:
    """One person's word; the last one counts. A no of somebody in the room ends it, at once and for nothing else."""
    recording = _locked(recording)
    seat = Seat.objects.select_related("interview__application__posting__employer").get(pk=seat.pk)
    if seat.interview_id != recording.interview_id or seat.revoked_at is not None:
        raise Refused("您不在这间面试室里。")
    if recording.state not in NOW:
        raise Refused("现在没有要录像，不用回答。")
    RecordingConsent.objects.update_or_create(
        recording=recording, seat=seat,
        defaults={"is_given": is_given, "text": text_for(seat.interview), "at": timezone.now()},
    )  # fmt: skip
    if not is_given and _is_in(seat):
        _end(recording, seat)
    _nudge(recording)
    return recording


@patient
def start(*, recording: Recording, by: Any, content_type: str) -> Recording:
    """It runs from now on: everybody in the room has agreed. Told twice, it began once."""
    if not settings.INTERVIEW_RECORDING:
        raise Refused(OFF)
    interview = locked_one(Interview.objects.all(), pk=recording.interview_id)  # nobody is let in meanwhile
    _recruiters_seat(interview, by)
    recording = _locked(recording)
    if recording.state == RecordingState.RUNNING:
        return recording
    if recording.state != RecordingState.ASKED:
        raise Refused("有人不同意，没有录。" if recording.state == RecordingState.REFUSED else "这一次录像已经结束。")
    if content_type.partition(";")[0] not in TYPES:
        raise Refused("这个浏览器录的格式存不了，请换一个浏览器。", field="content_type")
    missing = _unanswered(recording)
    if missing:
        raise Refused(f"还要等这些人同意：{'、'.join(seat.name for seat in missing)}。")
    now = timezone.now()
    recording.state, recording.started_at, recording.heard_at = RecordingState.RUNNING, now, now
    recording.content_type = content_type[:60]
    recording.save(update_fields=["state", "started_at", "heard_at", "content_type"])
    _nudge(recording)
    return recording


@patient
def stop(*, recording: Recording, seat: Seat) -> Recording:
    """Anybody in the room says stop. A question that was not answered yet is taken back by it."""
    recording = _locked(recording)
    if seat.interview_id != recording.interview_id or seat.revoked_at is not None or not _is_in(seat):
        raise Refused("您不在这间面试室里。")
    _end(recording, seat)
    _nudge(recording)
    return recording


def add_part(*, recording: Recording, by: Any, number: int, content: bytes) -> int:
    """Keep the next piece of the film, encrypted; returns the number that is wanted next.

    A piece that is there already is not kept again; one that comes too early is OutOfOrder. A film that gets too long
    ends here, which stays although the piece is refused.
    """
    wanted = _add_part(recording=recording, by=by, number=number, content=content)
    if wanted is None:
        raise Refused("录像太长了，后面的没有存。")
    return wanted


@patient
def _add_part(*, recording: Recording, by: Any, number: int, content: bytes) -> int | None:
    recording = _locked(recording)
    _recruiters_seat(Interview(pk=recording.interview_id), by)
    now = timezone.now()
    ends = recording.ended_at
    is_late = recording.state == RecordingState.KEPT and ends is not None and now <= ends + TAIL
    if recording.state != RecordingState.RUNNING and not is_late:
        raise Refused("录像已经停了。")
    wanted = int((recording.parts.aggregate(last=Max("number"))["last"] or 0) + 1)
    if number < wanted:
        return wanted
    if number > wanted:
        raise OutOfOrder(wanted)
    if not 0 < len(content) <= PART_BYTES:
        raise Refused(f"一段录像最大 {PART_BYTES // 1_000_000} MB。", field="content")
    begun = recording.started_at or now
    if recording.bytes + len(content) > MOST_BYTES or now > begun + LONGEST:
        _end(recording, None)
        _nudge(recording)
        return None
    name = encrypted_files.save(content, folder=FOLDER)
    try:
        with transaction.atomic():
            RecordingPart.objects.create(recording=recording, number=number, file=name, bytes=len(content))
            recording.bytes, recording.heard_at = recording.bytes + len(content), now
            recording.save(update_fields=["bytes", "heard_at"])
    except BaseException:
        encrypted_files.delete(name)
        raise
    return wanted + 1


def make_way(*, seat: Seat) -> None:
    """Part of `admit`: who comes in and has not agreed is not recorded, the recording stops before he is in."""
    for recording in locked(Recording.objects.filter(interview=seat.interview_id, state=RecordingState.RUNNING)):
        if not RecordingConsent.objects.filter(recording=recording, seat=seat, is_given=True).exists():
            _end(recording, None)
            _nudge(recording)


def end_of(*, interview: Interview) -> None:
    """Part of the end of an interview: whatever is asked or recorded ends with it."""
    for recording in locked(Recording.objects.filter(interview=interview, state__in=NOW)):
        _end(recording, None)


def _unanswered(recording: Recording) -> list[Seat]:
    """Those in the room who have not agreed."""
    given = RecordingConsent.objects.filter(recording=recording, is_given=True).values("seat")
    inside = Q(admitted_at__isnull=False) | Q(kind=SeatKind.RECRUITER)
    rows = Seat.objects.valid().filter(inside, interview=recording.interview_id)
    return list(rows.exclude(pk__in=given).order_by("number"))


# Afterwards ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def watch(*, recording: Recording, by: Any, purpose: str, reason: str = "") -> Recording:
    """`by` is about to see the film: written down for each person in it before anything is shown."""
    recording = _locked(recording)
    application = recording.interview.application
    employer = application.posting.employer
    _must_see(recording, by)
    if recording.state != RecordingState.KEPT or not recording.parts.exists():
        raise Refused(GONE if recording.state == RecordingState.DELETED else "录像还没有录完。")
    organisation = employer.name if by.role == Role.EMPLOYER else ""
    words = {"by": by, "fields": [RECORDING], "purpose": purpose, "reason": reason, "organisation": organisation}
    look(subject=Subject.WORKER, subject_id=application.worker_id, **words)
    others = RecordingConsent.objects.filter(recording=recording, is_given=True, seat__user__isnull=False)
    others = others.exclude(seat__kind=SeatKind.WORKER).exclude(seat__user=by)
    for user_id in sorted(set(others.values_list("seat__user", flat=True))):
        look(subject=Subject.USER, subject_id=user_id, **words)
    return recording


@patient
def withdraw(*, recording: Recording, by: Any) -> Recording:
    """The worker, or who may act for him, takes his word back: the film is gone at once. Twice is once."""
    recording = _locked(recording)
    authority(worker=recording.interview.application.worker, by=by)
    mine = recording.consents.filter(seat__kind=SeatKind.WORKER, is_given=True, withdrawn_at__isnull=True)
    mine.update(withdrawn_at=timezone.now())
    _forget(recording)
    return recording


@patient
def discard(*, recording: Recording, by: Any) -> Recording:
    """The firm or an officer deletes it before its time."""
    recording = _locked(recording)
    _must_see(recording, by)
    _forget(recording)
    return recording


def forget_of(*, worker: Any) -> None:
    """Part of erasing a worker: his films go with him."""
    for recording in locked(Recording.objects.filter(interview__application__worker=worker)):
        _forget(recording)


def pieces(*, recording: Recording, first: int, last: int) -> Iterator[bytes]:
    """The bytes `first` to `last` (both included) of the film, decrypted piece by piece."""
    at = 0
    for part in recording.parts.order_by("number"):
        begin, end = max(first - at, 0), min(last - at + 1, part.bytes)
        at += part.bytes
        if end <= 0:
            return
        if begin >= part.bytes:
            continue
        with encrypted_files.open(part.file) as plain:
            plain.seek(begin)
            left = end - begin
            while left > 0:
                piece = plain.read(min(left, 64 * 1024))
                if not piece:
                    return
                left -= len(piece)
                yield piece


# What beat looks after -----------------------------------------------------------------------------------------------


def sweep() -> int:
    """End what nobody records or answers any more, delete what is due; returns how many recordings it touched."""
    now = timezone.now()
    lost = Q(state=RecordingState.RUNNING) & (Q(heard_at__lt=now - SILENT) | ~Q(interview__state=State.LIVE))
    silent = Q(state=RecordingState.ASKED) & (Q(asked_at__lt=now - UNANSWERED) | ~Q(interview__state=State.LIVE))
    touched = 0
    for pk in Recording.objects.filter(lost | silent).values_list("pk", flat=True):
        touched += _settle(pk)
    for pk in _due(now).values_list("pk", flat=True).distinct():
        touched += _let_go(pk)
    left = RecordingPart.objects.filter(recording__state=RecordingState.DELETED).order_by("recording")
    for pk in left.values_list("recording", flat=True).distinct():
        _clear(pk)
        touched += 1
    return touched


def _due(now: Any) -> Any:
    """Kept too long, without a film, or of somebody who was forgotten or took his word back."""
    ended = Q(retain_until__lt=timezone.localdate()) | Q(parts__isnull=True, ended_at__lt=now - SILENT - TAIL)
    gone = Q(interview__application__worker__erased_at__isnull=False)
    gone |= Q(interview__application__consent_withdrawn_at__isnull=False)
    return Recording.objects.filter(ended | gone, state=RecordingState.KEPT)


@transaction.atomic
def _settle(pk: int) -> int:
    recording = _locked(Recording(pk=pk))
    is_live = recording.interview.state == State.LIVE
    is_heard = recording.heard_at is not None and recording.heard_at >= timezone.now() - SILENT
    if recording.state not in NOW or (recording.state == RecordingState.RUNNING and is_live and is_heard):
        return 0
    _end(recording, None)
    _nudge(recording)
    return 1


@transaction.atomic
def _let_go(pk: int) -> int:
    recording = _locked(Recording(pk=pk))
    if not _due(timezone.now()).filter(pk=pk).exists():
        return 0
    _forget(recording)
    return 1


def clear_orphans() -> int:
    """Files of no recording: a process was killed between the file and its row. Returns how many went."""
    known = set(RecordingPart.objects.values_list("file", flat=True))
    before, gone = (timezone.now() - ORPHAN).timestamp(), 0
    for name in private_files.names(FOLDER):
        if name not in known and Path(private_files.path(name)).stat().st_mtime < before:
            encrypted_files.delete(name)
            gone += 1
    if gone:
        logger.warning("recordings: %s files belonged to nothing and were deleted", gone)
    return gone


# Inside --------------------------------------------------------------------------------------------------------------


def _locked(recording: Recording) -> Recording:
    rows = Recording.objects.select_related(
        "interview__application__worker", "interview__application__posting__employer"
    ).defer("interview__application__posting__search")
    found: Recording = locked_one(rows, pk=recording.pk)
    return found


def _recruiters_seat(interview: Interview, by: Any) -> Seat:
    seat = Seat.objects.valid().standing().filter(interview=interview.pk, kind=SeatKind.RECRUITER).first()
    if seat is None or not by.is_authenticated or seat.user_id != by.pk:
        raise Refused(NOT_THE_RECRUITER)
    return seat


def _is_in(seat: Seat) -> bool:
    return seat.is_admitted or seat.kind == SeatKind.RECRUITER


def _end(recording: Recording, seat: Seat | None) -> None:
    """A running one is kept from now on, a question is answered with no; others stay as they are."""
    now = timezone.now()
    if recording.state == RecordingState.RUNNING:
        recording.state = RecordingState.KEPT
        recording.retain_until = timezone.localdate() + timedelta(days=settings.INTERVIEW_RECORDING_DAYS)
    elif recording.state == RecordingState.ASKED:
        recording.state = RecordingState.REFUSED
    else:
        return
    recording.ended_at, recording.ended_by = now, seat
    recording.save(update_fields=["state", "ended_at", "ended_by", "retain_until"])


def _forget(recording: Recording) -> None:
    """Nobody can see it from now on; its files go when that is committed."""
    if recording.state != RecordingState.DELETED:
        recording.state, recording.deleted_at = RecordingState.DELETED, timezone.now()
        recording.save(update_fields=["state", "deleted_at"])
        _nudge(recording)
    transaction.on_commit(lambda: _clear(recording.pk))


def _clear(pk: int) -> None:
    for part in RecordingPart.objects.filter(recording=pk, recording__state=RecordingState.DELETED):
        encrypted_files.delete(part.file)
        part.delete()


def _must_see(recording: Recording, by: Any) -> None:
    application = recording.interview.application
    if by.role in STAFF_ROLES:
        return
    if not Member.objects.filter(employer_id=application.posting.employer_id, user=by).exists():
        raise Refused("这段录像不归您单位。")
    if not application.shows_person:
        raise Refused("求职者已撤回授权，录像不能再看。")


def _nudge(recording: Recording) -> None:
    push(f"interview.{recording.interview_id}", "room.changed")
