"""One move of an interview with its event, and who may make it: parts of the other actions' transactions."""

from typing import Any

from django.utils import timezone

from employers.models import Member
from jinba.accounts.choices import STAFF_ROLES, Role
from jinba.core.errors import Refused
from jinba.core.locks import Busy, locked_one
from jinba.core.masking import masked_text
from jinba.core.push import push
from labor.applications.choices import Stage
from labor.applications.models import Application
from labor.applications.words import closing_words
from labor.interviews.choices import Side, State
from labor.interviews.models import Interview, InterviewEvent, Sitting, Slot
from labor.interviews.moves import can_move
from labor.interviews.words import public_word, why_cancelled
from labor.workers.acting import authority
from labor.workers.models import Delegation

NOT_YOURS = "这场面试不归您办。"
LONGEST_NOTE = 200


def gather(*, pk: int, slot_id: int | None = None, with_sitting: bool = False) -> Interview:
    """The interview with all that belongs to it; locked are its application, the slot if one is named, and itself.

    `with_sitting` locks that too: places in a queue are given one by one.
    """
    ids = Interview.objects.values_list("application_id", "sitting_id").get(pk=pk)
    application_id, sitting_id = ids
    application = locked_one(
        Application.objects.select_related("worker__user", "posting__employer").defer("posting__search"),
        pk=application_id,
    )
    if with_sitting:
        locked_one(Sitting.objects.all(), pk=sitting_id)
    if slot_id is not None:
        locked_one(Slot.objects.all(), pk=slot_id)
    rows = Interview.objects.select_related("sitting", "slot", "recruiter", "booth", "helper", "made_by")
    interview = locked_one(rows, pk=pk)
    if interview.sitting_id != sitting_id:
        raise Busy  # it was asked again, to another sitting, while we waited
    interview.application = application
    return interview


def part_of(*, interview: Interview, by: Any) -> tuple[Side, Delegation | None]:
    """On which side `by` acts, and for a helper under which delegation; Refused when on none.

    Park staff who may not speak for the worker host the booth, if there is one; officers see to booths too.
    """
    if by is None:
        return Side.SYSTEM, None
    application = interview.application
    if by.role == Role.EMPLOYER:
        must_be_member(by=by, employer_id=application.posting.employer_id)
        return Side.EMPLOYER, None
    try:
        return Side.WORKER, authority(worker=application.worker, by=by)
    except Refused:
        if by.role in (Role.PARK, *STAFF_ROLES) and interview.booth_id is not None:
            return Side.PARK, None
        raise Refused(NOT_YOURS) from None


def must_be_member(*, by: Any, employer_id: int) -> None:
    if by is None or not Member.objects.filter(employer_id=employer_id, user=by).exists():
        raise Refused(NOT_YOURS)


def must_run(*, interview: Interview) -> None:
    """Refused once the application ended: the sweep has not been here yet."""
    application = interview.application
    if application.is_closed:
        why = closing_words(application.close_reason, application.close_note)
        raise Refused(f"这个报名已经结束（{why}），面试不用进行了。" if why else "这个报名已经结束，面试不用进行了。")
    if application.stage != Stage.INTERVIEW_SCHEDULED and interview.is_open:
        raise Refused("这个报名已经不在约面这一步，面试不用进行了。刷新页面看看最新情况。")


def must_move(*, interview: Interview, to: State, side: Side) -> None:
    if can_move(interview.state, to, side):
        return
    if interview.state == State.CANCELLED:
        raise Refused(f"这场面试已经取消（{why_cancelled(interview)}）。")
    if interview.state in (State.DONE, State.NO_SHOW):
        raise Refused("这场面试已经结束，不能再改。")
    word = public_word(interview) if side == Side.WORKER else interview.get_state_display()
    raise Refused(f"现在是“{word}”，这一步还不能办。刷新页面看看最新情况。")


def checked_note(*, note: str, field: str = "note") -> str:
    """What somebody typed, on one line and without anybody's number; Refused when it is too long."""
    note = masked_text(" ".join(note.split()))
    if len(note) > LONGEST_NOTE:
        raise Refused(f"请写在 {LONGEST_NOTE} 个字以内。", field=field)
    return note


def shift(
    *,
    interview: Interview,
    to: State,
    side: Side,
    by: Any,
    note: str = "",
    for_worker: bool = False,
    **fields: Any,
) -> InterviewEvent:
    """Take a locked interview to another state, with `fields`, and write the event; open rooms hear of it.

    The event keeps the time that was arranged: of two, the one that counts after the move, or else before it.
    """
    at, start = timezone.now(), interview.state
    then = fields.get("starts_at", interview.starts_at) or interview.starts_at
    fields["state"] = to
    if not Interview.objects.filter(pk=interview.pk, state=start).update(**fields, updated_at=at):
        raise Busy  # somebody was faster
    for name, value in fields.items():
        setattr(interview, name, value)
    event = InterviewEvent.objects.create(
        interview=interview, from_state=start, to_state=to, side=side, by=by, note=note[:LONGEST_NOTE],
        starts_at=then, for_worker=for_worker, at=at,
    )  # fmt: skip
    push(f"interview.{interview.pk}", "room.changed")
    return event


def noted(
    *, interview: Interview, side: Side, by: Any, note: str, for_worker: bool = False, **fields: Any
) -> InterviewEvent:
    """Something happened to it that leaves its state as it is."""
    return shift(
        interview=interview, to=State(interview.state), side=side, by=by, note=note, for_worker=for_worker, **fields
    )
