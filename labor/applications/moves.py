"""The allowed moves of an application, and who may make them.

The database holds the same list by a trigger (migration `0002`); a test compares the two. A change here needs a new
migration that replaces the trigger's function.
"""

from labor.applications.choices import CLOSED, LIVE, CloseReason, Stage

WORKER, EMPLOYER, SYSTEM = "worker", "employer", "system"
# Not a person: what `labor.interviews` does when a member arranges, cancels or ends an interview.
INTERVIEW = "interview"

_FORWARD: dict[Stage, tuple[Stage, ...]] = {
    Stage.APPLIED: (Stage.PROCESSING, Stage.NEED_INFO, Stage.SHORTLISTED),
    Stage.PROCESSING: (Stage.NEED_INFO, Stage.SHORTLISTED),
    Stage.NEED_INFO: (Stage.PROCESSING, Stage.SHORTLISTED),
    # A posting without interview (免面试) goes from here straight to the offer.
    Stage.SHORTLISTED: (Stage.PRIOR_TO_HIRE, Stage.OFFERED),
    Stage.INTERVIEW_SCHEDULED: (Stage.INTERVIEWED,),
    Stage.INTERVIEWED: (Stage.PRIOR_TO_HIRE, Stage.OFFERED),
    Stage.PRIOR_TO_HIRE: (Stage.OFFERED,),
}
BEFORE_OFFER = tuple(_FORWARD)
_BEFORE_ARRIVAL = tuple(stage for stage in LIVE if stage != Stage.ONBOARDED)


def _moves() -> dict[tuple[Stage, Stage], frozenset[str]]:
    moves = {(start, end): {EMPLOYER} for start, ends in _FORWARD.items() for end in ends}
    # "约面" always means an interview: with it an application comes there, and without it goes back.
    for start in (Stage.SHORTLISTED, Stage.INTERVIEWED):
        moves[start, Stage.INTERVIEW_SCHEDULED] = {INTERVIEW}
    moves[Stage.INTERVIEW_SCHEDULED, Stage.SHORTLISTED] = {INTERVIEW}
    moves[Stage.INTERVIEW_SCHEDULED, Stage.INTERVIEWED] |= {INTERVIEW}
    for start in BEFORE_OFFER:
        moves[start, Stage.REJECTED] = {EMPLOYER}
        moves[start, Stage.POOL] = {EMPLOYER}
    for start in _BEFORE_ARRIVAL:
        moves[start, Stage.WITHDRAWN] = {WORKER}
        moves[start, Stage.JOB_CANCELLED] = {SYSTEM}
    for start in (*BEFORE_OFFER, Stage.OFFERED):
        moves[start, Stage.TIMED_OUT] = {SYSTEM}
        moves[start, Stage.OBSOLETE] = {SYSTEM}
        moves[Stage.OBSOLETE, start] = {SYSTEM}
    moves[Stage.OFFERED, Stage.ACCEPTED] = {WORKER}
    moves[Stage.OFFERED, Stage.RETRACTED] = {EMPLOYER}
    moves[Stage.ACCEPTED, Stage.RETRACTED] = {EMPLOYER}
    moves[Stage.ACCEPTED, Stage.ONBOARDED] = {EMPLOYER, WORKER}
    return {pair: frozenset(actors) for pair, actors in moves.items()}


MOVES = _moves()


def can_move(start: str, end: str, actor: str) -> bool:
    return actor in MOVES.get((Stage(start), Stage(end)), frozenset())


def next_stages(start: str, actor: str) -> list[Stage]:
    """Where `actor` may take an application from here, in the order of the stages."""
    return [stage for stage in Stage if can_move(start, stage, actor)]


# Why an application ends: what each side may say.
REASONS: dict[str, tuple[CloseReason, ...]] = {
    EMPLOYER: (
        CloseReason.SKILLS,
        CloseReason.UNREACHABLE,
        CloseReason.MISSED_INTERVIEW,
        CloseReason.HIRED_ELSEWHERE,
        CloseReason.IN_TRAINING,
        CloseReason.STAYS_HOME,
        CloseReason.NOT_INTERESTED,
        CloseReason.FULL,
        CloseReason.DUPLICATE,
        CloseReason.OTHER,
    ),
    WORKER: (
        CloseReason.NOT_INTERESTED,
        CloseReason.HIRED_ELSEWHERE,
        CloseReason.STAYS_HOME,
        CloseReason.IN_TRAINING,
        CloseReason.OTHER,
    ),
    SYSTEM: (CloseReason.HIRED_ELSEWHERE, CloseReason.POSTING_CLOSED, CloseReason.AUTOMATIC),
}


def needs_reason(end: str) -> bool:
    return Stage(end) in CLOSED
