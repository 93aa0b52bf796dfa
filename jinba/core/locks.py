"""Row locks that are taken in one order, wait at most three seconds and exist only inside a transaction.

Order everywhere: employer → posting → application → worker, and ascending ids within a table; then no two actions
can wait for each other in a circle.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db import OperationalError, connection, models, transaction

from jinba.core.errors import Refused

WAIT_SECONDS = 3
BUSY = "现在人多，请再点一次。"
LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED = "55P03", "40P01"

M = TypeVar("M", bound=models.Model)
P = ParamSpec("P")
R = TypeVar("R")


class Busy(Refused):
    """Somebody else holds the rows. Nothing was changed; the same request may well succeed in a moment."""

    def __init__(self) -> None:
        super().__init__(BUSY)


def wait_briefly() -> None:
    """Until the end of this transaction no statement waits longer than WAIT_SECONDS for a lock."""
    if not connection.in_atomic_block:
        raise RuntimeError("a lock was asked for outside a transaction: it would be gone at once")
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'")


def locked(rows: "models.QuerySet[M]", *, ids: Iterable[Any] | None = None) -> "list[M]":
    """The rows (with these ids), ascending and locked until the transaction ends; Busy when another holds them long.

    The lock (`FOR NO KEY UPDATE`, own table only) does not hinder inserts of rows that point here.
    """
    wait_briefly()
    if ids is not None:
        rows = rows.filter(pk__in=sorted(set(ids)))
    try:
        return list(rows.order_by("pk").select_for_update(of=("self",), no_key=True))
    except OperationalError as error:
        if waited_in_vain(error):
            raise Busy from error
        raise


def locked_one(rows: "models.QuerySet[M]", *, pk: Any) -> "M":
    """One row, locked; ObjectDoesNotExist when it is not among `rows`."""
    found = locked(rows, ids=[pk])
    if not found:
        raise ObjectDoesNotExist(f"{rows.model.__name__} {pk}")
    return found[0]


def patient(action: Callable[P, R]) -> Callable[P, R]:
    """In place of `transaction.atomic` for an action that others run at the same moment.

    A deadlock is tried once more, unless the action is part of a larger transaction; who still waits in vain gets
    Busy, from whichever statement it came.
    """

    @wraps(action)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        tries = 1 if connection.in_atomic_block else 2
        while True:
            tries -= 1
            try:
                with transaction.atomic():
                    return action(*args, **kwargs)
            except (OperationalError, Busy) as error:
                cause = error.__cause__ if isinstance(error, Busy) else error
                if not isinstance(cause, OperationalError) or not waited_in_vain(cause):
                    raise
                if _code(cause) == LOCK_NOT_AVAILABLE or not tries:
                    raise Busy from cause

    return guarded


def _code(error: BaseException) -> str | None:
    return getattr(error.__cause__, "sqlstate", None)


def waited_in_vain(error: OperationalError) -> bool:
    """Whether the statement was given up for a lock that another holds."""
    return _code(error) in (LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED)
