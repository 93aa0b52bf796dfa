"""Interviews of the town's people, one of each kind that a page shows differently."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from employers.models import JobPosting
from labor.interviews.choices import Mode, NextStep, Result, Side
from labor.interviews.models import Booth, Scorecard
from labor.workers.models import Worker
from tests.factories.employers import JobPostingFactory
from tests.factories.interviews import BoothFactory, InterviewFactory, SlotFactory, days_ahead, in_minutes


def interviews_of(worker: Worker, helped: Worker, posting: JobPosting) -> dict[str, Any]:
    """The worker's, by the names under which they stand in addresses, and one of somebody with a helper."""
    long = {"employer": posting.employer, "title": posting.title}
    booth = BoothFactory(name="巴中产业园云面试一号间", place="巴中人力资源服务产业园二楼东侧，电梯出来左手边")
    made = {
        "asked": _asked(worker, JobPostingFactory(**long), booth),
        "coming": _of(worker, confirmed=True, at=days_ahead(1, 11), application__posting=JobPostingFactory(**long)),
        "on": _of(worker, confirmed=True, at=in_minutes(20)),
        "booth": _of(worker, confirmed=True, at=days_ahead(2, 15), booth=booth),
        "waited": _of(worker, confirmed=True, at=in_minutes(-12)),
        "queue": _of(worker, confirmed=True, queue=True, queue_number=12, at=days_ahead(3, 9)),
        "onsite": _of(worker, confirmed=True, mode=Mode.ONSITE, at=days_ahead(4, 9)),
        "moved": _of(worker, rescheduling=True, slots=0),
        "queued": _of(worker, queue=True),
        "cancelled": _of(worker, cancelled=True, cancel_reason="full"),
        "missed": _of(worker, no_show=True, no_show_by=Side.EMPLOYER),
        "done": _of(worker, done=True, feedback="手很稳，就是夜班的事再想想。下周三前给您准信。"),
        "helped": _asked(helped, JobPostingFactory(), booth),
    }
    Scorecard.objects.create(
        interview=made["done"], by=made["done"].recruiter, result=Result.PASSED, next_step=NextStep.OFFER,
        handed_in_at=timezone.now(),
    )  # fmt: skip
    return {f"interview_{name}": interview.pk for name, interview in made.items()} | {
        "interview_application": made["coming"].application_id
    }


def _of(worker: Worker, **fields: Any) -> Any:
    fields.setdefault("application__posting", JobPostingFactory())
    return InterviewFactory(application__worker=worker, **fields)


def _asked(worker: Worker, posting: JobPosting, booth: Booth) -> Any:
    interview = _of(worker, application__posting=posting, slots=0)
    for days in (1, 2):
        for hour in (9, 10, 14):
            for minute in (0, 30):
                SlotFactory(sitting=interview.sitting, starts_at=days_ahead(days, hour, minute))
    sitting = interview.sitting
    sitting.note, sitting.answer_by = "带上焊工证，手机充好电。", timezone.now() + timedelta(hours=20)
    sitting.save(update_fields=["note", "answer_by"])
    return interview
