"""What about employers and postings waits for an officer."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from employers.actions.licences import WARN_DAYS
from employers.choices import EmployerState, FlagState, PostingState
from employers.models import (
    Employer,
    EmployerDocument,
    EmployerEvent,
    JobPosting,
    Licence,
    PostingEvent,
    PostingFlag,
    PostingReport,
    PostingReportEvent,
    today,
)
from jinba.core.queues import MOST, Waiting, flow, per_day, queue, waiting

WORKDAYS_3 = timedelta(days=3)


@queue(
    title="单位认证", url="admin:employers_employer_changelist", perm="employers.change_employer",
    late_after=WORKDAYS_3, order=10,
)  # fmt: skip
def verifications() -> Waiting:
    return waiting(Employer.objects.filter(state__in=(EmployerState.SUBMITTED, EmployerState.DUE)), since="updated_at")


@queue(
    title="单位材料", url="admin:employers_employerdocument_changelist", perm="employers.change_employerdocument",
    late_after=WORKDAYS_3, order=11,
)  # fmt: skip
def documents() -> Waiting:
    return waiting(EmployerDocument.objects.waiting(), since="uploaded_at")


@queue(title="许可快到期或缺失", url="admin:employers_licence_changelist", perm="employers.change_licence", order=12)
def licences() -> Waiting:
    """Red while this zone has none in force: then nobody can recruit."""
    soon = Licence.objects.valid().filter(valid_to__lte=today() + timedelta(days=max(WARN_DAYS)))
    is_missing = not Licence.objects.valid().of_platform().to_place().exists()
    return Waiting(soon.count() + is_missing, None, int(is_missing))


@queue(
    title="岗位审核", url="admin:employers_jobposting_changelist", perm="employers.change_jobposting",
    late_after=timedelta(days=1), order=20,
)  # fmt: skip
def postings_to_review() -> Waiting:
    return waiting(JobPosting.objects.filter(state=PostingState.REVIEW), since="updated_at")


@queue(
    title="岗位提示", url="admin:employers_postingflag_changelist", perm="employers.change_postingflag",
    late_after=WORKDAYS_3, order=21,
)  # fmt: skip
def open_flags() -> Waiting:
    return waiting(PostingFlag.objects.filter(state=FlagState.OPEN), since="raised_at")


@queue(
    title="岗位举报", url="admin:employers_postingreport_changelist", perm="employers.change_postingreport", order=22
)
def reports() -> Waiting:
    """Red as soon as one is past its day."""
    found = waiting(PostingReport.objects.open(), since="reported_at", by="due_at")
    late = PostingReport.objects.open().filter(due_at__lt=timezone.now()).order_by("due_at")[: MOST + 1].count()
    return found._replace(overdue=late)


@flow(perm="employers.change_employer")
def verification_flow(since: datetime) -> Any:
    rows, submitted = EmployerEvent.objects.all(), Q(to_state=EmployerState.SUBMITTED)
    settled = Q(from_state__in=(EmployerState.SUBMITTED, EmployerState.DUE)) & ~submitted
    return per_day(rows, at="at", since=since, came_in=submitted, settled=settled)


@flow(perm="employers.change_jobposting")
def review_flow(since: datetime) -> Any:
    rows, came_in = PostingEvent.objects.all(), Q(to_state=PostingState.REVIEW)
    settled = Q(from_state=PostingState.REVIEW) & ~came_in
    return per_day(rows, at="at", since=since, came_in=came_in, settled=settled)


@flow(perm="employers.change_postingreport")
def report_flow(since: datetime) -> Any:
    rows = PostingReportEvent.objects.all()
    return per_day(rows, at="at", since=since, came_in=Q(from_state=""), settled=Q(to_state="answered"))
