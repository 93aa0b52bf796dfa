"""The employer asks people to an interview: times to pick from, or a queue. The recruiter is booked at once."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.utils import timezone

from employers.choices import PostingState
from employers.models import JobPosting, Member
from employers.posting_moves import ENDS
from jinba.accounts.choices import Role
from jinba.core.errors import Refused
from jinba.core.locks import locked, locked_one, patient
from jinba.core.masking import masked_text
from jinba.core.spoken import when
from labor.applications.actions import arranging
from labor.applications.models import Application
from labor.interviews.actions import booking, telling
from labor.interviews.actions.changing import cancel, reschedule
from labor.interviews.actions.history import gather, must_be_member, must_move, must_run, noted
from labor.interviews.choices import OPEN, TIMED, CancelReason, Mode, Side, SittingKind, State
from labor.interviews.models import Interview, InterviewEvent, Sitting, Slot

MOST_TIMES, MOST_PEOPLE = 60, 100
SHORTEST, LONGEST = 5, 180  # minutes
LONGEST_QUEUE = timedelta(hours=8)
AHEAD = timedelta(days=60)
# These have not picked a time.
WITHOUT_TIME = (State.PROPOSED, State.RESCHEDULING)


def series(*, start: datetime, end: datetime, minutes: int, pause: int = 0) -> list[datetime]:
    """The beginnings of as many interviews as fit between `start` and `end`, with `pause` minutes between two."""
    if minutes < 1 or pause < 0:
        raise ValueError(f"no series of {minutes} minutes and a pause of {pause}")
    length, step = timedelta(minutes=minutes), timedelta(minutes=minutes + pause)
    return [start + step * number for number in range((end - start + timedelta(minutes=pause)) // step)
            if start + step * number + length <= end]  # fmt: skip


def offer(
    *,
    posting: JobPosting,
    applications: Iterable[Application],
    recruiter: Any,
    by: Any,
    mode: str,
    times: Sequence[datetime],
    minutes: int,
    kind: str = SittingKind.SLOTS,
    ends_at: datetime | None = None,
    place: str = "",
    note: str = "",
    answer_by: datetime | None = None,
    slip: str = "",
    takes_walk_ins: bool = False,
) -> Sitting:
    """Ask these people to one sitting: all of them, or nobody when something is wrong with one.

    For a queue `times` holds its beginning and `ends_at` its end; by video it may take whoever comes to the zone. A
    form that is sent twice (`slip`) makes one sitting.
    """
    must_be_member(by=by, employer_id=posting.employer_id)
    wanted = sorted({application.pk for application in applications})
    times = sorted(set(times))
    _check_form(mode=mode, kind=kind, times=times, minutes=minutes, ends_at=ends_at, answer_by=answer_by)
    place, note = _short(place, 120, "place"), _short(note, 200, "note")
    if mode == Mode.ONSITE and not place and not posting.address:
        raise Refused("当面面试请写清在哪里。", field="place")
    if not wanted:
        raise Refused("请选要面试的人。", field="applications")
    return _offer(
        posting_id=posting.pk, wanted=wanted, recruiter=recruiter, by=by, times=times, ends_at=ends_at, slip=slip,
        fields={
            "mode": mode, "kind": kind, "minutes": minutes, "place": place, "note": note, "answer_by": answer_by,
            "takes_walk_ins": takes_walk_ins and kind == SittingKind.QUEUE and mode == Mode.VIDEO,
        },
    )  # fmt: skip


@patient
def _offer(
    *, posting_id: int, wanted: list[int], recruiter: Any, by: Any, times: list[datetime], ends_at: datetime | None,
    slip: str, fields: dict[str, Any],
) -> Sitting:  # fmt: skip
    posting = _locked_posting(posting_id)
    if slip and (made := Sitting.objects.filter(made_by=by, slip=slip).first()):
        return made
    _check_recruiter(recruiter, posting.employer_id)
    applications = _locked_applications(posting, wanted)
    sitting = _make(posting, recruiter, by, times, ends_at, slip, fields)
    _check_room(sitting, len(applications))
    for application in applications:
        _ask(application, sitting, by)
    return sitting


def _check_form(
    *, mode: str, kind: str, times: Sequence[datetime], minutes: int, ends_at: datetime | None,
    answer_by: datetime | None,
) -> None:  # fmt: skip
    if mode not in Mode.values:
        raise Refused("请选视频、电话还是现场。", field="mode")
    if kind not in SittingKind.values:
        raise Refused("请选各选一个时间，还是排队叫号。", field="kind")
    if not SHORTEST <= minutes <= LONGEST:
        raise Refused(f"每人 {SHORTEST} 到 {LONGEST} 分钟。", field="minutes")
    _check_times(times, minutes)
    if kind == SittingKind.QUEUE:
        if len(times) != 1 or ends_at is None:
            raise Refused("排队叫号请写清从几点到几点。", field="ends_at")
        if not times[0] + timedelta(minutes=minutes) <= ends_at <= times[0] + LONGEST_QUEUE:
            raise Refused(f"结束时间要在开始之后，至少够一个人，最长 {LONGEST_QUEUE.seconds // 3600} 小时。",
                          field="ends_at")  # fmt: skip
        if ends_at.timestamp() % 60:
            raise Refused("时间请填到整分钟。", field="ends_at")
    last = (ends_at if kind == SittingKind.QUEUE else None) or times[-1]
    if answer_by is not None and not timezone.now() < answer_by <= last:
        raise Refused("最晚回答的时间要在现在之后，最后一个面试时间之前。", field="answer_by")


def _check_times(times: Sequence[datetime], minutes: int) -> None:
    now = timezone.now()
    if not times:
        raise Refused("请至少给一个时间。", field="times")
    if len(times) > MOST_TIMES:
        raise Refused(f"一次最多给 {MOST_TIMES} 个时间，请分几次。", field="times")
    for at in times:
        if at.timestamp() % 60:
            raise Refused("时间请填到整分钟。", field="times")
        if at <= now:
            raise Refused(f"{when(at)} 已经过了，请换一个时间。", field="times")
        if at > now + AHEAD:
            raise Refused(f"{when(at)} 太远了，请约在 {AHEAD.days} 天以内。", field="times")
    for earlier, later in pairwise(times):
        if earlier + timedelta(minutes=minutes) > later:
            raise Refused(f"{when(earlier)} 和 {when(later)} 隔得太近，每人要 {minutes} 分钟。", field="times")


def _short(text: str, length: int, field: str) -> str:
    text = masked_text(" ".join(text.split()))
    if len(text) > length:
        raise Refused(f"请写在 {length} 个字以内。", field=field)
    return text


def _locked_posting(posting_id: int) -> JobPosting:
    posting = locked_one(JobPosting.objects.select_related("employer").defer("search"), pk=posting_id)
    if not posting.employer.is_trusted:
        raise Refused("单位现在不是已认证状态，不能约面试。")
    if posting.state == PostingState.REMOVED or posting.state in ENDS:
        raise Refused("这个岗位已经下架，不能再约面试。")
    return posting


def _check_recruiter(recruiter: Any, employer_id: int) -> None:
    there = Member.objects.filter(employer_id=employer_id, user=recruiter, user__is_active=True)
    if recruiter is None or not there.exists():
        raise Refused("面试官要是本单位的成员。", field="recruiter")


def _locked_applications(posting: JobPosting, wanted: list[int]) -> list[Application]:
    if len(wanted) > MOST_PEOPLE:
        raise Refused(f"一次最多约 {MOST_PEOPLE} 个人，请分几次。", field="applications")
    rows = Application.objects.filter(posting=posting).select_related("worker__user", "posting__employer")
    applications = locked(rows.defer("posting__search"), ids=wanted)
    if len(applications) < len(wanted):
        raise Refused("有人不是报这个岗位的，请刷新再选。", field="applications")
    busy = set(Interview.objects.open().filter(application__in=applications).values_list("application", flat=True))
    for application in applications:
        name = application.worker.name if application.shows_person else application.worker.masked_name
        if application.pk in busy:
            raise Refused(f"{name} 已经约了面试，请去那一场里改时间。", field="applications")
        if application.stage not in arranging.CAN_BE_ASKED or not application.shows_person:
            raise Refused(f"{name} 的报名现在是“{application.get_stage_display()}”，不能约面试。", field="applications")
    return applications


def _make(
    posting: JobPosting, recruiter: Any, by: Any, times: list[datetime], ends_at: datetime | None, slip: str,
    fields: dict[str, Any],
) -> Sitting:  # fmt: skip
    minutes = timedelta(minutes=fields["minutes"])
    is_queue = fields["kind"] == SittingKind.QUEUE
    sitting = Sitting.objects.create(
        posting=posting, recruiter=recruiter, made_by=by, starts_at=times[0], slip=slip,
        ends_at=ends_at if is_queue and ends_at else times[-1] + minutes, **fields,
    )  # fmt: skip
    if is_queue:
        booking.book_sitting(sitting=sitting)
    else:
        slots = [Slot(sitting=sitting, starts_at=at, ends_at=at + minutes) for at in times]
        booking.book_slots(slots=Slot.objects.bulk_create(slots), recruiter=recruiter)
    return sitting


def _check_room(sitting: Sitting, people: int) -> None:
    """Refused when fewer find a time than are asked."""
    waiting = Interview.objects.filter(sitting=sitting, state__in=WITHOUT_TIME).count() + people
    if sitting.is_queue:
        there = Interview.objects.filter(sitting=sitting, state__in=TIMED).count()
        left = sitting.ends_at - max(sitting.starts_at, timezone.now())
        room = max(0, left // timedelta(minutes=sitting.minutes) - there)
        if waiting > room:
            raise Refused(
                f"每人 {sitting.minutes} 分钟，这段时间还够 {room} 个人，约了 {waiting} 个。", field="ends_at"
            )
        return
    room = sitting.slots.free().count()
    if waiting > room:
        raise Refused(
            f"有 {waiting} 个人要选，只有 {room} 个时间。请再加几个时间，或者少约几个人。", field="times"
        )  # fmt: skip


def _ask(application: Application, sitting: Sitting, by: Any, *, side: Side = Side.EMPLOYER) -> Interview:
    before = Interview.objects.filter(application=application, state__in=(State.DONE,)).count()
    interview = Interview(
        application=application, sitting=sitting, round=before + 1, mode=sitting.mode, recruiter=sitting.recruiter,
        made_by=by if side == Side.EMPLOYER else sitting.made_by,
    )  # fmt: skip
    interview.save(force_insert=True)
    event = InterviewEvent.objects.create(interview=interview, to_state=State.PROPOSED, side=side, by=by)
    arranging.schedule(application=application, by=by)
    if side == Side.EMPLOYER:
        telling.offered(interview=interview, event=event, by=by)
    return interview


@patient
def take_in(*, sitting: Sitting, application: Application, by: Any) -> Interview:
    """Somebody who came to the zone is asked to a queue that takes whoever comes, as its recruiter said beforehand.

    Part of what the host does with him at once (`walk_ins.come`), so nobody is told of it by itself.
    """
    if by.role != Role.PARK:
        raise Refused("现场来的人由服务专区的工作人员排。")
    posting = _locked_posting(sitting.posting_id)
    rows = _locked_applications(posting, [application.pk])
    sitting = locked_one(Sitting.objects.select_related("recruiter", "made_by", "posting"), pk=sitting.pk)
    if not Sitting.objects.taking_walk_ins().filter(pk=sitting.pk).exists():
        raise Refused("这一场现在不接现场来的人，请刷新看看。")
    _check_recruiter(sitting.recruiter, posting.employer_id)
    _check_room(sitting, len(rows))
    return _ask(rows[0], sitting, by, side=Side.PARK)


@patient
def invite_more(*, sitting: Sitting, applications: Iterable[Application], by: Any) -> list[Interview]:
    """Ask more people to a sitting whose times are not all taken."""
    wanted = sorted({application.pk for application in applications})
    if not wanted:
        raise Refused("请选要面试的人。", field="applications")
    must_be_member(by=by, employer_id=sitting.posting.employer_id)
    posting = _locked_posting(sitting.posting_id)
    rows = _locked_applications(posting, wanted)
    sitting = locked_one(Sitting.objects.select_related("recruiter", "posting"), pk=sitting.pk)
    if sitting.closed_at is not None or sitting.ends_at <= timezone.now():
        raise Refused("这一场已经结束，请另约一场。")
    _check_room(sitting, len(rows))
    return [_ask(application, sitting, by) for application in rows]


@patient
def offer_again(
    *, interview: Interview, by: Any, times: Sequence[datetime], minutes: int | None = None, note: str = "",
    answer_by: datetime | None = None,
) -> Sitting:  # fmt: skip
    """New times for one person who has not picked yet, wants another time, or had one that you cannot keep.

    His old time and, when nobody else picks from that sitting, its free times are given back.
    """
    times, minutes = sorted(set(times)), minutes or interview.sitting.minutes
    note = _short(note, 200, "note")
    _check_form(
        mode=interview.mode, kind=SittingKind.SLOTS, times=times, minutes=minutes, ends_at=None, answer_by=answer_by
    )
    interview = gather(pk=interview.pk)
    application, old = interview.application, interview.sitting
    must_be_member(by=by, employer_id=application.posting.employer_id)
    must_run(interview=interview)
    if interview.state == State.CONFIRMED:
        reschedule(interview=interview, side=Side.EMPLOYER, by=by, offers=True)
    if interview.state not in WITHOUT_TIME:
        must_move(interview=interview, to=State.RESCHEDULING, side=Side.EMPLOYER)
        raise Refused("面试已经开始，请先改期。")
    _check_recruiter(interview.recruiter, application.posting.employer_id)
    if not old.is_queue and not _others_wait(old, interview):
        _withdraw_free(old)
    sitting = _make(
        application.posting, interview.recruiter, by, list(times), None, "",
        {
            "mode": interview.mode, "kind": SittingKind.SLOTS, "minutes": minutes, "place": old.place,
            "note": note or old.note, "answer_by": answer_by,
        },
    )  # fmt: skip
    event = noted(interview=interview, side=Side.EMPLOYER, by=by, note="给了新的时间", sitting=sitting, wish="")
    telling.offered(interview=interview, event=event, by=by, again=True)
    return sitting


def _others_wait(sitting: Sitting, but: Interview) -> bool:
    return Interview.objects.filter(sitting=sitting, state__in=WITHOUT_TIME).exclude(pk=but.pk).exists()


def _withdraw_free(sitting: Sitting) -> int:
    """Times that nobody picked are the recruiter's own again."""
    free = locked(Slot.objects.filter(sitting=sitting, withdrawn_at__isnull=True))
    taken = set(Interview.objects.filter(slot__in=free, state__in=OPEN).values_list("slot", flat=True))
    ids = [slot.pk for slot in free if slot.pk not in taken and slot.starts_at > timezone.now()]
    booking.free(slot__in=ids)
    return Slot.objects.filter(pk__in=ids).update(withdrawn_at=timezone.now())


@patient
def withdraw_slot(*, slot: Slot, by: Any) -> Slot:
    """A time is not offered any more, and is the recruiter's own again; refused once somebody picked it."""
    posting = JobPosting.objects.only("employer").get(sittings__slots=slot.pk)
    must_be_member(by=by, employer_id=posting.employer_id)
    slot = locked_one(Slot.objects.select_related("sitting"), pk=slot.pk)
    if slot.withdrawn_at is not None:
        return slot
    if Interview.objects.filter(slot=slot, state__in=OPEN).exists():
        raise Refused(f"{when(slot.starts_at)} 已经有人选了，不能收回。要改，请在那场面试里改期。")
    booking.free(slot=slot)
    slot.withdrawn_at = timezone.now()
    slot.save(update_fields=["withdrawn_at"])
    return slot


@patient
def close_sitting(*, sitting: Sitting, by: Any) -> Sitting:
    """Nobody picks from it any more: free times are given back, who has not answered is not waited for.

    `by` None is the system, after the end. Whoever has a time keeps it; people of a queue have to be called first.
    """
    if by is not None:
        must_be_member(by=by, employer_id=sitting.posting.employer_id)
    unanswered = Interview.objects.filter(sitting=sitting, state=State.PROPOSED)
    for interview in unanswered.order_by("application"):
        cancel(interview=interview, by=by, reason=CancelReason.UNANSWERED, only_from=(State.PROPOSED,))
    sitting = locked_one(Sitting.objects.select_related("posting"), pk=sitting.pk)
    if sitting.closed_at is not None:
        return sitting
    if sitting.is_queue:
        there = Interview.objects.filter(sitting=sitting, state__in=TIMED).count()
        if there and by is not None:
            raise Refused(f"队里还有 {there} 个人。先叫完，或者给他们改期。")
        booking.free(sitting=sitting)
    _withdraw_free(sitting)
    sitting.closed_at = timezone.now()
    sitting.save(update_fields=["closed_at"])
    return sitting
