"""The link that leads one person to his seat: signed, ending with the room, a new one with each new time."""

import base64
import secrets

from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import base36_to_int, int_to_base36

from labor.interviews.models import Seat

SALT = "jinba.interviews.seat"
SEAL = 16  # characters of a link's signature: 96 bits
LONGEST_ID = 12


def new_key() -> str:
    return secrets.token_urlsafe(18)


def token_of(seat: Seat) -> str:
    """The number of the seat, and a seal over it, its key and its end."""
    return f"{int_to_base36(seat.pk)}.{_seal(seat)}"


def link_path(seat: Seat) -> str:
    """The address, without the site, that opens the room for this person and nobody else."""
    return reverse("rooms:link", args=[token_of(seat)])


def seat_of_token(token: str) -> Seat | None:
    """The seat whose genuine token this is, revoked or over though it may be; None for anything else."""
    number, _, seal = token.partition(".")
    if not number.isascii() or not number.isalnum() or len(number) > LONGEST_ID or len(seal) != SEAL:
        return None
    pk = base36_to_int(number)
    rows = Seat.objects.select_related("interview", "user")
    seat = rows.filter(pk=pk).first() if pk < 2**63 else None
    return seat if seat is not None and constant_time_compare(_seal(seat), seal) else None


def _seal(seat: Seat) -> str:
    words = f"{seat.pk}:{seat.key}:{int(seat.link_ends_at.timestamp())}"
    digest = salted_hmac(SALT, words, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).decode()[:SEAL]
