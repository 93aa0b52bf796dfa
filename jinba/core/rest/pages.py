"""Pages by keyset: stable while rows come and go, as fast deep down as at the top, and nothing is counted.

The cursor is opaque to callers: `n` or `p` (the rows after or before) and the place, in base64.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request

from jinba.core.rest.problems import Malformed

SIZE, MOST = 20, 100
NEXT, PREVIOUS = "n", "p"
BIGGEST = 2**63


@dataclass(frozen=True)
class Place:
    """Where a page begins: the rows after (NEXT) or before (PREVIOUS) `at`."""

    way: str
    at: str

    def __str__(self) -> str:
        return base64.urlsafe_b64encode(f"{self.way}{self.at}".encode()).decode().rstrip("=")


def asked(request: Request) -> tuple[int, Place | None]:
    """The size and the place of the page that the address asks for; Malformed when it cannot be read."""
    text = request.query_params.get("page_size", "")
    if text and (not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= MOST):
        raise Malformed(f"page_size 要在 1 到 {MOST} 之间。")
    cursor = request.query_params.get("cursor", "")
    return int(text or SIZE), _place(cursor) if cursor else None


def _place(cursor: str) -> Place:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode("ascii")
    except (ValueError, binascii.Error, UnicodeError):
        text = ""
    if not re.fullmatch(r"[np][0-9a-f-]{1,40}", text):
        raise Malformed("cursor 不对，请用上一页给的 next 或 previous。")
    return Place(text[0], text[1:])


def number(place: Place) -> int:
    if not place.at.isdigit() or int(place.at) >= BIGGEST:
        raise Malformed("cursor 不对，请用上一页给的 next 或 previous。")
    return int(place.at)


def newest(request: Request, rows: "QuerySet[Any]") -> tuple[list[Any], dict[str, str | None]]:
    """A page of the rows, the newest id first, and the links beside it. One query."""
    size, place = asked(request)
    ordered = rows.order_by("-pk")
    if place and place.way == NEXT:
        ordered = ordered.filter(pk__lt=number(place))
    elif place:
        ordered = rows.filter(pk__gt=number(place)).order_by("pk")
    found = list(ordered[: size + 1])
    backwards = place is not None and place.way == PREVIOUS
    more, shown = len(found) > size, found[:size]
    if backwards:
        shown.reverse()
    has_older = backwards or more
    has_newer = more if backwards else place is not None
    return shown, links(
        request,
        older=str(shown[-1].pk) if shown and has_older else "",
        newer=str(shown[0].pk) if shown and has_newer else "",
    )


def links(request: Request, *, older: str, newer: str) -> dict[str, str | None]:
    """`next` and `previous` as whole addresses with everything else that was asked for."""
    return {
        "next": _address(request, Place(NEXT, older)) if older else None,
        "previous": _address(request, Place(PREVIOUS, newer)) if newer else None,
    }


def _address(request: Request, place: Place) -> str:
    query = request.query_params.copy()
    query["cursor"] = str(place)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def envelope(beside: dict[str, str | None], results: Sequence[Any], **more: Any) -> dict[str, Any]:
    return {**beside, **more, "results": results}
