"""The allowed moves of a live session, and whose they are.

The database holds the same list by a trigger (migration `0002`); a test compares the two. A change here needs a new
migration that replaces the trigger's function.
"""

from labor.live.choices import Side, State

MOVES: dict[tuple[State, State], frozenset[Side]] = {
    (State.PLANNED, State.REVIEW): frozenset({Side.CREW}),
    (State.PLANNED, State.CANCELLED): frozenset({Side.CREW, Side.OFFICER, Side.SYSTEM}),
    # Sent back with a reason, or taken back to be changed.
    (State.REVIEW, State.PLANNED): frozenset({Side.CREW, Side.OFFICER}),
    (State.REVIEW, State.ANNOUNCED): frozenset({Side.OFFICER}),
    (State.REVIEW, State.CANCELLED): frozenset({Side.CREW, Side.OFFICER, Side.SYSTEM}),
    # What was approved and is changed has to be looked at again.
    (State.ANNOUNCED, State.PLANNED): frozenset({Side.CREW, Side.OFFICER}),
    (State.ANNOUNCED, State.LIVE): frozenset({Side.CREW}),
    (State.ANNOUNCED, State.CANCELLED): frozenset({Side.CREW, Side.OFFICER, Side.SYSTEM}),
    # By the system: nobody sent a picture any more.
    (State.LIVE, State.ENDED): frozenset({Side.CREW, Side.OFFICER, Side.SYSTEM}),
    # Stopped because it must not go on; it gets no replay.
    (State.LIVE, State.ABORTED): frozenset({Side.CREW, Side.OFFICER, Side.SYSTEM}),
    (State.ENDED, State.REPLAY): frozenset({Side.SYSTEM}),
    # Withdrawn for good, or its time is over.
    (State.REPLAY, State.ENDED): frozenset({Side.CREW, Side.OFFICER, Side.SYSTEM}),
}
