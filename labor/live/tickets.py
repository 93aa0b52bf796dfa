"""What the page knows of its viewer, signed for the socket: the hub believes this and nothing else that a page says."""

from dataclasses import dataclass
from typing import Any

from django.core import signing

SALT = "live.ticket"
SECONDS = 12 * 3600
LONGEST = 400  # characters


@dataclass(frozen=True, slots=True)
class Ticket:
    """Who watches which session, as far as it matters for the figures. Without `visitor` he does not count."""

    session_id: int
    user_id: int | None = None
    region_code: str = ""
    link_code: str = ""
    is_replay: bool = False
    visitor: str = ""


def make(
    session: Any,
    user: Any = None,
    region_code: str = "",
    link_code: str = "",
    is_replay: bool = False,
    visitor: str = "",
) -> str:
    """A ticket for the page of this session, good for twelve hours. `visitor`: see `labor.live.visitors`."""
    user_id = user.pk if user is not None and user.is_authenticated else None
    facts = [session.pk, user_id, region_code[:12], link_code[:12], int(is_replay), visitor[:32]]
    return signing.dumps(facts, salt=SALT)


def read(text: str, session_id: int) -> Ticket:
    """The ticket that this is; an empty one of nobody when it is forged, too old, or of another session."""
    nobody = Ticket(session_id)
    if not text or len(text) > LONGEST:
        return nobody
    try:
        session, user_id, region_code, link_code, is_replay, visitor = signing.loads(text, salt=SALT, max_age=SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return nobody
    if session != session_id:
        return nobody
    return Ticket(session_id, user_id, region_code, link_code, bool(is_replay), visitor)
