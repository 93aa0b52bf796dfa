"""The allowed moves of an interview, and whose they are.

The database holds the same list by a trigger (migration `0002`); a test compares the two. A change here needs a new
migration that replaces the trigger's function.
"""

from labor.interviews.choices import CancelReason, Side, State

MOVES: dict[tuple[State, State], frozenset[Side]] = {
    (State.PROPOSED, State.CONFIRMED): frozenset({Side.WORKER}),
    (State.PROPOSED, State.CANCELLED): frozenset({Side.WORKER, Side.EMPLOYER, Side.SYSTEM}),
    # By the system: two profiles of one person became one, and their times overlap.
    (State.CONFIRMED, State.RESCHEDULING): frozenset({Side.WORKER, Side.EMPLOYER, Side.PARK, Side.SYSTEM}),
    (State.CONFIRMED, State.LIVE): frozenset({Side.EMPLOYER}),
    # By telephone or on the spot there is no room that anybody enters.
    (State.CONFIRMED, State.DONE): frozenset({Side.EMPLOYER}),
    (State.CONFIRMED, State.NO_SHOW): frozenset({Side.WORKER, Side.EMPLOYER, Side.SYSTEM}),
    (State.CONFIRMED, State.CANCELLED): frozenset({Side.WORKER, Side.EMPLOYER, Side.SYSTEM}),
    (State.RESCHEDULING, State.CONFIRMED): frozenset({Side.WORKER}),
    (State.RESCHEDULING, State.CANCELLED): frozenset({Side.WORKER, Side.EMPLOYER, Side.SYSTEM}),
    (State.LIVE, State.RESCHEDULING): frozenset({Side.EMPLOYER}),
    # By the system: they met, and long after nobody wrote down what came of it.
    (State.LIVE, State.DONE): frozenset({Side.EMPLOYER, Side.SYSTEM}),
    (State.LIVE, State.CANCELLED): frozenset({Side.EMPLOYER, Side.SYSTEM}),
    # Somebody who was said to have stayed away was interviewed all the same, by telephone for example.
    (State.NO_SHOW, State.DONE): frozenset({Side.EMPLOYER}),
}


def can_move(start: str, end: str, side: str) -> bool:
    return side in MOVES.get((State(start), State(end)), frozenset())


# Why an interview is cancelled: what each side may say.
REASONS: dict[Side, tuple[CancelReason, ...]] = {
    Side.WORKER: (
        CancelReason.UNWILLING,
        CancelReason.NO_TIME,
        CancelReason.ILL,
        CancelReason.UNSUITABLE,
        CancelReason.OTHER,
    ),
    Side.EMPLOYER: (
        CancelReason.NO_TIME,
        CancelReason.FULL,
        CancelReason.UNSUITABLE,
        CancelReason.ILL,
        CancelReason.NOT_HELD,
        CancelReason.UNANSWERED,
        CancelReason.OTHER,
    ),
    Side.SYSTEM: (CancelReason.APPLICATION_OVER, CancelReason.UNANSWERED, CancelReason.NOT_HELD),
}
