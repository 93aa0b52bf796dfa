"""Who may sit in the room of an interview. A seat is replaced, never renewed: the old link says that it is old."""

import hashlib
from typing import Any

from django.db import transaction
from django.utils import timezone

from employers.models import Member
from jinba.accounts.choices import Role
from jinba.core.errors import Refused
from jinba.core.later import later
from jinba.core.locks import locked, locked_one, patient
from jinba.core.phones import normalise_phone
from jinba.core.push import push
from jinba.core.spoken import when
from labor.interviews import links
from labor.interviews.choices import TIMED, Mode, SeatKind, TextWhy
from labor.interviews.models import Interview, Seat, SeatText
from labor.interviews.models.rooms import SEATS
from labor.interviews.opening import host_on
from labor.interviews.snapshots import group_of
from labor.workers.acting import authority

INVITED = (SeatKind.INTERPRETER, SeatKind.HELPER)
LONGEST_NAME = 20
LONGEST_WORDS = 80
FULL = "面试室里最多四个人，已经满了。"
NOT_YOURS = "只有面试官，或者求职者委托的人，才能再请人进来。"

link_path = links.link_path


@transaction.atomic
def seat_all(*, interview: Interview) -> list[Seat]:
    """Seats for everybody who takes part, in the caller's transaction; those that already fit stay as they are.

    Whoever was invited for the time before comes along to the new one. An interview without a video room has none.
    """
    ends_at = interview.closes_at()
    if interview.mode != Mode.VIDEO or ends_at is None:
        unseat_all(interview=interview)
        return []
    seats = list(locked(Seat.objects.filter(interview=interview)))
    valid = [seat for seat in seats if seat.revoked_at is None]
    wanted = _wanted(interview)
    invited = {seat.phone: seat for seat in seats if seat.kind in INVITED and seat.user_id is None and seat.phone}
    wanted += [(seat.kind, None, seat.name, seat.phone) for seat in invited.values()]
    kept = [
        seat for seat in valid
        if seat.link_ends_at == ends_at and (seat.kind, seat.user_id, seat.phone) in [_who(one) for one in wanted]
    ]  # fmt: skip
    _revoke([seat for seat in valid if seat not in kept])
    there = [(seat.kind, seat.user_id, seat.phone) for seat in kept]
    for one in wanted:
        if _who(one) in there or len(kept) >= SEATS:
            continue
        kind, user, name, phone = one
        number = _free_number(kept)
        kept.append(
            Seat.objects.create(
                interview=interview, number=number, kind=kind, user=user, name=name, phone=phone,
                key=links.new_key(), link_ends_at=ends_at,
            )
        )  # fmt: skip
    push(group_of(interview.pk), "room.changed")
    return sorted(kept, key=lambda seat: seat.number)


def _wanted(interview: Interview) -> list[tuple[str, Any, str, str | None]]:
    """Kind, user, name and phone of everybody whom the interview itself brings along."""
    worker, recruiter = interview.application.worker, interview.recruiter
    people: list[tuple[str, Any, str, str | None]] = [
        (SeatKind.RECRUITER, recruiter, recruiter.name or "面试官", None),
        (SeatKind.WORKER, worker.user, worker.masked_name, None),
    ]
    if interview.helper is not None:
        people.append((SeatKind.HELPER, interview.helper, interview.helper.name or "陪同人", None))
    if interview.booth is not None and interview.starts_at and interview.ends_at:
        host = host_on(booth=interview.booth, starts_at=interview.starts_at, ends_at=interview.ends_at)
        if host is not None and host != interview.helper:
            people.append((SeatKind.HOST, host, host.name or "专区工作人员", None))
    return people


def _who(one: tuple[str, Any, str, str | None]) -> tuple[str, int | None, str | None]:
    kind, user, _, phone = one
    return kind, user.pk if user is not None else None, phone


def _free_number(seats: list[Seat]) -> int:
    taken = {seat.number for seat in seats}
    return next(number for number in range(1, SEATS + 1) if number not in taken)


def _revoke(seats: list[Seat]) -> None:
    if seats:
        Seat.objects.filter(pk__in=[seat.pk for seat in seats]).update(
            revoked_at=timezone.now(), admitted_at=None, seen_at=None
        )


@transaction.atomic
def unseat(*, interview: Interview, user: Any) -> None:
    """The companion's seat is gone and his page is closed; the others keep theirs."""
    _revoke(list(locked(Seat.objects.valid().filter(interview=interview, kind=SeatKind.HELPER, user=user))))
    push(group_of(interview.pk), "room.changed")


@transaction.atomic
def unseat_all(*, interview: Interview) -> None:
    """Nobody's link leads to the room any more, and open pages are closed. Who was invited is remembered."""
    _revoke(list(locked(Seat.objects.valid().filter(interview=interview))))
    push(group_of(interview.pk), "room.changed")


@patient
def invite(*, interview: Interview, kind: str, name: str, phone: str, by: Any) -> Seat:
    """One more, an interpreter or a companion, with a link by text. The same number twice is one seat."""
    name = " ".join(name.split())
    if kind not in INVITED:
        raise Refused("请选翻译还是陪同人员。", field="kind")
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Refused(f"请写称呼，不超过 {LONGEST_NAME} 个字。", field="name")
    phone = normalise_phone(phone)
    interview = locked_one(Interview.objects.select_related("application__worker"), pk=interview.pk)
    ends_at = interview.closes_at()
    _check_may_invite(interview, by)
    if (
        interview.mode != Mode.VIDEO
        or interview.state not in TIMED
        or ends_at is None
        or ends_at <= timezone.now()
        or not interview.starts_at
    ):
        raise Refused("这场面试现在没有视频面试室，不能请人进来。")
    seats = list(locked(Seat.objects.valid().filter(interview=interview)))
    found = next((seat for seat in seats if seat.phone == phone), None)
    if found is not None:
        return found
    if phone == interview.application.worker.phone:
        raise Refused("这是求职者自己的手机号，他已经有座位了。", field="phone")
    if len(seats) >= SEATS:
        raise Refused(FULL)
    seat = Seat.objects.create(
        interview=interview, number=_free_number(seats), kind=kind, name=name, phone=phone,
        key=links.new_key(), link_ends_at=ends_at,
    )  # fmt: skip
    text(seat=seat, why=TextWhy.INVITED, words=f"请您参加 {when(interview.starts_at)} 的视频面试，到时候点开")
    push(group_of(interview.pk), "room.changed")
    return seat


def _check_may_invite(interview: Interview, by: Any) -> None:
    if by.role == Role.EMPLOYER:
        if Member.objects.filter(employer__postings__applications=interview.application_id, user=by).exists():
            return
        raise Refused(NOT_YOURS)
    try:
        authority(worker=interview.application.worker, by=by)
    except Refused:
        raise Refused(NOT_YOURS) from None


@patient
def revoke(*, seat: Seat, by: Any) -> Seat:
    """Take an invited person's seat back: his link ends, his page closes, his number is forgotten."""
    interview = locked_one(Interview.objects.select_related("application__worker"), pk=seat.interview_id)
    _check_may_invite(interview, by)
    seat = locked_one(Seat.objects.all(), pk=seat.pk)
    if seat.kind not in INVITED or seat.user_id is not None:
        raise Refused("只能收回请来的人的座位。")
    if seat.revoked_at is None:
        _revoke([seat])
    for same in Seat.objects.filter(interview=interview, kind__in=INVITED, user=None):
        if same.phone == seat.phone:
            Seat.objects.filter(pk=same.pk).update(phone=None)
    SeatText.objects.filter(seat=seat, sent_at=None).update(next_try_at=None)
    push(group_of(interview.pk), "room.changed")
    seat.refresh_from_db()
    return seat


def text(*, seat: Seat, why: str, words: str, once: str = "") -> SeatText | None:
    """Put a text to a person without account on its way, in the caller's transaction; None when he has an account.

    `words` (at most 80 characters) come before the link of his seat. One of its kind and `once` goes out to a seat,
    without `once` one of the same words.
    """
    if not number_of(seat=seat):
        return None
    key = f"{why}:{once or hashlib.sha256(words.encode()).hexdigest()[:16]}"
    row, is_new = SeatText.objects.get_or_create(
        seat=seat, dedupe_key=key[:60], defaults={"why": why, "words": _one_line(words)}
    )
    if is_new:
        later("labor.interviews.tasks.text")
    return row


def number_of(*, seat: Seat) -> str:
    """Where texts to this seat go: to the invited, and to a worker without account. Others get notices."""
    if seat.user_id is not None:
        return ""
    if seat.phone:
        return seat.phone
    worker = seat.interview.application.worker
    return (worker.phone or "") if seat.kind == SeatKind.WORKER and worker.user_id is None else ""


def _one_line(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= LONGEST_WORDS else words[: LONGEST_WORDS - 1] + "…"
