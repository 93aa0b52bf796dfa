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

FEW = 5  # people of a county below which it is not told by itself
OTHERS, UNKNOWN = "其他区县", "不知道是哪里"
LONGEST = 12 * 60  # minutes that are drawn


@dataclass(frozen=True)
class Watched:
    """Visitors are people who were signed in, and browsers of others; seconds are those that a page was open."""

    visitors: int = 0
    seconds: int = 0
    median: int | None = None


@dataclass(frozen=True)
class County:
    """How many came from there, or from all that are too small to be told (OTHERS)."""

    name: str
    visitors: int
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
    signed_in: int
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
    visitors, signed_in, live, replay = _watched(session)
    minutes = _minutes(session)
    pins = list(Pin.objects.filter(session=session).select_related("card__posting").order_by("from_at", "pk"))
    peak = max([session.peak_viewers, *(minute.viewers for minute in minutes)])
    return Report(
        session=session, visitors=visitors, signed_in=signed_in, live=live, replay=replay, peak=peak,
        counties=_counties(session), minutes=minutes, shown=_shown(session, pins), cards=_cards(session, pins),
        **_words(session),
    )  # fmt: skip


def _span(session: LiveSession) -> tuple[datetime | None, datetime | None]:
    begun = session.live_at
    return begun, (session.ended_at or timezone.now()) if begun else None


# Who watched ---------------------------------------------------------------------------------------------------------

# Who was signed in is one person whatever he watched with; of everybody else there is only the browser's number.
WATCHED = """
SELECT count(DISTINCT coalesce('user ' || user_id, visitor)), count(DISTINCT user_id),
       count(DISTINCT coalesce('user ' || user_id, visitor)) FILTER (WHERE NOT is_replay),
       coalesce(sum(seconds) FILTER (WHERE NOT is_replay), 0),
       percentile_disc(0.5) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE NOT is_replay),
       count(DISTINCT coalesce('user ' || user_id, visitor)) FILTER (WHERE is_replay),
       coalesce(sum(seconds) FILTER (WHERE is_replay), 0),
       percentile_disc(0.5) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE is_replay)
FROM live_viewing WHERE session_id = %s
"""

# A visitor who came twice, to the session and to its replay, is one; what he once said of his county counts.
COUNTIES = """
SELECT county, count(*) FROM (
    SELECT max(left(region_code, 6)) AS county FROM live_viewing WHERE session_id = %s
    GROUP BY coalesce('user ' || user_id, visitor)
) AS visitors GROUP BY county
"""


def _watched(session: LiveSession) -> tuple[int, int, Watched, Watched]:
    with connection.cursor() as cursor:
        cursor.execute(WATCHED, [session.pk])
        visitors, signed_in, *rest = cursor.fetchone()
    return visitors, signed_in, Watched(*rest[:3]), Watched(*rest[3:])


def _counties(session: LiveSession) -> list[County]:
    """The largest first; those with too few people to tell as one after them, the unknown last."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTIES, [session.pk])
        counts: dict[str, int] = dict(cursor.fetchall())
    names = dict(Region.objects.filter(pk__in=[code for code in counts if code]).values_list("code", "name"))
    by_name: dict[str, int] = {}
    for code, count in counts.items():
        name = names.get(code, UNKNOWN)
        by_name[name] = by_name.get(name, 0) + count
    told = _folded(by_name)
    most = max((count for _, count in told), default=1)
    return [County(name, count, count / most) for name, count in told]


def _folded(by_name: dict[str, int]) -> list[tuple[str, int]]:
    """Counties with fewer than FEW as one, and never so that the total gives away how many came from one of them.

    One alone, or several with fewer than FEW together, take the next smallest along, and at last the unknown. Which
    counties they are is not said.
    """
    unknown = by_name.get(UNKNOWN, 0)
    counties = sorted((item for item in by_name.items() if item[0] != UNKNOWN), key=lambda item: (-item[1], item[0]))
    told = [item for item in counties if item[1] >= FEW]
    few = counties[len(told) :]

    def gives_away() -> bool:
        return bool(few) and (len(few) < 2 or sum(count for _, count in few) < FEW)

    while told and gives_away():
        few.append(told.pop())
    others = sum(count for _, count in few)
    if unknown and gives_away():
        return [*told, (f"{OTHERS}和{UNKNOWN}", others + unknown)]
    return [*told, *[(OTHERS, others)] * bool(others), *[(UNKNOWN, unknown)] * bool(unknown)]


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
