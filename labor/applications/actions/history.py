"""One step of an application with its event, and who hears of it: parts of the other actions' transactions."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from employers.models import JobPosting, Member
from jinba.core.errors import Refused
from jinba.core.locks import Busy
from jinba.notices.actions import tell, tell_all
from labor.applications import words
from labor.applications.choices import CLOSED, LIVE, Stage
from labor.applications.models import Application, ApplicationEvent
from labor.workers.models import Delegation, Worker


def shift(
    *,
    application: Application,
    to: Stage,
    by: Any,
    reason: str = "",
    note: str = "",
    resumes_as: str = "",
    at: datetime | None = None,
    for_worker: bool = False,
) -> ApplicationEvent:
    """Take a locked application to another stage and write the event. That it may go there is checked already."""
    at = at or timezone.now()
    fields = {
        "stage": to,
        "stage_since": at,
        "close_reason": reason if to in CLOSED else "",
        "close_note": note if to in CLOSED else "",
        "resumes_as": resumes_as,
    }
    start = application.stage
    if not Application.objects.filter(pk=application.pk, stage=start).update(**fields, updated_at=at):
        raise Busy  # somebody was faster
    for name, value in fields.items():
        setattr(application, name, value)
    return ApplicationEvent.objects.create(
        application=application,
        from_stage=start,
        to_stage=to,
        reason=reason,
        note=note,
        by=by,
        at=at,
        for_worker=for_worker,
    )


# Of these the people who look after a worker hear although he has an account of his own: they want an answer.
FOR_HELPERS_TOO = (Stage.NEED_INFO, Stage.INTERVIEW_SCHEDULED, Stage.OFFERED, Stage.RETRACTED)


def tell_worker(*, event: ApplicationEvent, posting: JobPosting) -> None:
    """The worker reads of a step that somebody else made, in plain words; so do those who look after him."""
    application = event.application
    title, body = words.to_worker(event, posting)
    tell(
        recipient=application.worker.user,
        kind=f"application.{event.to_stage}",
        dedupe_key=f"application:{application.pk}:event:{event.pk}",
        title=title,
        body=body,
        url=application.get_absolute_url(),
    )
    tell_helpers(event=event, posting=posting)


def tell_helpers(*, event: ApplicationEvent, posting: JobPosting) -> None:
    """Whom the worker entrusted reads of every step while the worker cannot, later of those that ask for a word."""
    application = event.application
    worker = application.worker
    if worker.user_id is not None and event.to_stage not in FOR_HELPERS_TOO:
        return
    title, body = words.to_helper(event, posting, worker.name)
    tell_all(
        recipient_ids=[pk for pk in helper_ids(worker=worker) if pk != event.by_id],
        kind="person_news",
        dedupe_key=f"application:{application.pk}:event:{event.pk}",
        title=title,
        body=body,
        url=application.get_absolute_url(),
    )


def helper_ids(*, worker: Worker) -> list[int]:
    """Those who may act for the worker now."""
    live = Delegation.objects.live().filter(worker=worker, helper__is_active=True)
    return list(live.values_list("helper_id", flat=True))


def tell_employer(*, event: ApplicationEvent, posting: JobPosting) -> None:
    """All members of the employer read of a step that the worker made."""
    application = event.application
    title, body = words.to_employer(event, posting, application.worker.masked_name)
    tell_all(
        recipient_ids=member_ids(employer_id=posting.employer_id),
        kind=f"application.{event.to_stage}",
        dedupe_key=f"application:{application.pk}:event:{event.pk}",
        title=title,
        body=body,
        url=reverse("applicants:detail", args=[application.pk]),
    )


def member_ids(*, employer_id: int) -> list[int]:
    return list(Member.objects.filter(employer_id=employer_id, user__is_active=True).values_list("user_id", flat=True))


def live_one(*, worker_id: int, posting_id: int) -> Application | None:
    """The worker's running application to the posting, if there is one."""
    return Application.objects.filter(worker_id=worker_id, posting_id=posting_id, stage__in=LIVE).first()


def must_be_member(*, by: Any, employer_id: int) -> None:
    """Refused unless `by` acts for the employer."""
    if not Member.objects.filter(employer_id=employer_id, user=by).exists():
        raise Refused("这个岗位不是您单位的，这一步不归您办。")
