"""Row locks that are taken in one order, wait at most three seconds and exist only inside a transaction.

Order everywhere: employer → posting → application → worker, and ascending ids within a table.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import OperationalError, connection, models, transaction

from jinba.core.errors import Refused

WAIT_SECONDS = 3
BUSY = "有别的操作正在改同一条内容,请过几秒再试一次。"

M = TypeVar("M", bound=models.Model)


def locked(rows: "models.QuerySet[M]", *, ids: Iterable[Any]) -> "list[M]":
    """The rows with these ids, ascending and locked until the transaction ends; Refused when another holds them long.

    The lock (`FOR NO KEY UPDATE`, own table only) does not hinder inserts of rows that point here.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("locked() was called outside a transaction: the lock would be gone at once")
    chosen = rows.filter(pk__in=sorted(set(ids))).order_by("pk").select_for_update(of=("self",), no_key=True)
    try:
        with transaction.atomic():  # a savepoint: after a timeout the caller's transaction can still be read
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'")
            return list(chosen)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) in ("55P03", "40P01"):  # lock not available, deadlock
            raise Refused(BUSY) from error
        raise


def locked_one(rows: "models.QuerySet[M]", *, pk: Any) -> "M":
    """One row, locked; `rows.model.DoesNotExist` when it is not among `rows`."""
    found = locked(rows, ids=[pk])
    if not found:
        raise rows.model.DoesNotExist
    return found[0]
