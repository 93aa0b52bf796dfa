"""How somebody is called in a room: the crew by the name on the programme, all others so that nobody finds them."""

from typing import Any

from django.utils.crypto import salted_hmac

from jinba.accounts.choices import Role
from jinba.core.masking import masked_name
from labor.live.models import CrewMember, LiveSession

# Viewers see that somebody speaks who earns by their coming.
MARKS = {
    Role.EMPLOYER: "用人单位",
    Role.BROKER: "劳务经纪人",
    Role.PARK: "园区",
    Role.OFFICER: "人社",
    Role.ADMIN: "人社",
}
LONGEST = 20


def shown_name(*, session: LiveSession, user: Any, is_crew: bool) -> str:
    """王**, or 网友 with a number of this room alone; never a digit of a telephone."""
    if is_crew:
        return _crew_name(session, user)
    name = masked_name(user.name)[: LONGEST - 8] if user.name else f"网友{room_number(session=session, user=user)}"
    mark = MARKS.get(user.role)
    return f"{name}·{mark}" if mark else name


def room_number(*, session: LiveSession, user: Any) -> str:
    """Four digits: the same for one person in one room, others in the next, and nobody can reckon back."""
    digest = salted_hmac("labor.live.names", f"{session.pk}:{user.pk}", algorithm="sha256").hexdigest()
    return f"{int(digest[:8], 16) % 10_000:04d}"


def _crew_name(session: LiveSession, user: Any) -> str:
    member = CrewMember.objects.filter(session=session, user=user).first()
    if member is not None:
        return member.shown_name
    return "园区工作人员" if user.role == Role.PARK else "用人单位工作人员"
