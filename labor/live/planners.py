"""Who plans a session, and who only speaks in it."""

from typing import Any

from employers.models import Member
from jinba.accounts.choices import Role
from labor.live.models import LiveSession


def may_plan(user: Any, session: LiveSession) -> bool:
    """Whether the user may change the plan: members of the host, the staff of the zone for its own, or as its crew.

    Somebody whom the zone invited to speak from another employer runs the console with the others, and plans nothing.
    """
    if user.role == Role.EMPLOYER:
        return session.host_id is not None and Member.objects.filter(user=user, employer_id=session.host_id).exists()
    if user.role == Role.PARK:
        return session.host_id is None or session.crew.filter(user=user).exists()
    return False
