"""What a session knows between the phone number and the sign-in. Nothing of it stands in an address.

First the session waits for a code that it asked for itself; then, for ten minutes, it holds the proof that the person
has the phone. The number is kept encrypted, because sessions are rows in the database.
"""

import base64
import time
from dataclasses import dataclass

from django.http import HttpRequest

from jinba.core.encryption import CannotDecrypt, decrypt, encrypt

ASKED, PROVEN, PURPOSE = "sign_in_asked", "sign_in_proven", "sign_in_next"
COLUMN = "session.phone"
ASKED_SECONDS = 15 * 60
PROVEN_SECONDS = 10 * 60


@dataclass(frozen=True)
class Asked:
    """A code that this session asked for."""

    phone: str
    sent: int  # the OneTimeCode row
    at: float

    @property
    def seconds_to_wait(self) -> int:
        """Until the next text may be asked for."""
        return max(0, int(self.at + 60 - time.time()) + 1)


def remember_asked(request: HttpRequest, *, phone: str, sent: int) -> None:
    request.session[ASKED] = {"phone": _closed(phone), "sent": sent, "at": time.time()}


def asked(request: HttpRequest) -> Asked | None:
    kept = request.session.get(ASKED)
    if not kept or kept["at"] < time.time() - ASKED_SECONDS:
        return None
    phone = _opened(kept["phone"])
    return Asked(phone, kept["sent"], kept["at"]) if phone else None


def remember_proven(request: HttpRequest, *, phone: str) -> None:
    """The person in this session has the phone. The session gets a new id, as whenever it may do more than before."""
    request.session.pop(ASKED, None)
    request.session[PROVEN] = {"phone": _closed(phone), "at": time.time()}
    request.session.cycle_key()


def proven_phone(request: HttpRequest) -> str | None:
    """The phone that was proven in this session within the last ten minutes."""
    kept = request.session.get(PROVEN)
    if not kept or kept["at"] < time.time() - PROVEN_SECONDS:
        return None
    return _opened(kept["phone"])


def remember_next(request: HttpRequest, url: str) -> None:
    request.session[PURPOSE] = url


def next_url(request: HttpRequest) -> str:
    """Where the person wanted to go; a local address (checked when it was kept) or empty."""
    return request.session.get(PURPOSE, "")


def _closed(phone: str) -> str:
    return base64.b64encode(encrypt(phone, column=COLUMN)).decode()


def _opened(text: str) -> str | None:
    try:
        return decrypt(base64.b64decode(text), column=COLUMN)
    except CannotDecrypt:
        return None
