"""What happens at the door of the room and within: opening a link, waiting, being let in, writing, measuring."""

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from employers.models import Member
from jinba.accounts.choices import Role
from jinba.core.errors import Refused
from jinba.core.locks import locked, locked_one, patient
from jinba.core.push import push
from jinba.core.spoken import when
from labor.interviews import links
from labor.interviews.actions import booking, changing, recording
from labor.interviews.actions.history import gather
from labor.interviews.choices import TIMED, Held, SeatKind, Side, State
from labor.interviews.doors import SIGNED_IN
from labor.interviews.models import BookedTime, CallReport, ChatLine, Interview, InterviewEvent, Seat
from labor.interviews.models.rooms import SEATS
from labor.interviews.snapshots import group_of, over

logger = logging.getLogger(__name__)

LONGEST_LINE = 500
LINES, WITHIN = 8, timedelta(seconds=10)  # of one seat
MOST_LINES = 2_000  # of one interview
MOST_REPORTS = 60  # of one seat
LONGEST_DEVICE = 12
MOST_MS, MOST_SECONDS, MOST_TIMES = 600_000, 24 * 3600, 10_000
SIDES = {
    SeatKind.WORKER: Side.WORKER,
    SeatKind.HELPER: Side.WORKER,
    SeatKind.INTERPRETER: Side.WORKER,
    SeatKind.RECRUITER: Side.EMPLOYER,
    SeatKind.HOST: Side.PARK,
}
NOT_THE_RECRUITER = "只有面试官可以请人进来或请人出去。"
NOT_IN = "面试官还没有请您进来，请稍等。"


class NotAdmitted(Refused):
    """The link or the moment does not lead into the room; `status` is what a page answers."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


class TooMuch(Refused):
    """The same again in a moment would be taken."""


# Links ---------------------------------------------------------------------------------------------------------------


def look(*, token: str, user: Any) -> Seat:
    """Whom the link leads where; nothing changes. NotAdmitted when it leads nowhere, or not for this visitor."""
    seat = links.seat_of_token(token)
    if seat is None:
        raise NotAdmitted("没有这个链接。请核对一下，或者点最新一条短信里的链接。", status=404)
    interview, now = seat.interview, timezone.now()
    if user.is_authenticated and not _fits(seat, user):
        raise NotAdmitted("这个链接是给别人的，您现在登录的是另一个账号。请从自己的消息里进入面试室。", status=403)
    if interview.state in (State.DONE, State.NO_SHOW):
        raise NotAdmitted("这场面试已经结束了。", status=410)
    if interview.state == State.CANCELLED:
        raise NotAdmitted("这场面试已经取消了。", status=410)
    if seat.revoked_at is not None or not Seat.objects.standing().filter(pk=seat.pk).exists():
        raise NotAdmitted("这个链接已经作废：面试改了时间，或者座位收回了。请点最新一条短信里的链接。", status=410)
    if seat.link_ends_at <= now or over(interview, now):
        raise NotAdmitted("这场面试的时间已经过了，链接不能再用。", status=410)
    return seat


def _fits(seat: Seat, user: Any) -> bool:
    """Whether somebody signed in may use this link: his own, or one of a person without account."""
    if seat.user_id is not None:
        return bool(seat.user_id == user.pk)
    worker = seat.interview.application.worker
    if seat.kind == SeatKind.WORKER and worker.user_id is not None:
        return bool(worker.user_id == user.pk)
    if seat.kind == SeatKind.WORKER and user.role == Role.EMPLOYER:
        return False
    return not Seat.objects.valid().filter(interview=seat.interview_id, user=user).exists()


@patient
def open_link(*, token: str, user: Any, held: Seat | None = None) -> Seat:
    """The seat to which the link leads this visitor, who has tapped the button.

    A browser that did not hold the seat (`held`) may be somebody else's, to whom the link was passed on: it has the
    seat from now on, no other one has, and whoever was let in before is looked at again by the recruiter.
    """
    seat = look(token=token, user=user)
    if seat.kind in SIGNED_IN and not user.is_authenticated:
        raise NotAdmitted("请先登录，再进入面试室。", status=401)
    seat = locked_one(Seat.objects.select_related("interview"), pk=seat.pk)
    fields = []
    if seat.opened_at is None:
        seat.opened_at, fields = timezone.now(), ["opened_at"]
    if held != seat:
        seat.hold, fields = links.new_key(), [*fields, "hold", *_look_again(seat)]
    if fields:
        seat.save(update_fields=fields)
    if "hold" in fields:
        push(group_of(seat.interview_id), "room.changed")
    return seat


def _look_again(seat: Seat) -> list[str]:
    """Whoever was let in waits again, in the caller's `save` of these fields: another one may come in his place."""
    if seat.admitted_at is None or seat.kind == SeatKind.RECRUITER:
        return []
    seat.admitted_at = seat.admitted_by = None
    recording.end_of(interview=seat.interview)  # who agreed to it may not be who comes now
    return ["admitted_at", "admitted_by"]


# Coming and going ----------------------------------------------------------------------------------------------------


@patient
def arrive(*, seat: Seat, connection: UUID, is_held_elsewhere: bool = False) -> Seat:
    """This page speaks for the seat from now on, and for it alone; the recruiter is in at once, others wait.

    `is_held_elsewhere`: he comes by his account, the link lies open in another browser, which loses the seat.
    NotAdmitted when the seat does not count any more.
    """
    interview, now = Interview.objects.get(pk=seat.interview_id), timezone.now()
    is_on = interview.is_on(now)
    if over(interview, now):
        raise NotAdmitted("面试已经结束。", status=410)
    if is_on and seat.kind == SeatKind.WORKER and interview.worker_came_at is None:
        changing.came(interview=interview, side=Side.WORKER, at=now)
    if is_on and seat.kind == SeatKind.RECRUITER and interview.employer_came_at is None:
        changing.came(interview=interview, side=Side.EMPLOYER, at=now)
    seat = locked_one(Seat.objects.select_related("interview"), pk=seat.pk)
    if seat.revoked_at is not None:
        raise NotAdmitted("座位已经收回。", status=410)
    fields = ["connection", "seen_at"]
    if is_held_elsewhere:
        seat.hold, fields = "", [*fields, "hold", *_look_again(seat)]
    if seat.connection != connection:
        seat.me, fields = {}, [*fields, "me"]
    seat.connection, seat.seen_at = connection, now
    if is_on and seat.arrived_at is None:
        seat.arrived_at, fields = now, [*fields, "arrived_at"]
    if is_on and seat.kind == SeatKind.RECRUITER and seat.admitted_at is None:
        seat.admitted_at, seat.admitted_by_id, fields = now, seat.user_id, [*fields, "admitted_at", "admitted_by"]
    seat.save(update_fields=fields)
    push(group_of(interview.pk), "room.changed")
    return seat


def stay(*, seat_id: int, connection: UUID) -> bool:
    """A sign of life; False when another page speaks for the seat, or nobody may."""
    mine = Seat.objects.valid().filter(pk=seat_id, connection=connection)
    return bool(mine.update(seen_at=timezone.now()))


@transaction.atomic
def leave(*, seat_id: int, connection: UUID) -> None:
    """The page was closed; whoever took over in the meantime stays."""
    gone = Seat.objects.filter(pk=seat_id, connection=connection)
    if gone.update(seen_at=None):
        push(group_of(gone.values_list("interview_id", flat=True)[0]), "room.changed")


@transaction.atomic
def show(*, seat_id: int, connection: UUID, me: dict[str, Any]) -> None:
    """What the others see of his microphone, camera and network."""
    mine = Seat.objects.valid().filter(pk=seat_id, connection=connection)
    if mine.exclude(me=me).update(me=me):
        push(group_of(mine.values_list("interview_id", flat=True)[0]), "room.changed")


# The recruiter lets people in ----------------------------------------------------------------------------------------


def _recruits(interview: Interview, by: Any) -> bool:
    seats = Seat.objects.valid().standing().filter(interview=interview, kind=SeatKind.RECRUITER)
    return bool(by.is_authenticated) and seats.filter(user=by).exists()


@patient
def admit(*, seat: Seat, by: Any) -> Seat:
    """The recruiter lets somebody in. With the first one the interview begins. Twice is once."""
    interview = gather(pk=seat.interview_id)
    if not _recruits(interview, by):
        raise Refused(NOT_THE_RECRUITER)
    if not interview.is_on(timezone.now()):
        raise Refused("面试室现在没有开放。")
    seat = locked_one(Seat.objects.all(), pk=seat.pk)
    if seat.revoked_at is not None:
        raise Refused("这个座位已经收回了。")
    if seat.admitted_at is not None:
        return seat
    if interview.state == State.CONFIRMED:
        changing.go_live(interview=interview, by=by)
    recording.make_way(seat=seat)
    seat.admitted_at, seat.admitted_by = timezone.now(), by
    seat.save(update_fields=["admitted_at", "admitted_by"])
    push(group_of(interview.pk), "room.changed")
    return seat


@patient
def send_away(*, seat: Seat, by: Any) -> Seat:
    """Back to the waiting room; he may be let in again."""
    interview = locked_one(Interview.objects.all(), pk=seat.interview_id)
    if not _recruits(interview, by):
        raise Refused(NOT_THE_RECRUITER)
    seat = locked_one(Seat.objects.all(), pk=seat.pk)
    if seat.kind == SeatKind.RECRUITER:
        raise Refused("不能请自己出去。要走请点“离开”。")
    if seat.admitted_at is not None:
        seat.admitted_at = seat.admitted_by = None
        seat.save(update_fields=["admitted_at", "admitted_by"])
        push(group_of(interview.pk), "room.changed")
    return seat


def may_take_over(*, interview: Interview, by: Any) -> bool:
    """Whether `by` could become the recruiter: another member of the employer."""
    if not by.is_authenticated or by.role != Role.EMPLOYER or interview.recruiter_id == by.pk:
        return False
    return Member.objects.filter(employer__postings__applications=interview.application_id, user=by).exists()


@patient
def take_over(*, interview: Interview, by: Any) -> Seat:
    """Another member of the employer becomes the recruiter; whoever had the seat has it no more. Twice is once.

    He is booked for it instead of the other, so he must have nothing else then. A recording ends: he did not agree.
    """
    interview = locked_one(Interview.objects.all(), pk=interview.pk)
    seats = list(locked(Seat.objects.valid().filter(interview=interview, kind=SeatKind.RECRUITER)))
    if not seats or interview.state not in TIMED:
        raise Refused("这场面试现在没有视频面试室。")
    seat = seats[0]
    if seat.user_id == by.pk:
        return seat
    if not may_take_over(interview=interview, by=by):
        raise Refused("只有同一单位的同事可以接手。")
    _rebook(interview, by)
    recording.end_of(interview=interview)
    before = seat.user.name if seat.user else ""
    seat.user, seat.name, seat.key = by, by.name or "面试官", links.new_key()
    seat.connection = seat.seen_at = seat.arrived_at = seat.admitted_at = seat.admitted_by = None
    seat.me = {}
    seat.save(
        update_fields=[
            "user", "name", "key", "connection", "seen_at", "arrived_at", "admitted_at", "admitted_by", "me",
        ]
    )  # fmt: skip
    interview.recruiter = by
    interview.save(update_fields=["recruiter", "updated_at"])
    InterviewEvent.objects.create(
        interview=interview, from_state=interview.state, to_state=interview.state, side=Side.EMPLOYER, by=by,
        note=f"接替{before or '同事'}面试", starts_at=interview.starts_at,
    )  # fmt: skip
    push(group_of(interview.pk), "room.changed")
    return seat


def _rebook(interview: Interview, by: Any) -> None:
    """The time of the interview is the new recruiter's; Refused when he has something else then."""
    slot = interview.slot
    if slot is None:
        # A queue's time is booked at once and stays with who began it: he still calls the others.
        booking.free(interview=interview, held=Held.USER, held_id=interview.recruiter_id)
        if by.pk != interview.sitting.recruiter_id and interview.starts_at is not None:
            this_minute = timezone.now().replace(second=0, microsecond=0)
            booking.book_colleague(
                interview=interview, colleague=by, starts_at=max(this_minute, interview.starts_at)
            )  # fmt: skip
        return
    busy = BookedTime.objects.in_the_way(Held.USER, by.pk, slot.starts_at, slot.ends_at).exclude(slot=slot).first()
    if busy is not None:
        raise Refused(f"您 {when(busy.starts_at)} 有别的面试，时间碰上了，不能接手这一场。")
    booking.book_recruiter(slot=slot, recruiter=by)


# Writing and measuring -----------------------------------------------------------------------------------------------


def must_be_in(*, seat: Seat) -> None:
    """Refused unless he was let in, and the room is on."""
    now = timezone.now()
    if seat.revoked_at is not None or not seat.interview.is_on(now):
        raise Refused("面试室现在没有开放。")
    if seat.kind != SeatKind.RECRUITER and not seat.is_admitted:
        raise Refused(NOT_IN)


@transaction.atomic
def say(*, seat: Seat, client_id: UUID, text: str) -> ChatLine:
    """A line for everybody in the room. Sent again with the same `client_id` it stays one line."""
    text = "\n".join(line.rstrip() for line in text.replace("\0", "").strip().splitlines())
    if not text:
        raise Refused("请先写点什么。", field="text")
    if len(text) > LONGEST_LINE:
        raise Refused(f"一次最多写 {LONGEST_LINE} 个字。", field="text")
    must_be_in(seat=seat)
    if (said := ChatLine.objects.filter(seat=seat, client_id=client_id).first()) is not None:
        return said
    seat = locked_one(Seat.objects.select_related("interview"), pk=seat.pk)
    recent = ChatLine.objects.filter(seat=seat, at__gt=timezone.now() - WITHIN).count()
    if recent >= LINES or ChatLine.objects.filter(interview=seat.interview_id).count() >= MOST_LINES:
        raise TooMuch("发得太快了，请等几秒再发。")
    line, is_new = ChatLine.objects.get_or_create(
        seat=seat, client_id=client_id, defaults={"interview_id": seat.interview_id, "text": text}
    )
    if is_new:
        push(group_of(seat.interview_id), "room.changed")
    return line


@transaction.atomic
def report(
    *,
    seat: Seat,
    connection: UUID,
    peer: int,
    is_connected: bool = False,
    setup_ms: int | None = None,
    first_frame_ms: int | None = None,
    seconds: int = 0,
    drops: int = 0,
    restarts: int = 0,
    is_relayed: bool = False,
    audio_only_seconds: int = 0,
) -> CallReport | None:
    """How the line to `peer` goes, as this page measured it; the last word counts. None when there are too many."""
    if not 1 <= peer <= SEATS or peer == seat.number:
        raise Refused("没有这个座位。", field="peer")
    values: dict[str, Any] = {
        "is_connected": is_connected,
        "setup_ms": None if setup_ms is None else _within(setup_ms, MOST_MS),
        "first_frame_ms": None if first_frame_ms is None else _within(first_frame_ms, MOST_MS),
        "seconds": _within(seconds, MOST_SECONDS),
        "drops": _within(drops, MOST_TIMES),
        "restarts": _within(restarts, MOST_TIMES),
        "is_relayed": is_relayed,
        "audio_only_seconds": _within(audio_only_seconds, MOST_SECONDS),
    }
    line: dict[str, Any] = {"seat": seat, "connection": connection, "peer": peer}
    row = CallReport.objects.select_for_update().filter(**line).first()
    if row is None and CallReport.objects.filter(seat=seat).count() >= MOST_REPORTS:
        logger.warning("interviews: seat %s reports too many lines", seat.pk)
        return None
    if row is not None and any(new < old for new, old in zip(_progress(values), _progress(vars(row)), strict=True)):
        return row  # a later word has overtaken this one on the way
    row, _ = CallReport.objects.update_or_create(**line, defaults=values | {"interview_id": seat.interview_id})
    return row


def _progress(report: dict[str, Any]) -> list[int]:
    """What only grows while a line goes on."""
    counted = [report[name] for name in ("seconds", "drops", "restarts", "audio_only_seconds")]
    return counted + [report[name] is not None for name in ("setup_ms", "first_frame_ms")]


def _within(value: int, most: int) -> int:
    return min(max(value, 0), most)


def check_device(*, seat: Seat, found: dict[str, Any]) -> None:
    """What the page found out about camera, microphone, speaker and network."""
    Seat.objects.filter(pk=seat.pk).update(device=found, checked_at=timezone.now())


def ask_for_phone(*, seat: Seat, by: Any) -> Interview:
    """Rather by telephone: anybody in the room may say so; no number is shown for it."""
    user = by if by is not None and by.is_authenticated else None
    side = SIDES[SeatKind(seat.kind)]
    result: Interview = changing.call_by_phone(interview=seat.interview, by_side=side, by=user)
    if seat.kind == SeatKind.WORKER:  # his browser may not get as far as the waiting room: he is there all the same
        changing.came(interview=result, side=Side.WORKER, at=timezone.now())
    push(group_of(seat.interview_id), "room.changed")
    return result
