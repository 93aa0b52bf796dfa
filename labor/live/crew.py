"""Whose hand is on a session: the crew's, an officer's, the system's, or nobody's."""

from typing import Any

from jinba.accounts.choices import STAFF_ROLES, Role
from labor.live.choices import Side
from labor.live.models import LiveSession


def side_of(*, session: LiveSession, user: Any) -> Side | None:
    """For whom the user acts in this session; `None` stands for the system, and a stranger gets None back.

    The crew are its anchors and moderators and whoever works for the host: members of the employer, the zone's staff.
    """
    if user is None:
        return Side.SYSTEM
    if user.role in STAFF_ROLES:
        return Side.OFFICER
    if user.role not in (Role.PARK, Role.EMPLOYER):
        return None
    return Side.CREW if LiveSession.objects.seen_by(user).filter(pk=session.pk).exists() else None


def is_crew(*, session: LiveSession, user: Any) -> bool:
    """Whether the user may send pictures and put cards up; officers only look and stop."""
    return user is not None and user.is_authenticated and side_of(session=session, user=user) == Side.CREW
