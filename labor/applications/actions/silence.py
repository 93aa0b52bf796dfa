"""Nobody waits for ever. Who owes an answer is reminded, and what stays unanswered ends with an honest word.

The clock of an application is `stage_since`: every step starts it anew. Between the reminder and the end lie at least
FAIR_WARNING, however late the reminder was: a week without a running beat closes nothing unannounced. An interview
that is still to come is no silence; that stage is not among these.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from employers.models import JobPosting
from jinba.core.locks import locked, patient
from jinba.notices.actions import tell, tell_all
from labor.applications import words
from labor.applications.actions.history import helper_ids, member_ids, shift, tell_employer, tell_helpers
from labor.applications.choices import UNANSWERED, WORKERS_TURN, CloseReason, Stage
from labor.applications.models import Application, ApplicationQuerySet

logger = logging.getLogger(__name__)

AT_ONCE = 200
PAGE = 500  # postings or applications looked up together
FAIR_WARNING = timedelta(days=3)
NOT_REMINDED = Q(reminded_at__isnull=True) | Q(reminded_at__lt=F("stage_since"))


def remind() -> int:
    """Remind employers (one word for each posting and day) and workers; returns how many applications were about."""
    now = timezone.now()
    silent = _since(Application.objects.filter(NOT_REMINDED, stage__in=UNANSWERED), now, settings.SILENCE_REMIND_DAYS)
    told = sum(_each(_postings(silent), lambda pk: _remind_employer(posting_id=pk, now=now)))
    for stage, days in _turn_days():
        rows = _since(Application.objects.filter(NOT_REMINDED, stage=stage), now, days)
        told += sum(_each(_ids(rows), partial(_remind_worker, stage=stage, now=now)))
    return told


def close_silent() -> int:
    """End what was reminded of in vain; returns how many applications ended."""
    now = timezone.now()
    return sum(_each(_postings(_overdue(now)), lambda pk: _close_posting(posting_id=pk, now=now)))


def _turn_days() -> tuple[tuple[Stage, int], ...]:
    return (Stage.NEED_INFO, settings.SILENCE_REMIND_DAYS), (Stage.OFFERED, settings.OFFER_REMIND_DAYS)


def _since(rows: ApplicationQuerySet, now: datetime, days: int) -> ApplicationQuerySet:
    return rows.filter(stage_since__lte=now - timedelta(days=days))


def _overdue(now: datetime) -> ApplicationQuerySet:
    rows = Application.objects.filter(Q(stage__in=UNANSWERED) | Q(stage__in=WORKERS_TURN))
    warned = rows.filter(reminded_at__gte=F("stage_since"), reminded_at__lte=now - FAIR_WARNING)
    return _since(warned, now, settings.SILENCE_CLOSE_DAYS)


def _postings(rows: ApplicationQuerySet) -> Iterator[int]:
    """The postings of these applications, page by page."""
    last = 0
    while page := list(
        rows.filter(posting__gt=last).order_by("posting").values_list("posting", flat=True).distinct()[:PAGE]
    ):
        yield from page
        last = page[-1]


def _ids(rows: ApplicationQuerySet) -> Iterator[int]:
    last = 0
    while page := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:PAGE]):
        yield from page
        last = page[-1]


def _each(keys: Iterable[int], act: Callable[[int], int]) -> Iterator[int]:
    """Each by itself: one that fails does not keep the others waiting, and comes again with the next round."""
    for key in keys:
        try:
            yield act(key)
        except Exception:
            logger.exception("silence: %s", key)


# Reminding -----------------------------------------------------------------------------------------------------------


@patient
def _remind_employer(*, posting_id: int, now: datetime) -> int:
    posting = JobPosting.objects.only("title", "employer_id").get(pk=posting_id)
    silent = Application.objects.filter(NOT_REMINDED, posting=posting, stage__in=UNANSWERED)
    rows = locked(_since(silent, now, settings.SILENCE_REMIND_DAYS))
    if not rows:
        return 0
    members = member_ids(employer_id=posting.employer_id)
    days = (now - min(row.stage_since for row in rows)).days
    told = tell_all(
        recipient_ids=members,
        kind="silence.waiting",
        dedupe_key=f"posting:{posting.pk}:silent:{timezone.localtime(now):%Y%m%d}",
        title=f"“{posting.title}”有 {len(rows)} 个人等您回复",
        body=f"最早的等了 {days} 天。满 {settings.SILENCE_CLOSE_DAYS} 天不回复，报名会自动结束。合不合适，都请说一声。",
        url=reverse("applicants:board", args=[posting.pk]),
    )
    if members and not told:
        return 0  # one word a day is enough; these are in tomorrow's
    return _mark(rows, now)


@patient
def _remind_worker(pk: int, *, stage: Stage, now: datetime) -> int:
    rows = locked(
        Application.objects.filter(NOT_REMINDED, stage=stage).select_related("worker__user", "posting"), ids=[pk]
    )
    for application in rows:
        title, body = words.reminder(application)
        key = f"application:{application.pk}:turn:{application.stage_since:%Y%m%d%H%M%S}"
        url = application.get_absolute_url()
        tell(
            recipient=application.worker.user,
            kind=f"turn.{stage.value}",
            dedupe_key=key,
            title=title,
            body=body,
            url=url,
        )
        tell_all(
            recipient_ids=helper_ids(worker=application.worker),
            kind=f"turn.{stage.value}",
            dedupe_key=key,
            title=f"{application.worker.name}：{title}",
            body=body.replace("您", "他"),
            url=url,
        )
    return _mark(rows, now)


def _mark(rows: list[Application], now: datetime) -> int:
    return Application.objects.filter(pk__in=[row.pk for row in rows]).update(reminded_at=now, updated_at=now)


# Closing -------------------------------------------------------------------------------------------------------------


def _close_posting(*, posting_id: int, now: datetime) -> int:
    closed = 0
    while some := _close_some(posting_id=posting_id, now=now):
        closed += some
    return closed


@patient
def _close_some(*, posting_id: int, now: datetime) -> int:
    posting = JobPosting.objects.only("title", "employer_id").get(pk=posting_id)
    ids = list(_overdue(now).filter(posting=posting).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    # Looked at again under the lock: somebody may have answered at this very moment.
    rows = locked(_overdue(now).select_related("worker__user", "posting"), ids=ids)
    unanswered = 0
    for application in rows:
        start = Stage(application.stage)
        # No seat to give back: one is taken when an offer is accepted, not before.
        event = shift(application=application, to=Stage.TIMED_OUT, by=None, reason=CloseReason.AUTOMATIC)
        title, body = words.to_worker(event, posting)
        tell(
            recipient=application.worker.user,
            kind="application.timed_out",
            dedupe_key=f"application:{application.pk}:event:{event.pk}",
            title=title,
            body=body,
            url=reverse("matching:jobs_for_me"),
        )
        tell_helpers(event=event, posting=posting)
        if start == Stage.OFFERED:
            tell_employer(event=event, posting=posting)
        unanswered += start in UNANSWERED
    if unanswered:
        tell_all(
            recipient_ids=member_ids(employer_id=posting.employer_id),
            kind="silence.ended",
            dedupe_key=f"posting:{posting.pk}:silence-ended:{rows[0].pk}",
            title=f"“{posting.title}”有 {unanswered} 个报名自动结束了",
            body=f"等了 {settings.SILENCE_CLOSE_DAYS} 天没有您的回复。还想要人，请早点看新的报名。",
            url=reverse("applicants:board", args=[posting.pk]),
        )
    return len(rows)


# For the employer's board --------------------------------------------------------------------------------------------


def days_left(*, application: Application, now: datetime) -> int | None:
    """In how many days the application ends unless the employer says something; None before he was reminded."""
    if application.stage not in UNANSWERED:
        return None
    waited = now - application.stage_since
    if waited < timedelta(days=settings.SILENCE_REMIND_DAYS):
        return None
    return max((timedelta(days=settings.SILENCE_CLOSE_DAYS) - waited).days, 0)
