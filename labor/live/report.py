"""What came of a session: who watched, what was asked, who applied and what became of them. No person is named.

Every figure is counted from rows when it is asked for, in a fixed number of queries, however many watched.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone

from jinba.reference.models import Region
from labor.applications.choices import Stage
from labor.live.choices import MessageKind, MessageState
from labor.live.models import Audience, Card, LiveSession, Message, Pin

FEW = 5  # people of a county below which their number is not told
LONGEST = 12 * 60  # minutes that are drawn


@dataclass(frozen=True)
class Watched:
    """Visitors are browsers; seconds are those that a page was open."""

    visitors: int = 0
    seconds: int = 0
    median: int | None = None


@dataclass(frozen=True)
class County:
    """How many came from there; None when they are fewer than FEW. An empty name: it is not known."""

    name: str
    visitors: int | None
    share: float  # of the largest one, 0 to 1


@dataclass(frozen=True)
class Minute:
    at: datetime
    viewers: int


@dataclass(frozen=True)
class Shown:
    """A card was spoken of; seconds since the start."""

    title: str
    from_at: datetime
    begins: float
    ends: float


@dataclass
class CardFigures:
    """What one card brought."""

    title: str
    employer: str
    is_removed: bool = False
    seconds: int = 0
    live: int = 0
    replay: int = 0
    pinned: int = 0
    interviewed: int = 0
    hired: int = 0
    arrived: int = 0

    @property
    def applications(self) -> int:
        return self.live + self.replay


@dataclass(frozen=True)
class Report:
    session: LiveSession
    visitors: int
    live: Watched
    replay: Watched
    peak: int
    counties: list[County]
    minutes: list[Minute]
    shown: list[Shown]
    said: int
    asked: int
    answered: int
    hidden: int
    cards: list[CardFigures] = field(default_factory=list)

    @property
    def applications(self) -> int:
        return sum(card.applications for card in self.cards)

    @property
    def interviewed(self) -> int:
        return sum(card.interviewed for card in self.cards)

    @property
    def hired(self) -> int:
        return sum(card.hired for card in self.cards)

    @property
    def arrived(self) -> int:
        return sum(card.arrived for card in self.cards)

    @property
    def minutes_on_air(self) -> int:
        begun, ended = _span(self.session)
        return round((ended - begun).total_seconds() / 60) if begun and ended else 0


def report(session: LiveSession) -> Report:
    """Eight queries."""
    visitors, live, replay = _watched(session)
    minutes = _minutes(session)
    pins = list(Pin.objects.filter(session=session).select_related("card__posting").order_by("from_at", "pk"))
    peak = max([session.peak_viewers, *(minute.viewers for minute in minutes)])
    return Report(
        session=session, visitors=visitors, live=live, replay=replay, peak=peak, counties=_counties(session),
        minutes=minutes, shown=_shown(session, pins), cards=_cards(session, pins), **_words(session),
    )  # fmt: skip


def _span(session: LiveSession) -> tuple[datetime | None, datetime | None]:
    begun = session.live_at
    return begun, (session.ended_at or timezone.now()) if begun else None


# Who watched ---------------------------------------------------------------------------------------------------------

WATCHED = """
SELECT count(DISTINCT visitor),
       count(*) FILTER (WHERE NOT is_replay),
       coalesce(sum(seconds) FILTER (WHERE NOT is_replay), 0),
       percentile_disc(0.5) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE NOT is_replay),
       count(*) FILTER (WHERE is_replay),
       coalesce(sum(seconds) FILTER (WHERE is_replay), 0),
       percentile_disc(0.5) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE is_replay)
FROM live_viewing WHERE session_id = %s
"""

# A visitor who came twice, to the session and to its replay, is one; what he once said of his county counts.
COUNTIES = """
SELECT county, count(*) FROM (
    SELECT visitor, max(left(region_code, 6)) AS county FROM live_viewing WHERE session_id = %s GROUP BY visitor
) AS visitors GROUP BY county
"""


def _watched(session: LiveSession) -> tuple[int, Watched, Watched]:
    with connection.cursor() as cursor:
        cursor.execute(WATCHED, [session.pk])
        visitors, *rest = cursor.fetchone()
    return visitors, Watched(*rest[:3]), Watched(*rest[3:])


def _counties(session: LiveSession) -> list[County]:
    """The largest first; those with too few people to tell after them, the unknown last."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTIES, [session.pk])
        counts: dict[str, int] = dict(cursor.fetchall())
    names = dict(Region.objects.filter(pk__in=[code for code in counts if code]).values_list("code", "name"))
    by_name: dict[str, int] = {}
    for code, count in counts.items():
        name = names.get(code, "")
        by_name[name] = by_name.get(name, 0) + count
    most = max(by_name.values(), default=1)
    known = [
        County(name, count if count >= FEW else None, count / most if count >= FEW else 0)
        for name, count in by_name.items() if name
    ]  # fmt: skip
    known.sort(key=lambda county: (-(county.visitors or 0), county.name))
    unknown = by_name.get("", 0)
    return [*known, County("", unknown, unknown / most)] if unknown else known


def _minutes(session: LiveSession) -> list[Minute]:
    """Each minute from the start to the end; one without a row had nobody."""
    begun, ended = _span(session)
    if begun is None or ended is None:
        return []
    held = dict(Audience.objects.filter(session=session).values_list("minute", "viewers"))
    at = begun.replace(second=0, microsecond=0)
    found: list[Minute] = []
    while at <= ended and len(found) < LONGEST:
        found.append(Minute(at, held.get(at, 0)))
        at += timedelta(minutes=1)
    return found if held else []


def _shown(session: LiveSession, pins: list[Pin]) -> list[Shown]:
    begun, ended = _span(session)
    if begun is None or ended is None:
        return []
    return [
        Shown(
            pin.card.posting.title, pin.from_at, max((pin.from_at - begun).total_seconds(), 0.0),
            ((pin.to_at or ended) - begun).total_seconds(),
        )
        for pin in pins
    ]  # fmt: skip


# What was said -------------------------------------------------------------------------------------------------------


def _words(session: LiveSession) -> dict[str, int]:
    shown = Q(state=MessageState.SHOWN)
    question = Q(kind=MessageKind.QUESTION)
    counts: dict[str, int] = Message.objects.filter(session=session).aggregate(
        said=Count("pk", filter=shown),
        asked=Count("pk", filter=question & shown),
        answered=Count("pk", filter=question & shown & Q(answered_at__isnull=False)),
        hidden=Count("pk", filter=Q(state=MessageState.HIDDEN)),
    )
    return counts


# What came of it -----------------------------------------------------------------------------------------------------

# How far an application ever came: closed ones were interviewed all the same.
APPLIED = """
SELECT applied.card_id,
       count(*) FILTER (WHERE NOT applied.is_replay), count(*) FILTER (WHERE applied.is_replay),
       count(*) FILTER (WHERE applied.is_pinned),
       count(*) FILTER (WHERE reached.interviewed), count(*) FILTER (WHERE reached.hired),
       count(*) FILTER (WHERE reached.arrived)
FROM live_liveapplication AS applied
LEFT JOIN LATERAL (
    SELECT bool_or(to_stage = %(interviewed)s) AS interviewed,
           bool_or(to_stage IN (%(accepted)s, %(onboarded)s)) AS hired,
           bool_or(to_stage = %(onboarded)s) AS arrived
    FROM applications_applicationevent AS event WHERE event.application_id = applied.application_id
) AS reached ON true
WHERE applied.session_id = %(session)s GROUP BY applied.card_id
"""


def _cards(session: LiveSession, pins: list[Pin]) -> list[CardFigures]:
    _, ended = _span(session)
    with connection.cursor() as cursor:
        cursor.execute(
            APPLIED,
            {
                "session": session.pk, "interviewed": Stage.INTERVIEWED.value, "accepted": Stage.ACCEPTED.value,
                "onboarded": Stage.ONBOARDED.value,
            },
        )  # fmt: skip
        counts: dict[int, list[Any]] = {card_id: rest for card_id, *rest in cursor.fetchall()}
    seconds: dict[int, float] = {}
    for pin in pins:
        until = pin.to_at or ended or pin.from_at
        seconds[pin.card_id] = seconds.get(pin.card_id, 0) + max((until - pin.from_at).total_seconds(), 0)
    cards = Card.objects.filter(session=session).select_related("posting__employer")
    return [
        CardFigures(
            card.posting.title, card.posting.employer.name, card.removed_at is not None,
            round(seconds.get(card.pk, 0)), *counts.get(card.pk, ()),
        )
        for card in cards.defer("posting__duties", "posting__requirements", "posting__search")
    ]  # fmt: skip
