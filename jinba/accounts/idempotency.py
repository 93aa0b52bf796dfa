"""A creation that is asked for twice is done once: the second request gets the first one's answer."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from jinba.accounts.models import IdempotentAnswer
from jinba.core.locks import wait_briefly, waited_in_vain
from jinba.core.rest.problems import KeyReused, Malformed, UnderWay

KEY = re.compile(r"[!-~]{1,80}")
KEPT = timedelta(hours=24)  # and until the next sweep
# A second request with the key waits here for the first one's commit, as long as a lock may last.
CLAIM = """
INSERT INTO accounts_idempotentanswer (user_id, key, request_digest, location, at)
VALUES (%s, %s, %s, '', %s) ON CONFLICT (user_id, key) DO NOTHING RETURNING id
"""


def once(request: Request, work: Callable[[], Response]) -> Response:
    """The answer of `work`, or the one kept under the request's Idempotency-Key.

    The key is claimed in the transaction of the work itself: both are there, or neither. What was refused is not
    kept, because nothing was done.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return work()
    if not KEY.fullmatch(key):
        raise Malformed("Idempotency-Key 要是 1 到 80 个英文字母、数字或符号。")
    digest = _digest(request)
    with transaction.atomic():
        claimed = _claim(request.user.pk, key, digest)
        if claimed is None:
            return _kept(request.user.pk, key, digest)
        response = work()
        IdempotentAnswer.objects.filter(pk=claimed).update(
            status=response.status_code,
            location=response.headers.get("Location", ""),
            body=JSONRenderer().render(response.data).decode(),
        )
    return response


def _digest(request: Request) -> str:
    asked = request._request
    parts = [str(asked.method).encode(), asked.get_full_path().encode(), asked.body]
    return hashlib.sha256(b"\n".join(parts)).hexdigest()


def _claim(user_id: int, key: str, digest: str) -> int | None:
    """The number of our row; None when another request has the key."""
    wait_briefly()
    try:
        with connection.cursor() as cursor:
            cursor.execute(CLAIM, [user_id, key, digest, timezone.now()])
            row = cursor.fetchone()
    except OperationalError as error:
        if waited_in_vain(error):
            raise UnderWay from error
        raise
    return row[0] if row else None


def _kept(user_id: int, key: str, digest: str) -> Response:
    row = IdempotentAnswer.objects.filter(user=user_id, key=key).first()
    if row is None or row.status is None:
        raise UnderWay  # swept, or given up, between the two statements
    if row.request_digest != digest:
        raise KeyReused
    headers = {"Idempotency-Replayed": "true"} | ({"Location": row.location} if row.location else {})
    return Response(json.loads(row.body or "null"), status=row.status, headers=headers)


def forget_answers(*, older_than: timedelta = KEPT) -> int:
    """Rows that nobody will ask for again; returns how many went."""
    return IdempotentAnswer.objects.filter(at__lt=timezone.now() - older_than).delete()[0]
