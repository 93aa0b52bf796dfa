"""The allowed moves of an employer's verification, and who may make them."""

from employers.choices import DocumentState, EmployerState

OWNER, OFFICER, SYSTEM = "owner", "officer", "system"

S = EmployerState
MOVES: dict[tuple[EmployerState, EmployerState], frozenset[str]] = {
    (S.DRAFT, S.SUBMITTED): frozenset({OWNER}),
    (S.RETURNED, S.SUBMITTED): frozenset({OWNER}),
    (S.SUBMITTED, S.VERIFIED): frozenset({OFFICER}),
    (S.SUBMITTED, S.RETURNED): frozenset({OFFICER}),
    # An employer is looked at again within six months of its verification (C10): due after 150 days, when it still
    # goes on recruiting, and suspended after 180.
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


# Papers --------------------------------------------------------------------------------------------------------------

D = DocumentState
DOCUMENT_MOVES: dict[tuple[DocumentState, DocumentState], frozenset[str]] = {
    (D.SUBMITTED, D.APPROVED): frozenset({OFFICER}),
    (D.SUBMITTED, D.RETURNED): frozenset({OFFICER}),
    (D.SUBMITTED, D.REJECTED): frozenset({OFFICER}),
    # Who looks twice sees more.
    (D.APPROVED, D.RETURNED): frozenset({OFFICER}),
    (D.APPROVED, D.REJECTED): frozenset({OFFICER}),
    (D.RETURNED, D.APPROVED): frozenset({OFFICER}),
    (D.REJECTED, D.APPROVED): frozenset({OFFICER}),
    **{(state, D.REPLACED): frozenset({OWNER}) for state in D if state != D.REPLACED},
}
DOCUMENT_NEEDS_REASON = frozenset({D.RETURNED, D.REJECTED})


def can_move_document(start: str, end: str, actor: str) -> bool:
    return actor in DOCUMENT_MOVES.get((DocumentState(start), DocumentState(end)), frozenset())
