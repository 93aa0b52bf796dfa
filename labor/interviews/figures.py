"""What operations want to know of the interviews of a time: did they take place, and how good was the line?"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from labor.interviews.choices import Mode, Side, State
from labor.interviews.models import CallReport, Interview

DAYS = 30
TROUBLED = 20  # interviews with a bad line that are named


@dataclass(frozen=True)
class Line:
    """The video lines of a time. Milliseconds and shares; None where nothing was measured.

    A call is one interview in which somebody's page tried to reach another's; it succeeded when one line stood.
    """

    calls: int = 0
    connected: int = 0
    by_phone: int = 0
    first_frame_p50: int | None = None
    first_frame_p95: int | None = None
    setup_p95: int | None = None
    hours: float = 0
    drops: int = 0
    restarts: int = 0
    relayed: int = 0
    audio_only_seconds: int = 0
    seconds: int = 0

    @property
    def success(self) -> float | None:
        return self.connected / self.calls if self.calls else None

    @property
    def relay_share(self) -> float | None:
        return self.relayed / self.connected if self.connected else None

    @property
    def drops_per_hour(self) -> float | None:
        return self.drops / self.hours if self.hours else None

    @property
    def audio_only_share(self) -> float | None:
        return self.audio_only_seconds / self.seconds if self.seconds else None


@dataclass(frozen=True)
class Figures:
    """Interviews whose start lies within the days, by what became of them; and their lines."""

    first: date
    last: date
    held: int = 0
    missed_by_worker: int = 0
    missed_by_employer: int = 0
    cancelled: int = 0
    coming: int = 0
    modes: dict[str, int] = field(default_factory=dict)
    by_day: list[tuple[date, int]] = field(default_factory=list)
    line: Line = field(default_factory=Line)

    @property
    def attendance(self) -> float | None:
        """Of those that were due and not cancelled, the share that took place."""
        due = self.held + self.missed_by_worker + self.missed_by_employer
        return self.held / due if due else None


def figures(*, first: date, last: date) -> Figures:
    """Both days included, Beijing time. Three queries, however many interviews there are."""
    since, until = _start(first), _start(last + timedelta(days=1))
    rows = Interview.objects.filter(starts_at__gte=since, starts_at__lt=until).order_by()
    counts = rows.aggregate(
        held=Count("pk", filter=Q(state=State.DONE)),
        missed_by_worker=Count("pk", filter=Q(state=State.NO_SHOW, no_show_by=Side.WORKER)),
        missed_by_employer=Count("pk", filter=Q(state=State.NO_SHOW, no_show_by=Side.EMPLOYER)),
        cancelled=Count("pk", filter=Q(state=State.CANCELLED)),
        coming=Count("pk", filter=Q(state__in=[State.CONFIRMED, State.LIVE])),
        **{mode: Count("pk", filter=Q(state=State.DONE, mode=mode)) for mode in Mode.values},
    )
    modes = {mode: counts.pop(mode) for mode in Mode.values}
    return Figures(
        first, last, **counts, modes=modes, by_day=_by_day(first, last, since, until), line=_line(since, until)
    )


def troubled(*, first: date, last: date) -> list[Interview]:
    """The newest video interviews whose line never stood, broke, or was given up for the telephone; each `stood`."""
    since, until = _start(first), _start(last + timedelta(days=1))
    reports = CallReport.objects.filter(interview=OuterRef("pk"))
    rows = Interview.objects.filter(starts_at__gte=since, starts_at__lt=until, mode=Mode.VIDEO)
    rows = rows.annotate(tried=Exists(reports), stood=Exists(reports.filter(is_connected=True)))
    bad = Q(by_phone_at__isnull=False) | Q(tried=True, stood=False) | Exists(reports.filter(drops__gt=0))
    return list(
        rows.filter(bad).select_related("application__posting__employer", "booth").order_by("-starts_at")[:TROUBLED]
    )


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _by_day(first: date, last: date, since: datetime, until: datetime) -> list[tuple[date, int]]:
    """How many took place on each day, days without any among them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (starts_at AT TIME ZONE 'Asia/Shanghai')::date, count(*) FROM interviews_interview"
            " WHERE state = 'done' AND starts_at >= %s AND starts_at < %s GROUP BY 1",
            [since, until],
        )
        held = dict(cursor.fetchall())
    return [(day, held.get(day, 0)) for day in (first + timedelta(days=n) for n in range((last - first).days + 1))]


LINE = """
WITH meeting AS (
    SELECT id, by_phone_at FROM interviews_interview
    WHERE starts_at >= %(since)s AND starts_at < %(until)s AND mode = 'video'
), report AS (
    SELECT r.*, s.number FROM interviews_callreport r
    JOIN meeting ON meeting.id = r.interview_id JOIN interviews_seat s ON s.id = r.seat_id
), one_end AS (
    SELECT interview_id, least(number, peer) AS low, greatest(number, peer) AS high,
           sum(seconds) AS seconds, sum(drops) AS drops, sum(restarts) AS restarts
    FROM report GROUP BY interview_id, low, high, number
), line AS (  -- both ends tell of the same break: the one that saw more of it counts
    SELECT max(seconds) AS seconds, max(drops) AS drops, max(restarts) AS restarts
    FROM one_end GROUP BY interview_id, low, high
)
SELECT count(DISTINCT interview_id),
       count(DISTINCT interview_id) FILTER (WHERE is_connected),
       (SELECT count(*) FROM meeting WHERE by_phone_at IS NOT NULL),
       percentile_disc(0.5) WITHIN GROUP (ORDER BY first_frame_ms),
       percentile_disc(0.95) WITHIN GROUP (ORDER BY first_frame_ms),
       percentile_disc(0.95) WITHIN GROUP (ORDER BY setup_ms),
       (SELECT COALESCE(sum(seconds), 0) / 3600.0 FROM line),
       (SELECT COALESCE(sum(drops), 0)::int FROM line), (SELECT COALESCE(sum(restarts), 0)::int FROM line),
       count(DISTINCT interview_id) FILTER (WHERE is_connected AND is_relayed),
       COALESCE(sum(audio_only_seconds), 0), COALESCE(sum(seconds), 0)
FROM report
"""


def _line(since: datetime, until: datetime) -> Line:
    with connection.cursor() as cursor:
        cursor.execute(LINE, {"since": since, "until": until})
        row = cursor.fetchone()
    calls, connected, by_phone, p50, p95, setup, hours, drops, restarts, relayed, audio_only, seconds = row
    return Line(
        calls=calls, connected=connected, by_phone=by_phone, first_frame_p50=p50, first_frame_p95=p95, setup_p95=setup,
        hours=float(hours), drops=drops, restarts=restarts, relayed=relayed, audio_only_seconds=audio_only,
        seconds=seconds,
    )  # fmt: skip
