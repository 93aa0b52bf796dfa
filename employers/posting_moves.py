"""The allowed moves of a posting, and who may make them.

draft ─► review ─► published ◄─► paused        removed (officer) and archived are ends; an archived or removed
  ▲        │ ▲        │  ▲ ▼                   posting can be copied into a new draft.
  └────────┘ └ rejected  filled                `expired` is no state: a published posting past its `valid_until`.
"""

from employers.choices import PostingState

MEMBER, OFFICER, SYSTEM = "member", "officer", "system"

S = PostingState
MOVES: dict[tuple[PostingState, PostingState], frozenset[str]] = {
    (S.DRAFT, S.REVIEW): frozenset({MEMBER}),
    (S.REJECTED, S.REVIEW): frozenset({MEMBER}),
    (S.REVIEW, S.DRAFT): frozenset({MEMBER}),  # taken back to change it
    (S.REVIEW, S.PUBLISHED): frozenset({OFFICER}),
    (S.REVIEW, S.REJECTED): frozenset({OFFICER}),
    # An officer finds something wrong with a posting that is out: it goes back to the employer.
    (S.PUBLISHED, S.REJECTED): frozenset({OFFICER}),
    (S.PAUSED, S.REJECTED): frozenset({OFFICER}),
    # The employer changed what the officer had approved.
    (S.PUBLISHED, S.REVIEW): frozenset({MEMBER}),
    (S.PAUSED, S.REVIEW): frozenset({MEMBER}),
    (S.FILLED, S.REVIEW): frozenset({MEMBER}),
    # Officers do not pause: a member could resume. They reject or remove.
    (S.PUBLISHED, S.PAUSED): frozenset({MEMBER, SYSTEM}),
    (S.PAUSED, S.PUBLISHED): frozenset({MEMBER, SYSTEM}),
    (S.PUBLISHED, S.FILLED): frozenset({MEMBER, SYSTEM}),
    (S.FILLED, S.PUBLISHED): frozenset({MEMBER, SYSTEM}),
    # Without a licence a freed seat opens nothing; what rested for want of one may have been filled meanwhile.
    (S.FILLED, S.PAUSED): frozenset({SYSTEM}),
    (S.PAUSED, S.FILLED): frozenset({SYSTEM}),
    **{(state, S.REMOVED): frozenset({OFFICER}) for state in (S.REVIEW, S.REJECTED, S.PUBLISHED, S.PAUSED, S.FILLED)},
    **{
        (state, S.ARCHIVED): frozenset({MEMBER})
        for state in (S.DRAFT, S.REJECTED, S.PUBLISHED, S.PAUSED, S.FILLED, S.REMOVED)
    },
}
NEEDS_REASON = frozenset({S.REJECTED, S.REMOVED})
# Where a posting ends for good: its running applications end with it. A pause or a rejection is not the end:
# those who applied stay in the process, and the employer can mend it.
ENDS = frozenset({S.REMOVED, S.ARCHIVED})
# Whoever asks for these must belong to an employer that is verified now.
NEEDS_TRUST = frozenset({S.REVIEW, S.PUBLISHED})


def can_move(start: str, end: str, actor: str) -> bool:
    return actor in MOVES.get((PostingState(start), PostingState(end)), frozenset())


def next_states(start: str, actor: str) -> list[PostingState]:
    """Where `actor` may take a posting from here."""
    return [state for state in PostingState if can_move(start, state, actor)]
