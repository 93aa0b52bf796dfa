"""Row locks that nobody waits on for long.

The order is always posting → application → worker, and sorted ids within one table; then no two actions can wait for
each other in a circle.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, models, transaction
from django.db.transaction import TransactionManagementError

from jinba.core.errors import Refused

LONGEST_WAIT = "3s"
BUSY = "现在人多,请再点一次。"
LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED = "55P03", "40P01"

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound=models.Model)


def wait_briefly() -> None:
    """Until the end of this transaction no statement waits longer than LONGEST_WAIT for a lock."""
    if not connection.in_atomic_block:
        raise TransactionManagementError("locks are taken inside transaction.atomic, in an action")
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LONGEST_WAIT}'")


def lock_all(rows: models.QuerySet[M]) -> list[M]:
    """The rows of the queryset, locked in the order of their ids until the transaction ends.

    The lock is FOR NO KEY UPDATE: it lets others insert rows that refer to these.
    """
    wait_briefly()
    return list(rows.order_by("pk").select_for_update(of=("self",), no_key=True))


def lock(rows: models.QuerySet[M]) -> M:
    """The one row of the queryset, locked; DoesNotExist when there is none."""
    found = lock_all(rows)
    if len(found) != 1:
        raise (rows.model.MultipleObjectsReturned if found else rows.model.DoesNotExist)
    return found[0]


def _code(error: OperationalError) -> str | None:
    return getattr(error.__cause__, "sqlstate", None)


def patient(action: Callable[P, R]) -> Callable[P, R]:
    """In place of `transaction.atomic` for an action that locks.

    A deadlock is tried once more, unless the action is part of a larger transaction; whoever still waits too long is
    refused politely. Nothing was changed then.
    """

    @wraps(action)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        tries = 1 if connection.in_atomic_block else 2
        while True:
            tries -= 1
            try:
                with transaction.atomic():
                    return action(*args, **kwargs)
            except OperationalError as error:
                if _code(error) not in (LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED):
                    raise
                if _code(error) == LOCK_NOT_AVAILABLE or not tries:
                    raise Refused(BUSY) from error

    return guarded
