"""The allowed moves of a report, who may make them, and by when an answer is due.

received ─► checking ─► true | untrue | unclear ─► answered ─► review (once, when the reporter asks) ─► true | …
"""

from datetime import datetime, timedelta

from django.utils import timezone

from employers.choices import ReportKind, ReportState

OFFICER, REPORTER = "officer", "reporter"

S = ReportState
FINDINGS = (S.TRUE, S.UNTRUE, S.UNCLEAR)
MOVES: dict[tuple[ReportState, ReportState], str] = {
    (S.RECEIVED, S.CHECKING): OFFICER,
    **{(start, finding): OFFICER for start in (S.RECEIVED, S.CHECKING, S.REVIEW) for finding in FINDINGS},
    **{(finding, S.ANSWERED): OFFICER for finding in FINDINGS},
    (S.ANSWERED, S.REVIEW): REPORTER,
}
# Somebody may be losing money or papers, or a child works.
URGENT = frozenset({ReportKind.FEE, ReportKind.PAPERS, ReportKind.MINOR})
URGENT_WITHIN = timedelta(hours=24)
WORKING_DAYS = 5
SATURDAY = 5


def can_move(start: str, end: str, actor: str) -> bool:
    return MOVES.get((ReportState(start), ReportState(end))) == actor


def due_at(kind: str, *, since: datetime) -> datetime:
    """When an answer is due: after a day, or after five days from Monday to Friday (holidays are not known here)."""
    if kind in URGENT:
        return since + URGENT_WITHIN
    local, left = timezone.localtime(since), WORKING_DAYS
    while left:
        local += timedelta(days=1)
        left -= local.weekday() < SATURDAY
    return local
