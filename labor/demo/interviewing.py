"""Interviews of the demo's firm: what was held and came of it, what is coming, and one to try out now."""

import itertools
import random
import uuid
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from employers.models import Employer, JobPosting
from jinba.accounts.models import User
from labor.applications.choices import Stage
from labor.applications.models import Application
from labor.interviews.actions import answering, booking, changing, offering, reminding, seating
from labor.interviews.choices import CancelReason, Mode, NextStep, Result, SeatKind, Side, State
from labor.interviews.models import (
    BookedTime,
    Booth,
    CallReport,
    Criterion,
    Interview,
    InterviewEvent,
    OpeningHours,
    Question,
    Score,
    Scorecard,
    Seat,
    Sitting,
    Slot,
)

MINUTES = 20
MOST = 60
# A newcomer may try the room for so long: from half an hour before until two hours after.
TRIAL_MINUTES = 180
CRITERIA = (("手艺", 3), ("做过多久", 2), ("说话清楚", 1), ("什么时候能来", 2))
QUESTIONS = ("以前在哪里上班，做什么？", "长白班和两班倒，哪个能上？", "最快哪天能到金华？", "要不要住宿舍、夫妻房？")
WORDS = {
    Result.PASSED: "手艺合适，请留意录用通知。",
    Result.UNDECIDED: "还要和车间商量，三天内答复您。",
    Result.FAILED: "这个岗位要会看图纸，您先练练，以后有合适的再联系。",
}
RESULT_OF = {
    Stage.INTERVIEWED: (Result.UNDECIDED, NextStep.WAIT),
    Stage.OFFERED: (Result.PASSED, NextStep.OFFER),
    Stage.REJECTED: (Result.FAILED, NextStep.REJECT),
}


def arrange(*, seed: int, users: dict[str, User], employer: Employer) -> int:
    """Booths with hours, questions and criteria, and an interview for each application that has come so far."""
    rng = random.Random(f"interviews {seed}")
    make_booths(users["demo-park"])
    mine = Application.objects.filter(posting__employer=employer).select_related("worker__user", "posting")
    for posting in JobPosting.objects.filter(employer=employer).order_by("pk"):
        _prepare(posting)
    recruiter = users["demo-recruiter"]
    coming, past = _office_times(recruiter, 1), _office_times(recruiter, -1)
    mine = mine.filter(interviews=None)
    count = 0
    held = mine.filter(stage__in=RESULT_OF, events__to_stage=Stage.INTERVIEWED).distinct().order_by("pk")[:MOST]
    for application in held:
        _hold(application, recruiter, next(past), rng)
        count += 1
    for application in mine.filter(stage=Stage.INTERVIEW_SCHEDULED).order_by("pk")[:MOST]:
        _confirm(application, recruiter, next(coming))
        count += 1
    return count


def make_booths(host: User) -> None:
    """Two rooms of the service zone, open every day while the demo's park officer is on duty."""
    for name, note in (
        ("一号面试间", "进大门左手，二楼东头。带身份证。"),
        ("二号面试间", "进大门左手，二楼西头。带身份证。"),
    ):
        booth, is_new = Booth.objects.get_or_create(
            name=name, defaults={"place": "巴中人力资源服务产业园二楼", "note": note}
        )
        if is_new:
            OpeningHours.objects.bulk_create(
                OpeningHours(booth=booth, weekday=day, opens=time(8, 30), closes=time(18, 0), host=host)
                for day in range(7)
            )


def _prepare(posting: JobPosting) -> None:
    if posting.criteria.exists():
        return
    Criterion.objects.bulk_create(
        Criterion(posting=posting, name=name, weight=weight, ordinal=number)
        for number, (name, weight) in enumerate(CRITERIA)
    )
    Question.objects.bulk_create(
        Question(posting=posting, text=text, ordinal=number) for number, text in enumerate(QUESTIONS)
    )


def _office_times(recruiter: User, step: int) -> Iterator[datetime]:
    """Every twenty minutes of the mornings that the recruiter still has, from tomorrow on or from yesterday back."""
    taken = set(Slot.objects.filter(sitting__recruiter=recruiter).values_list("starts_at", flat=True))
    for day in itertools.count(1):
        for number in range(9):
            morning = datetime.combine(timezone.localdate() + timedelta(days=day * step), time(9))
            at = timezone.make_aware(morning + timedelta(minutes=MINUTES * number))
            if at not in taken:
                yield at


def _made(application: Application, recruiter: User, starts_at: datetime, **fields: Any) -> Interview:
    """A row with its sitting, its slot and its event, as if it had been offered and picked."""
    ends_at = starts_at + timedelta(minutes=MINUTES)
    sitting = Sitting.objects.create(
        posting=application.posting, recruiter=recruiter, starts_at=starts_at, ends_at=ends_at, minutes=MINUTES,
        made_by=recruiter, closed_at=ends_at if ends_at < timezone.now() else None,
    )  # fmt: skip
    slot = Slot.objects.create(sitting=sitting, starts_at=starts_at, ends_at=ends_at)
    interview = Interview.objects.create(
        application=application, sitting=sitting, slot=slot, recruiter=recruiter, made_by=recruiter,
        starts_at=starts_at, ends_at=ends_at, **fields,
    )  # fmt: skip
    road = [(State.PROPOSED, Side.EMPLOYER, recruiter), (State.CONFIRMED, Side.WORKER, application.worker.user)]
    if interview.state == State.DONE:
        road += [(State.LIVE, Side.EMPLOYER, recruiter), (State.DONE, Side.EMPLOYER, recruiter)]
    before = ""
    for number, (state, side, by) in enumerate(road, 1):
        InterviewEvent.objects.create(
            interview=interview, from_state=before, to_state=state, side=side, by=by, starts_at=starts_at,
            at=min(starts_at, timezone.now()) - timedelta(hours=48 // number),
        )  # fmt: skip
        before = state
    booking.book_slots(slots=[slot], recruiter=recruiter)
    return interview


def _confirm(application: Application, recruiter: User, starts_at: datetime) -> None:
    interview = _made(application, recruiter, starts_at, state=State.CONFIRMED)
    booking.book_interview(interview=interview, starts_at=starts_at, ends_at=interview.ends_at or starts_at)
    reminding.issue(interview=interview)
    seating.seat_all(interview=interview)


def _hold(application: Application, recruiter: User, starts_at: datetime, rng: random.Random) -> None:
    """One that was: its card, and how the line was."""
    result, step = RESULT_OF[Stage(application.stage)]
    ended_at = starts_at + timedelta(minutes=rng.randint(8, 18))
    interview = _made(
        application, recruiter, starts_at, state=State.DONE, live_at=starts_at, ended_at=ended_at,
        worker_came_at=starts_at, employer_came_at=starts_at, feedback=WORDS[result],
    )  # fmt: skip
    card = Scorecard.objects.create(
        interview=interview, by=recruiter, result=result, next_step=step, feedback=WORDS[result], version=1,
        saved_at=ended_at, handed_in_at=ended_at, close_reason=application.close_reason,
    )  # fmt: skip
    best = {Result.PASSED: 5, Result.UNDECIDED: 4, Result.FAILED: 3}[result]
    Score.objects.bulk_create(
        Score(scorecard=card, criterion=criterion, weight=criterion.weight, points=rng.randint(best - 2, best))
        for criterion in application.posting.criteria.all()
    )
    for number, kind, name in ((1, SeatKind.RECRUITER, recruiter.name), (2, SeatKind.WORKER, application.worker.name)):
        seat = Seat.objects.create(
            interview=interview, number=number, kind=kind, name=name, key=uuid.uuid4().hex[:16],
            user=recruiter if number == 1 else application.worker.user, link_ends_at=ended_at, arrived_at=starts_at,
            admitted_at=starts_at,
        )  # fmt: skip
        frame = rng.randint(600, 2_600)
        CallReport.objects.create(
            interview=interview, seat=seat, peer=3 - number, connection=uuid.uuid4(), is_connected=True,
            setup_ms=frame - rng.randint(100, 400), first_frame_ms=frame, drops=rng.choice((0, 0, 0, 0, 1)),
            seconds=int((ended_at - starts_at).total_seconds()), is_relayed=rng.random() < 0.2, started_at=starts_at,
        )  # fmt: skip


# One to try now ------------------------------------------------------------------------------------------------------


def ready_to_try() -> Interview | None:
    """An interview of the demo's firm whose room may be entered now, made when there is none; None without a demo.

    It begins in some minutes and lasts for hours, so that a newcomer finds it on: each start of the server asks.
    """
    recruiter = User.objects.filter(username="demo-recruiter", membership__isnull=False).first()
    if recruiter is None:
        return None
    mine = Interview.objects.filter(
        recruiter=recruiter, sitting__minutes=TRIAL_MINUTES, mode=Mode.VIDEO, application__worker__user__isnull=False
    ).select_related("application__worker__user", "application__posting", "recruiter")
    now = timezone.now()
    for interview in mine.timed():
        if interview.is_on(now) and interview.ends_at and interview.ends_at > now:
            return interview
    with transaction.atomic():
        for interview in mine.open():
            changing.cancel(interview=interview, by=recruiter, reason=CancelReason.OTHER, note="演示重新开始")
        # One that was over early leaves the rest of its hours free.
        BookedTime.objects.filter(slot__sitting__recruiter=recruiter, slot__sitting__minutes=TRIAL_MINUTES).delete()
        BookedTime.objects.filter(interview__in=mine).delete()
        return _arrange_trial(recruiter, now)


def _arrange_trial(recruiter: User, now: datetime) -> Interview | None:
    application = (
        Application.objects.filter(
            posting__employer__members__user=recruiter, worker__user__username__startswith="demo-",
            stage__in=[Stage.APPLIED, Stage.PROCESSING, Stage.NEED_INFO, Stage.SHORTLISTED, Stage.INTERVIEWED],
        )
        .select_related("worker__user", "posting__employer")
        .order_by("worker__user__username", "pk")
        .first()
    )  # fmt: skip
    if application is None:
        return None
    starts_at = now.replace(second=0, microsecond=0) + timedelta(minutes=5)
    sitting = offering.offer(
        posting=application.posting, applications=[application], recruiter=recruiter, by=recruiter, mode=Mode.VIDEO,
        times=[starts_at], minutes=TRIAL_MINUTES, note="演示面试：两个窗口各进一边，就能看到对方。",
    )  # fmt: skip
    return answering.pick(
        interview=sitting.interviews.get(), slot=sitting.slots.get(), by=application.worker.user
    )  # fmt: skip
