"""The allowed moves of an interview, and whose they are.

The database holds the same list by a trigger (migration `0002`); a test compares the two. A change here needs a new
migration that replaces the trigger's function.
"""

from labor.interviews.choices import Side, State

MOVES: dict[tuple[State, State], frozenset[Side]] = {
    (State.PROPOSED, State.CONFIRMED): frozenset({Side.WORKER}),
    (State.PROPOSED, State.CANCELLED): frozenset({Side.WORKER, Side.EMPLOYER, Side.SYSTEM}),
    (State.CONFIRMED, State.RESCHEDULING): frozenset({Side.WORKER, Side.EMPLOYER, Side.PARK}),
    (State.CONFIRMED, State.LIVE): frozenset({Side.EMPLOYER}),
    # By telephone or on the spot there is no room that anybody enters.
    (State.CONFIRMED, State.DONE): frozenset({Side.EMPLOYER}),
    (State.CONFIRMED, State.NO_SHOW): frozenset({Side.WORKER, Side.EMPLOYER, Side.SYSTEM}),
    (State.CONFIRMED, State.CANCELLED): frozenset({Side.WORKER, Side.EMPLOYER, Side.SYSTEM}),
    (State.RESCHEDULING, State.CONFIRMED): frozenset({Side.WORKER}),
    (State.RESCHEDULING, State.CANCELLED): frozenset({Side.WORKER, Side.EMPLOYER, Side.SYSTEM}),
    (State.LIVE, State.RESCHEDULING): frozenset({Side.EMPLOYER}),
    (State.LIVE, State.DONE): frozenset({Side.EMPLOYER}),
    (State.LIVE, State.CANCELLED): frozenset({Side.EMPLOYER, Side.SYSTEM}),
    # Somebody who was said to have stayed away was interviewed all the same, by telephone for example.
    (State.NO_SHOW, State.DONE): frozenset({Side.EMPLOYER}),
}


def can_move(start: str, end: str, side: str) -> bool:
    return side in MOVES.get((State(start), State(end)), frozenset())
