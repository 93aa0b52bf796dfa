"""Who speaks and who keeps order. Only people of the zone, of the host and of the employers in the rundown."""

from typing import Any

from employers.models import Member
from jinba.accounts.choices import Role
from jinba.accounts.models import User, phone_index
from jinba.core.errors import Refused
from jinba.core.locks import locked_one, patient
from jinba.core.phones import normalise_phone
from labor.live import gates
from labor.live.actions.planning import must_plan
from labor.live.choices import CrewPart
from labor.live.models import CrewMember, LiveSession
from labor.live.speaking_rules import leads_away

MOST = 10
LONGEST_NAME = 20
# The same words whoever the number belongs to, and when it belongs to nobody: nobody learns who has an account.
NOT_FOUND = (
    "这个手机号加不了。主播和场控要是主办单位的成员、节目单里单位的成员，或者服务专区的工作人员，并且已经在本站登录过。"
)


def add_by_phone(*, session: LiveSession, phone: str, part: str, shown_name: str, by: Any) -> CrewMember:
    """Somebody whose number one knows. What is refused says nothing about whose it is."""
    user = User.objects.filter(phone_index=phone_index(normalise_phone(phone))).first()
    return _add(session=session, user=user, part=part, shown_name=shown_name, by=by, field="phone")


def add(*, session: LiveSession, user: User, part: str, shown_name: str, by: Any) -> CrewMember:
    """Somebody out of one's own people; see `own_people`."""
    return _add(session=session, user=user, part=part, shown_name=shown_name, by=by, field="user")


@patient
def _add(*, session: LiveSession, user: User | None, part: str, shown_name: str, by: Any, field: str) -> CrewMember:
    session = _locked(session, by)
    if part not in CrewPart.values:
        raise Refused("请选主播还是场控。", field="part")
    shown_name = _name(shown_name)
    if user is None or not gates.may_be_crew(user, employer_ids_of(session=session)):
        raise Refused(NOT_FOUND, field=field)
    found = session.crew.filter(user=user).first()
    if found is None and session.crew.count() >= MOST:
        raise Refused(f"主播和场控一共最多 {MOST} 位。")
    # Named again, somebody changes his part or how he is called.
    found, _ = CrewMember.objects.update_or_create(
        session=session, user=user, defaults={"part": part, "shown_name": shown_name}
    )
    return found


@patient
def remove(*, member: CrewMember, by: Any) -> None:
    """He neither speaks nor keeps order; what he did stays written down as his."""
    session = _locked(member.session, by)
    session.crew.filter(pk=member.pk).delete()


def employer_ids_of(*, session: LiveSession) -> set[int]:
    """The host and the employers whose postings are in the rundown."""
    cards = session.cards.filter(removed_at__isnull=True).values_list("posting__employer_id", flat=True)
    return {*cards} | ({session.host_id} if session.host_id is not None else set())


def own_people(*, session: LiveSession, by: Any) -> list[User]:
    """Whom `by` may pick from a list because they are his colleagues, and are not in the crew yet."""
    colleagues = User.objects.filter(is_active=True).exclude(live_crew__session=session)
    if by.role == Role.PARK:
        return list(colleagues.filter(role=Role.PARK).order_by("name", "pk")[:200])
    mine = Member.objects.filter(user=by).values("employer")
    return list(colleagues.filter(membership__employer__in=mine).order_by("membership__pk")[:200])


def _locked(session: LiveSession, by: Any) -> LiveSession:
    session = locked_one(LiveSession.objects.all(), pk=session.pk)
    must_plan(session=session, by=by)
    if not session.is_coming:
        raise Refused(f"这场直播{session.get_state_display()}，主播和场控不能再改了。")
    return session


def _name(text: str) -> str:
    text = " ".join(text.split())
    if leads_away(text):
        raise Refused("对外称呼里不能留电话、微信和网址。", field="shown_name")
    if not text:
        raise Refused("请写对外称呼，例如：招聘主管 李姐。", field="shown_name")
    if len(text) > LONGEST_NAME:
        raise Refused(f"请写在 {LONGEST_NAME} 个字以内。", field="shown_name")
    return text
