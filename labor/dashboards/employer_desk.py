"""What an employer's member wants to know first: what is open, who waits, what to do next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone

from employers.choices import PostingState
from employers.models import Employer, JobPosting, today
from labor.applications.choices import LIVE, Stage

SOON = timedelta(days=7)
SHOWN = 8
OPEN_STATES = (PostingState.PUBLISHED, PostingState.PAUSED)


@dataclass
class ToDo:
    """One thing to do: its words, the way there, and whether somebody has waited long."""

    text: str
    href: str
    link_text: str
    is_urgent: bool = False


@dataclass
class Desk:
    open_postings: int = 0
    seats: int = 0
    waiting: int = 0
    interviews: int = 0
    hired: int = 0
    to_dos: list[ToDo] = field(default_factory=list)
    postings: Sequence[JobPosting] = ()


def _stages(*stages: str) -> Any:
    return Count("applications", filter=Q(applications__stage__in=stages))


def desk_of(employer: Employer) -> Desk:
    """All of it in one query."""
    postings = list(
        JobPosting.objects.filter(employer=employer)
        .exclude(state__in=(PostingState.ARCHIVED, PostingState.REMOVED))
        .only("title", "state", "state_reason", "valid_until", "headcount", "filled")
        .annotate(
            waiting=_stages(Stage.APPLIED),
            oldest=Min("applications__stage_since", filter=Q(applications__stage=Stage.APPLIED)),
            interviewing=_stages(Stage.INTERVIEW_SCHEDULED),
            accepted=_stages(Stage.ACCEPTED),
            live=_stages(*LIVE),
        )
        .order_by("-id")
    )
    running = [posting for posting in postings if posting.state == PostingState.PUBLISHED and not posting.is_expired]
    shown = [posting for posting in postings if posting.state in OPEN_STATES]
    return Desk(
        open_postings=len(running),
        seats=sum(posting.seats_left for posting in running),
        waiting=sum(posting.waiting for posting in postings),
        interviews=sum(posting.interviewing for posting in postings),
        hired=sum(posting.filled for posting in postings),
        to_dos=list(_to_dos(postings)),
        postings=sorted(shown, key=lambda posting: -posting.waiting)[:SHOWN],
    )


def _to_dos(postings: list[Any]) -> Iterable[ToDo]:
    now = timezone.now()
    for posting in sorted((one for one in postings if one.waiting), key=lambda one: one.oldest):
        yield ToDo(
            f"“{posting.title}”有 {posting.waiting} 人等您回话{_for_days(now, posting.oldest)}",
            reverse("applicants:board", args=[posting.pk]),
            "去看看",
            is_urgent=now - posting.oldest > timedelta(days=2),
        )
    for posting in postings:
        edit = reverse("employers:posting_edit", args=[posting.pk])
        if posting.accepted:
            board = reverse("applicants:board", args=[posting.pk])
            yield ToDo(f"“{posting.title}”有 {posting.accepted} 人答应来，请确认到岗", board, "去确认")
        if posting.state == PostingState.REJECTED:
            yield ToDo(f"“{posting.title}”没有通过审核：{posting.state_reason}", edit, "去修改", is_urgent=True)
        elif posting.state == PostingState.PUBLISHED and posting.is_expired:
            yield ToDo(f"“{posting.title}”已经过期，工人看不到了", edit, "续有效期", is_urgent=True)
        elif posting.state == PostingState.PUBLISHED and posting.valid_until - today() <= SOON:
            yield ToDo(f"“{posting.title}”{posting.valid_until:%-m 月 %-d 日}到期", edit, "续有效期")
        elif posting.state == PostingState.DRAFT:
            yield ToDo(f"“{posting.title or '没写名称的岗位'}”还是草稿", edit, "接着写")


def _for_days(now: datetime, since: datetime) -> str:
    days = (now - since).days
    return f"，最久的等了 {days} 天" if days else ""
