"""Whose seat a visitor comes for: by the link that he opened in this browser, or because he is signed in.

The link page leaves the seat in the session, so a visitor without account holds it and nothing else. Of several
browsers the one in which the link was opened last holds it (`Seat.hold`).
"""

from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db.models import Q
from django.http import Http404, HttpRequest
from django.utils.crypto import constant_time_compare

from jinba.accounts.choices import Role
from jinba.accounts.models import User
from labor.interviews import confined
from labor.interviews.choices import SeatKind
from labor.interviews.models import Seat

HELD = "seats"  # in the session: interview → [seat, key, hold]
MOST_HELD = 20
# These are somebody's account and not a link: whoever has only the link signs in first.
SIGNED_IN = (SeatKind.RECRUITER, SeatKind.HOST)


def give(request: HttpRequest, seat: Seat) -> None:
    """Let this browser hold the seat. Who was nobody before gets a new session: an older one may not be his alone."""
    held: dict[str, list[Any]] = dict(request.session.get(HELD, {}))
    held.pop(str(seat.interview_id), None)
    held[str(seat.interview_id)] = [seat.pk, seat.key, seat.hold]
    if not request.user.is_authenticated:
        request.session.cycle_key()
    request.session[HELD] = dict(list(held.items())[-MOST_HELD:])


def take(request: HttpRequest, interview_id: int) -> None:
    """This browser holds no seat of that interview any more; at a booth, when somebody leaves."""
    held: dict[str, list[Any]] = dict(request.session.get(HELD, {}))
    if held.pop(str(interview_id), None) is not None:
        request.session[HELD] = held


def find(*, session: Any, user: Any, interview_id: int) -> Seat | None:
    """The visitor's seat, revoked or over though it may be; None when he has none, or speaks for nobody any more.

    His own comes before one that a link left in the browser, except for park staff. On a booth's screen there is the
    seat of whoever was let in, and never the host's.
    """
    held = _held(session, interview_id)
    if confined.booth_of(session) is not None:
        return held if confined.interview_of(session) == interview_id else None
    own = _own(user, interview_id)
    if held is None or (own is not None and user.role != Role.PARK):
        return own
    is_somebody = user is not None and user.is_authenticated
    if held.kind in SIGNED_IN or (held.user_id and is_somebody and not _may_hold(user, held)):
        return own
    if held.revoked_at is not None and own is not None:
        return own
    return held


def seat_of(request: HttpRequest, interview_id: int) -> Seat:
    """The seat on which this visitor may come in; Http404 when he has none that counts."""
    seat = find(session=request.session, user=request.user, interview_id=interview_id)
    if seat is None or seat.revoked_at is not None:
        raise Http404("no seat")
    return seat


def lost(session: Any, interview_id: int) -> Seat | None:
    """The seat that this browser held until its link was opened in another one."""
    seat, hold = _kept(session, interview_id)
    return seat if seat is not None and seat.revoked_at is None and not _is_same(seat, hold) else None


def is_held_elsewhere(session: Any, seat: Seat) -> bool:
    """Whether the seat's link was opened last in another browser: somebody came by his account all the same."""
    return bool(seat.hold) and _held(session, seat.interview_id) != seat


def user_of(session: Any) -> User | None:
    """Who is signed in by this session, if it still holds; for sockets, that have no request."""
    if (pk := session.get(SESSION_KEY)) is None:
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    if user is None or not constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
        return None
    return user


def _may_hold(user: Any, seat: Seat) -> bool:
    return user.role == Role.PARK or seat.user_id == user.pk


def _rows(interview_id: int) -> Any:
    rows = Seat.objects.standing().select_related("interview__application__worker", "interview__sitting", "user")
    return rows.filter(interview_id=interview_id)


def _kept(session: Any, interview_id: int) -> tuple[Seat | None, str]:
    """The seat whose link was opened in this browser, and by which opening."""
    try:
        pk, key, hold = session.get(HELD, {}).get(str(interview_id), (0, "", ""))
    except (AttributeError, TypeError, ValueError):
        return None, ""
    seat: Seat | None = _rows(interview_id).filter(pk=pk).first() if pk else None
    return (seat, hold) if seat is not None and constant_time_compare(seat.key, key) else (None, "")


def _is_same(seat: Seat, hold: str) -> bool:
    return bool(seat.hold) and constant_time_compare(seat.hold, hold)


def _held(session: Any, interview_id: int) -> Seat | None:
    seat, hold = _kept(session, interview_id)
    return seat if seat is not None and _is_same(seat, hold) else None


def _own(user: Any, interview_id: int) -> Seat | None:
    """The seat of the signed-in person, the newest valid one first."""
    if user is None or not user.is_authenticated:
        return None
    mine = Q(user=user)
    # He made his account after the seat was made.
    mine |= Q(kind=SeatKind.WORKER, user=None, interview__application__worker__user=user)
    seats = list(_rows(interview_id).filter(mine).order_by("-pk"))
    return next((seat for seat in seats if seat.revoked_at is None), seats[0] if seats else None)
