"""Those who were interviewed for a posting, side by side."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch

from employers.models import JobPosting
from labor.interviews.choices import Result
from labor.interviews.models import Score, Scorecard
from labor.interviews.scoring import in_words, mean, total

ORDERS = {"total": "分数高的在前", "new": "最近的在前", "result": "按结果"}
MOST = 300  # cards that are compared; who interviews more looks at the latest
_RANK = {Result.PASSED: 0, Result.UNDECIDED: 1, Result.FAILED: 2}


@dataclass(frozen=True)
class Compared:
    """One applicant: his latest card, and the mean over all that were handed in about him."""

    name: str
    interview_id: int
    rounds: int
    total: Decimal | None
    result: str
    result_words: str
    next_step: str
    stage: str
    stage_words: str
    at: datetime

    @property
    def total_words(self) -> str:
        return in_words(self.total)


@dataclass(frozen=True)
class Found:
    rows: list[Compared]
    mean_words: str
    criteria: list[tuple[str, str]]  # name, and the mean of its points in words
    is_cut: bool


def compared(posting: JobPosting, order: str) -> Found:
    """By `order` (one of ORDERS); two queries."""
    points = Prefetch("scores", Score.objects.select_related("criterion"))
    rows = Scorecard.objects.filter(interview__application__posting=posting, handed_in_at__isnull=False)
    rows = rows.select_related("interview__application__worker").prefetch_related(points)
    cards = list(rows.order_by("-handed_in_at", "-pk")[: MOST + 1])
    by_application: dict[int, list[Scorecard]] = defaultdict(list)
    for card in cards[:MOST]:
        by_application[card.interview.application_id].append(card)
    found = [_row(some) for some in by_application.values()]
    keys: dict[str, Any] = {
        "total": lambda row: (row.total is None, -(row.total or 0), -row.at.timestamp()),
        "new": lambda row: -row.at.timestamp(),
        "result": lambda row: (_RANK.get(row.result, 3), -(row.total or 0)),
    }
    found.sort(key=keys[order])
    return Found(found, in_words(mean(row.total for row in found)), _criteria(cards[:MOST]), len(cards) > MOST)


def _row(cards: list[Scorecard]) -> Compared:
    latest = cards[0]
    application = latest.interview.application
    assert latest.handed_in_at is not None
    return Compared(
        name=application.worker.masked_name,
        interview_id=latest.interview_id,
        rounds=len(cards),
        total=mean(_total(card) for card in cards),
        result=latest.result,
        result_words=latest.get_result_display(),
        next_step=latest.get_next_step_display(),
        stage=application.stage,
        stage_words=application.get_stage_display(),
        at=latest.handed_in_at,
    )


def _total(card: Scorecard) -> Decimal | None:
    return total((score.weight, score.points) for score in card.scores.all())


def _criteria(cards: list[Scorecard]) -> list[tuple[str, str]]:
    points: dict[str, list[Decimal]] = defaultdict(list)
    for card in cards:
        for score in card.scores.all():
            points[score.criterion.name].append(Decimal(score.points))
    return [(name, in_words(mean(given))) for name, given in points.items()]
