"""What keeps a session from being announced or from going live. It fails closed.

人力资源市场暂行条例 §18 (no placement without a licence), §28 (whoever holds a job fair looks at the employers and at
what they say, and has an emergency plan), 网络招聘服务管理规定 §9: C1 and C17 of our list.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils import timezone

from employers import licensing
from employers.choices import OrgType
from employers.models import Employer, JobPosting, Licence
from jinba.accounts.choices import Role
from jinba.accounts.models import User
from labor.live.choices import CrewPart, State
from labor.live.models import LiveSession

NO_LICENCE = "本站的人力资源服务许可证不在有效期内，现在不能做直播带岗。恢复以后再来。"
NO_CARDS = "还没有选岗位。"
NO_ANCHOR = "还没有主播。"
NO_PLAN = "还没有写应急预案。"
NO_REHEARSAL = "还没有彩排。"
NO_APPROVAL = "还没有通过审核。"
TIME_IS_OVER = "开播的时间已经过了，请改时间。"


class Part(StrEnum):
    """The lines of the checklist, in the order in which one does them."""

    TIME = "time"
    HOST = "host"
    LICENCE = "licence"
    CARDS = "cards"
    CREW = "crew"
    PLAN = "plan"
    APPROVAL = "approval"
    REHEARSAL = "rehearsal"


# What an officer looks at. A rehearsal may be later: it is wanted before the session goes live.
TO_REVIEW = frozenset({Part.TIME, Part.HOST, Part.LICENCE, Part.CARDS, Part.CREW, Part.PLAN})


@dataclass
class Line:
    part: Part
    problems: list[str] = field(default_factory=list)


def problems(session: LiveSession) -> list[str]:
    """Every sentence about what keeps the session from going live now; empty when it may."""
    return [sentence for line in lines(session) for sentence in line.problems]


def problems_to_review(session: LiveSession) -> list[str]:
    """The same before it is handed in and approved: what is rehearsed later, and the approval itself, are not asked."""
    return [sentence for line in lines(session) if line.part in TO_REVIEW for sentence in line.problems]


def card_problems(session: LiveSession, posting: JobPosting) -> list[str]:
    """What keeps one more posting out of the rundown; empty when it may come in, on air too."""
    found = [] if licensing.is_ours_in_force() else [NO_LICENCE]
    if session.host_id is not None and posting.employer_id != session.host_id:
        found.append(f"“{posting.title}”不是主办单位自己的岗位。")
    found += _employer_problems([posting.employer])
    return found + _posting_problems([posting], on=_counts_on(session))


def what_stops(session: LiveSession) -> list[str]:
    """Why a session on air must not go on: the zone's licence, or its host's papers. Empty while it may.

    A guest employer stops nobody but itself.
    """
    found = [] if licensing.is_ours_in_force() else [NO_LICENCE]
    return found + (_employer_problems([session.host]) if session.host else [])


def lines(session: LiveSession) -> list[Line]:
    """The checklist, asked anew of the database: each part with the sentences about what it lacks."""
    cards = session.cards.filter(removed_at__isnull=True).select_related("posting__employer")
    postings = [card.posting for card in cards.defer("posting__search", "posting__duties", "posting__requirements")]
    host = Employer.objects.get(pk=session.host_id) if session.host_id is not None else None
    hiring = {posting.employer_id: posting.employer for posting in postings}
    others = [employer for pk, employer in hiring.items() if pk != session.host_id]
    return [
        Line(Part.TIME, [TIME_IS_OVER] if session.state != State.LIVE and session.ends_at <= timezone.now() else []),
        Line(Part.HOST, _employer_problems([host]) if host else []),
        Line(Part.LICENCE, [] if licensing.is_ours_in_force() else [NO_LICENCE]),
        Line(Part.CARDS, _rundown_problems(session, postings, others)),
        Line(Part.CREW, _crew_problems(session, {session.host_id, *hiring})),
        Line(Part.PLAN, [] if session.emergency_plan.strip() else [NO_PLAN]),
        Line(Part.APPROVAL, [] if session.approved_at else [NO_APPROVAL]),
        Line(Part.REHEARSAL, [] if session.rehearsed_at else [NO_REHEARSAL]),
    ]


def _rundown_problems(session: LiveSession, postings: list[JobPosting], others: list[Employer]) -> list[str]:
    if not postings:
        return [NO_CARDS]
    foreign = [posting for posting in postings if session.host_id not in (None, posting.employer_id)]
    return [
        *(f"“{posting.title}”不是主办单位自己的岗位。" for posting in foreign),
        *_employer_problems(others),
        *_posting_problems(postings, on=_counts_on(session)),
    ]


def _counts_on(session: LiveSession) -> date:
    """The day on which its postings must still be valid: that of the session, or today when it is over that already."""
    return max(timezone.localdate(), timezone.localdate(session.starts_at))


def _employer_problems(employers: Iterable[Employer]) -> list[str]:
    employers = list(employers)
    agencies = [one.pk for one in employers if one.org_type == OrgType.AGENCY]
    rows = Licence.objects.valid().to_place().filter(employer__in=agencies)
    licensed = set(rows.values_list("employer_id", flat=True)) if agencies else set()
    found = []
    for one in employers:
        if not one.is_trusted:
            found.append(f"{one.name}现在是“{one.get_state_display()}”，没有通过认证的单位不能上直播。")
        elif one.verified_until is None or one.verified_until <= timezone.now():
            found.append(f"{one.name}的认证已经到期，要先复核。")
        if one.pk in agencies and one.pk not in licensed:
            found.append(f"{one.name}是人力资源服务机构，没有在有效期内的人力资源服务许可证。")
    return found


def _posting_problems(postings: list[JobPosting], *, on: date) -> list[str]:
    """One sentence for each posting that cannot be applied for, or no more on the day of the session."""
    ids = [posting.pk for posting in postings]
    still_open = set(JobPosting.objects.open().filter(pk__in=ids).values_list("pk", flat=True))
    found = []
    for posting in postings:
        if posting.valid_until is not None and posting.valid_until < on:
            found.append(
                f"“{posting.title}”{posting.valid_until:%Y-%m-%d} 到期，开播那天已经不招了。请先延期，或者撤下。"
            )
        elif posting.pk not in still_open and posting.employer.is_trusted:  # else the employer's own sentence says it
            found.append(f"“{posting.title}”现在是“{_state_of(posting)}”，不能报名。请换一个，或者撤下。")
    return found


def _state_of(posting: JobPosting) -> str:
    return "已招满" if posting.seats_left == 0 else posting.shown_state


def _crew_problems(session: LiveSession, employer_ids: set[int | None]) -> list[str]:
    crew = list(session.crew.select_related("user__membership"))
    lost = [one for one in crew if not may_be_crew(one.user, employer_ids)]
    found = [f"{one.shown_name}已经不是主办单位、参加单位或者服务专区的人，请换人。" for one in lost]
    if not any(one.part == CrewPart.ANCHOR and one not in lost for one in crew):
        found.append(NO_ANCHOR)
    return found


def may_be_crew(user: User, employer_ids: Iterable[Any]) -> bool:
    """Staff of the zone, and members of the host or of an employer whose posting is in the rundown."""
    if not user.is_active:
        return False
    if user.role == Role.PARK:
        return True
    membership = getattr(user, "membership", None)
    return user.role == Role.EMPLOYER and membership is not None and membership.employer_id in set(employer_ids)
