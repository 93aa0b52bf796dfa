"""Doors for a page's own script: an object or a form comes in, JSON goes out, errors are {"detail": sentence}.

404 a stranger's or nothing, 409 not now, 422 not like this, 429 slower.
"""

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, JsonResponse

from jinba.core.errors import Refused

LONGEST_BODY = 16 * 1024  # bytes
LONGEST_NUMBER = 2**31 - 1
UNREADABLE = "页面发来的内容看不懂，请刷新再试。"

Body = dict[str, Any]


def yes(answer: Any) -> JsonResponse:
    return _said(answer, 200)


def no(status: int, sentence: str, **more: Any) -> JsonResponse:
    return _said({"detail": sentence, **more}, status)


def _said(answer: Any, status: int) -> JsonResponse:
    response = JsonResponse(answer, status=status, json_dumps_params={"ensure_ascii": False})
    response.headers["Cache-Control"] = "private, no-store"
    return response


def body_of(request: HttpRequest) -> Body:
    """The JSON object or the form that came; Refused when it is neither."""
    if request.content_type != "application/json":
        return {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    if len(request.body) > LONGEST_BODY:
        raise Refused(UNREADABLE, field="body")
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise Refused(UNREADABLE, field="body")
    return body


def number_of(body: Body, name: str, otherwise: int | None = None) -> int | None:
    """A whole number that a column holds; `otherwise` when there is none."""
    value = body.get(name)
    if value is None or value == "":
        return otherwise
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12:
        value = int(value)
    if isinstance(value, float) and 0 <= value <= LONGEST_NUMBER:
        value = round(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LONGEST_NUMBER:
        raise Refused(UNREADABLE, field=name)
    return value


def is_true(body: Body, name: str) -> bool:
    return body.get(name) in (True, "true", "1", "on")


def uuid_of(body: Body, name: str) -> UUID:
    value = body.get(name)
    try:
        if not isinstance(value, str) or len(value) != 36:
            raise ValueError
        return UUID(value)
    except ValueError:
        raise Refused(UNREADABLE, field=name) from None


def text_of(body: Body, name: str) -> str:
    """A text that a column holds: without half characters and NULs. Empty when there is none."""
    value = body.get(name, "")
    if not isinstance(value, str):
        raise Refused(UNREADABLE, field=name)
    return value.encode(errors="ignore").decode().replace("\0", "")
