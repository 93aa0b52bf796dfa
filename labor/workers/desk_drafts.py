"""Whom a helper is about to register, between the screens: kept encrypted in his session, for an hour."""

import base64
import json
import time
from dataclasses import asdict, dataclass

from django.http import HttpRequest

from jinba.core.encryption import CannotDecrypt, decrypt, encrypt

KEY, COLUMN = "desk_draft", "session.desk_draft"
SECONDS = 3600


@dataclass
class Draft:
    name: str
    phone: str
    home: str
    village: str = ""
    months: int = 0
    sent: int = 0  # the row of the code that was sent
    sent_at: float = 0

    @property
    def seconds_to_wait(self) -> int:
        """Until the next text may be asked for."""
        return max(0, int(self.sent_at + 60 - time.time()) + 1)


def now() -> float:
    return time.time()


def keep(request: HttpRequest, draft: Draft) -> None:
    closed = base64.b64encode(encrypt(json.dumps(asdict(draft)), column=COLUMN)).decode()
    request.session[KEY] = {"draft": closed, "at": time.time()}


def kept(request: HttpRequest) -> Draft | None:
    found = request.session.get(KEY)
    if not found or found["at"] < time.time() - SECONDS:
        return None
    try:
        return Draft(**json.loads(decrypt(base64.b64decode(found["draft"]), column=COLUMN)))
    except (CannotDecrypt, ValueError, TypeError):
        return None


def drop(request: HttpRequest) -> None:
    request.session.pop(KEY, None)
