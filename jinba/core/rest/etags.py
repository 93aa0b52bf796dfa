"""Validators: 304 for what the caller has already, 412 for a change of what he has not seen.

A tag comes from `updated_at` and the like, before anything is rendered. Weak and strong ones are taken as equal,
because compression on the way makes every tag weak.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from jinba.core.rest.problems import ChangedMeanwhile

# Part of each tag; raise it when the answers change their form.
FORM = 1
TAGS = re.compile(r'(?:W/)?"([^"]*)"')
SHORT, LONG = 10, 86_400  # seconds that a cache between may keep an answer for everybody


def tag(*parts: object) -> str:
    """A tag that changes whenever one of the parts does."""
    text = "\n".join(part.isoformat() if isinstance(part, datetime) else str(part) for part in (FORM, *parts))
    return f'"{hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]}"'


def _named(header: str) -> set[str]:
    return set(TAGS.findall(header))


def is_known(request: Request, current: str) -> bool:
    """The caller has this very state already."""
    header = request.headers.get("If-None-Match", "")
    return header.strip() == "*" or current.strip('"') in _named(header)


def check(request: Request, current: str) -> None:
    """ChangedMeanwhile when If-Match names another state than the current one; without the header anything goes."""
    header = request.headers.get("If-Match", "")
    if header and header.strip() != "*" and current.strip('"') not in _named(header):
        raise ChangedMeanwhile


def conditional(request: Request, current: str, make: Callable[[], Any], *, seconds: int | None = None) -> Response:
    """304, or the answer that `make` builds, with its tag. With `seconds` it is the same for everybody."""
    response = Response(status=304) if is_known(request, current) else Response(make())
    response.headers["ETag"] = current
    if seconds == LONG:
        response.headers["Cache-Control"] = f"public, max-age={LONG}"
    elif seconds and not request.user.is_authenticated:
        response.headers["Cache-Control"] = f"public, max-age={seconds}, stale-while-revalidate=30"
    return response
