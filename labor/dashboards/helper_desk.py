"""What a helper wants to know first: who of his people needs something now, and how all of them get on."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone

from employers.models import JobPosting
from labor.applications.choices import HIRED, LIVE, Stage
from labor.applications.models import Application, CompanionAsk, PostingInvitation
from labor.interviews.choices import OPEN
from labor.workers.models import Delegation, DelegationRequest, Worker
from labor.workers.profile import WEIGHTY

SHOWN, FEW = 8, 3
ENDING = timedelta(days=14)
WAITED = timedelta(days=7)
ASKS = {
    Stage.OFFERED: ("企业要他了，等他回答", "去回答", True),
    Stage.NEED_INFO: ("企业想多了解他", "去看看", True),
    Stage.INTERVIEW_SCHEDULED: ("企业约他面试，问问去没去", "去看看", False),
}


@dataclass(frozen=True)
class Need:
    """Something that one of the people needs: his name, what it is, the way there."""

    name: str
    text: str
    href: str
    link_text: str
    is_urgent: bool = False


@dataclass
class HelperDesk:
    people: int = 0
    live: int = 0
    hired: int = 0
    needs: list[Need] = field(default_factory=list)
    applications: list[Application] = field(default_factory=list)


def helper_desk(user: Any) -> HelperDesk:
    """Nine queries, however many people there are."""
    mine = Application.objects.seen_by(user)
    counts = mine.aggregate(live=Count("pk", filter=Q(stage__in=LIVE)), hired=Count("pk", filter=Q(stage__in=HIRED)))
    rows = mine.live().select_related("posting__employer", "worker").defer("posting__search")
    return HelperDesk(
        people=Worker.objects.seen_by(user).active().count(),
        live=counts["live"],
        hired=counts["hired"],
        needs=list(_needs(user, mine)),
        applications=list(rows.order_by("-stage_since")[:SHOWN]),
    )


def _needs(user: Any, mine: Any) -> Iterable[Need]:
    now = timezone.now()
    # An interview that is arranged stands above, with its time.
    asking = (
        mine.filter(stage__in=ASKS)
        .exclude(interviews__state__in=OPEN)
        .select_related("posting", "worker")
        .order_by("stage_since", "pk")
    )
    found = sorted(asking[: 2 * SHOWN], key=lambda row: list(ASKS).index(Stage(row.stage)))
    for row in found[:SHOWN]:
        text, link_text, urgent = ASKS[Stage(row.stage)]
        yield Need(row.worker.name, f"“{row.posting.title}”：{text}", row.get_absolute_url(), link_text, urgent)
    people = Worker.objects.seen_by(user).active()
    invitations = PostingInvitation.objects.filter(
        worker__in=people, declined_at__isnull=True, posting__in=JobPosting.objects.open()
    ).exclude(posting__applications__worker=F("worker"))
    for one in invitations.select_related("worker", "posting").order_by("-pk")[:SHOWN]:
        href = reverse("acting:apply", args=[one.worker_id, one.posting_id])
        yield Need(one.worker.name, f"企业邀请他看看“{one.posting.title}”", href, "去看看")
    asks = CompanionAsk.objects.filter(
        worker__in=people, is_coming__isnull=True, together__posting__in=JobPosting.objects.open()
    )
    for ask in asks.select_related("worker", "together__posting").order_by("-pk")[:SHOWN]:
        href = reverse("applications:companion", args=[ask.pk])
        yield Need(ask.worker.name, f"同伴问他去不去“{ask.together.posting.title}”", href, "替他回话")
    ending = Delegation.objects.ending(within=ENDING).filter(helper=user).select_related("worker")
    for row in ending.order_by("ends_on", "pk")[:SHOWN]:
        words = f"委托 {row.ends_on.month} 月 {row.ends_on.day} 日到期，要接着办请他重新委托"
        yield Need(row.worker.name, words, reverse("persons:detail", args=[row.worker_id]), "去看看")
    waiting = mine.filter(stage=Stage.APPLIED, stage_since__lt=now - WAITED).select_related("posting", "worker")
    for row in waiting.order_by("stage_since", "pk")[:SHOWN]:
        days = (now - row.stage_since).days
        yield Need(
            row.worker.name, f"“{row.posting.title}”报了 {days} 天，企业还没回话", row.get_absolute_url(), "去看看"
        )
    # Who has told next to nothing can hardly be matched.
    silent = people.filter(answered__len=0, trades__len=0, places__len=0).order_by("-pk")
    for worker in silent[:FEW]:
        href = reverse("helpers:question", args=[worker.pk, WEIGHTY[0]])
        yield Need(worker.name, "求职资料还是空的，问几句才好推荐", href, "去问")
    unanswered = DelegationRequest.objects.waiting().filter(helper=user).select_related("worker")
    for request in unanswered.order_by("-pk")[:SHOWN]:
        yield Need(request.worker.masked_name, "还没答复您的代办请求", reverse("helpers:people"), "看名单")
