"""The allowed moves of an employer's verification, and who may make them."""

from employers.choices import EmployerState

OWNER, OFFICER, SYSTEM = "owner", "officer", "system"

S = EmployerState
MOVES: dict[tuple[EmployerState, EmployerState], frozenset[str]] = {
    (S.DRAFT, S.SUBMITTED): frozenset({OWNER}),
    (S.RETURNED, S.SUBMITTED): frozenset({OWNER}),
    (S.SUBMITTED, S.VERIFIED): frozenset({OFFICER}),
    (S.SUBMITTED, S.RETURNED): frozenset({OFFICER}),
    # Six months after its verification an employer is looked at again (C10); until then it goes on recruiting.
    (S.VERIFIED, S.DUE): frozenset({OFFICER, SYSTEM}),
    (S.DUE, S.VERIFIED): frozenset({OFFICER}),
    (S.DUE, S.RETURNED): frozenset({OFFICER}),
    (S.VERIFIED, S.SUSPENDED): frozenset({OFFICER}),
    (S.DUE, S.SUSPENDED): frozenset({OFFICER, SYSTEM}),
    (S.SUSPENDED, S.VERIFIED): frozenset({OFFICER}),
    (S.SUSPENDED, S.RETURNED): frozenset({OFFICER}),
    **{(state, S.BANNED): frozenset({OFFICER}) for state in S if state != S.BANNED},
    # A ban that was wrong: the employer hands in its papers again.
    (S.BANNED, S.RETURNED): frozenset({OFFICER}),
}
# Whoever says one of these has to say why; the employer reads it.
NEEDS_REASON = frozenset({S.RETURNED, S.SUSPENDED, S.BANNED})


def can_move(start: str, end: str, actor: str) -> bool:
    return actor in MOVES.get((EmployerState(start), EmployerState(end)), frozenset())
