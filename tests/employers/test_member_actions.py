"""Invitations and members: what works, and every refusal beside it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from employers.actions import members
from employers.choices import TRUSTED_STATES, EmployerState, MemberRole
from employers.models import Employer, Member, MemberInvitation
from jinba.accounts.models import User
from jinba.core.errors import Refused
from jinba.notices.models import Notice
from tests.factories.accounts import UserFactory
from tests.factories.employers import MemberFactory

pytestmark = pytest.mark.django_db
PHONE = "13912340000"
Texts = list[dict[str, str]]


def invite(employer: Employer, by: Any, **changes: Any) -> MemberInvitation:
    return members.invite(
        **{"employer": employer, "by": by, "name": "李招聘", "phone": PHONE, "site": "https://jinba.test/", **changes}
    )


def token_in(texts: Texts) -> str:
    found = re.search(r"/employers/invitations/([^/]+)/$", texts[-1]["link"])
    assert found
    return found.group(1)


@pytest.fixture
def invited(employer: Employer) -> User:
    """The person whose number is invited, signed in as one who hires."""
    return UserFactory(employer=True, phone=PHONE)


def test_an_invitation_is_a_text_with_a_link_of_which_only_the_digest_is_kept(
    employer: Employer, owner: User, sms: Texts
) -> None:
    invitation = invite(employer, owner, phone=" +86 139-1234-0000 ")
    text = sms[-1]
    assert text["phone"] == PHONE and text["kind"] == "invitation"
    assert employer.name in text["text"] and text["link"] in text["text"]
    assert text["link"].startswith("https://jinba.test/employers/invitations/")
    stored = MemberInvitation.objects.get()
    assert stored == invitation and stored.token_digest == MemberInvitation.digest_of(token_in(sms))
    assert token_in(sms) not in str(vars(stored))
    assert timedelta(days=6, hours=23) < stored.expires_at - timezone.now() <= timedelta(days=7)


def test_inviting_again_makes_the_first_link_worthless(
    employer: Employer, owner: User, invited: User, sms: Texts
) -> None:
    invite(employer, owner)
    first = token_in(sms)
    invite(employer, owner)
    with pytest.raises(Refused, match="失效"):
        members.accept_invitation(token=first, by=invited)
    assert members.accept_invitation(token=token_in(sms), by=invited).user == invited


def test_only_owners_invite(employer: Employer, owner: User, recruiter: User, stranger: User, sms: Texts) -> None:
    for by in (recruiter, stranger, None):
        with pytest.raises(Refused, match="只有负责人"):
            invite(employer, by)
    assert sms == [] and invite(employer, owner)


@pytest.mark.parametrize(
    ("changes", "field"), [({"name": " "}, "name"), ({"phone": "12345"}, "phone"), ({"role": "boss"}, "role")]
)
def test_what_is_typed_must_make_sense(
    employer: Employer, owner: User, sms: Texts, changes: dict[str, str], field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        invite(employer, owner, **changes)
    assert refusal.value.field == field and sms == []


def test_a_member_is_not_invited_again(employer: Employer, owner: User, recruiter: User) -> None:
    with pytest.raises(Refused, match="已经是成员"):
        invite(employer, owner, phone=recruiter.phone)


@pytest.mark.parametrize("state", sorted(set(EmployerState) - set(TRUSTED_STATES)))
def test_an_employer_whom_nobody_vouches_for_puts_no_words_into_our_texts(
    employer: Employer, owner: User, sms: Texts, state: EmployerState
) -> None:
    Employer.objects.filter(pk=employer.pk).update(state=state)
    with pytest.raises(Refused, match="通过认证后"):
        invite(employer, owner)
    assert sms == []


def test_texts_a_day_are_limited(employer: Employer, owner: User, sms: Texts) -> None:
    for number in range(members.MOST_A_DAY):
        invite(employer, owner, phone=f"139000000{number:02d}")
    with pytest.raises(Refused, match="一天最多"):
        invite(employer, owner)
    assert len(sms) == members.MOST_A_DAY


def test_an_employer_has_room_for_so_many(
    employer: Employer, owner: User, recruiter: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "MOST_MEMBERS", 2)
    with pytest.raises(Refused, match="最多 2 名"):
        invite(employer, owner)


def test_a_text_that_cannot_be_sent_leaves_nothing(employer: Employer, owner: User, settings: Any) -> None:
    settings.SMS_BACKENDS = []
    with pytest.raises(Refused, match="没有发出去"):
        invite(employer, owner)
    assert not MemberInvitation.objects.exists()


def test_who_was_invited_joins_in_the_role_and_the_owner_is_told(
    employer: Employer, owner: User, invited: User, sms: Texts
) -> None:
    invite(employer, owner)
    member = members.accept_invitation(token=token_in(sms), by=invited)
    assert (member.employer, member.user, member.role) == (employer, invited, MemberRole.RECRUITER)
    assert Notice.objects.get().recipient == owner
    assert employer.events.get().by == invited


def test_a_link_works_once(employer: Employer, owner: User, invited: User, sms: Texts) -> None:
    invite(employer, owner)
    members.accept_invitation(token=token_in(sms), by=invited)
    with pytest.raises(Refused, match="失效"):
        members.accept_invitation(token=token_in(sms), by=invited)


def test_a_forwarded_link_opens_nothing(employer: Employer, owner: User, sms: Texts) -> None:
    invite(employer, owner)
    with pytest.raises(Refused, match="另一个手机号"):
        members.accept_invitation(token=token_in(sms), by=UserFactory(employer=True))
    with pytest.raises(Refused, match="失效"):
        members.accept_invitation(token="guessed", by=UserFactory(employer=True))


def test_a_seeker_with_that_phone_stays_a_seeker(employer: Employer, owner: User, sms: Texts) -> None:
    invite(employer, owner)
    with pytest.raises(Refused, match="不是用人单位"):
        members.accept_invitation(token=token_in(sms), by=UserFactory(phone=PHONE))


def test_an_old_link_opens_nothing(employer: Employer, owner: User, invited: User, sms: Texts) -> None:
    invite(employer, owner)
    MemberInvitation.objects.update(expires_at=timezone.now())
    with pytest.raises(Refused, match="失效"):
        members.accept_invitation(token=token_in(sms), by=invited)


def test_nobody_joins_a_banned_employer(employer: Employer, owner: User, invited: User, sms: Texts) -> None:
    invite(employer, owner)
    Employer.objects.filter(pk=employer.pk).update(state=EmployerState.BANNED)
    with pytest.raises(Refused, match="黑名单"):
        members.accept_invitation(token=token_in(sms), by=invited)


def test_who_joined_by_another_way_meanwhile_is_told(
    employer: Employer, owner: User, invited: User, sms: Texts
) -> None:
    invite(employer, owner)
    MemberFactory(employer=employer, user=invited)
    with pytest.raises(Refused, match="已经是这家单位的成员"):
        members.accept_invitation(token=token_in(sms), by=invited)


def test_who_works_for_another_employer_gets_a_second_user(
    employer: Employer, owner: User, invited: User, sms: Texts
) -> None:
    elsewhere = MemberFactory(user=invited)
    invite(employer, owner)
    member = members.accept_invitation(token=token_in(sms), by=invited)
    assert member.user != invited and member.user.phone == PHONE
    elsewhere.refresh_from_db()
    assert elsewhere.user == invited


def test_a_withdrawn_invitation_opens_nothing(employer: Employer, owner: User, invited: User, sms: Texts) -> None:
    invitation = invite(employer, owner)
    members.withdraw_invitation(invitation=invitation, by=owner)
    with pytest.raises(Refused, match="失效"):
        members.accept_invitation(token=token_in(sms), by=invited)
    with pytest.raises(Refused, match="已经撤回"):
        members.withdraw_invitation(invitation=invitation, by=owner)


def test_withdrawing_is_for_owners_and_before_acceptance(
    employer: Employer, owner: User, recruiter: User, invited: User, sms: Texts
) -> None:
    invitation = invite(employer, owner)
    with pytest.raises(Refused, match="只有负责人"):
        members.withdraw_invitation(invitation=invitation, by=recruiter)
    members.accept_invitation(token=token_in(sms), by=invited)
    with pytest.raises(Refused, match="已经接受"):
        members.withdraw_invitation(invitation=invitation, by=owner)


def test_an_owner_removes_and_everybody_may_leave(employer: Employer, owner: User, recruiter: User) -> None:
    other = MemberFactory(employer=employer, recruiter=True)
    members.remove_member(member=other, by=owner)
    members.remove_member(member=recruiter.membership, by=recruiter)
    assert list(employer.members.values_list("user", flat=True)) == [owner.pk]
    assert [reason[-2:] for reason in employer.events.values_list("reason", flat=True)] == ["移出", "退出"]
    with pytest.raises(Refused, match="已经不是成员"):
        members.remove_member(member=other, by=owner)


def test_a_recruiter_or_a_stranger_removes_nobody(
    employer: Employer, owner: User, recruiter: User, stranger: User
) -> None:
    for by in (recruiter, stranger):
        with pytest.raises(Refused, match="只有负责人"):
            members.remove_member(member=owner.membership, by=by)


def test_the_last_owner_can_neither_leave_nor_step_down(employer: Employer, owner: User, recruiter: User) -> None:
    with pytest.raises(Refused, match="至少要有一名负责人"):
        members.remove_member(member=owner.membership, by=owner)
    with pytest.raises(Refused, match="至少要有一名负责人"):
        members.set_role(member=owner.membership, by=owner, role=MemberRole.RECRUITER)
    members.set_role(member=recruiter.membership, by=owner, role=MemberRole.OWNER)
    members.remove_member(member=owner.membership, by=owner)
    assert Member.objects.get(employer=employer).user == recruiter


def test_roles_are_changed_by_owners_to_roles_that_exist(employer: Employer, owner: User, recruiter: User) -> None:
    with pytest.raises(Refused, match="只有负责人"):
        members.set_role(member=recruiter.membership, by=recruiter, role=MemberRole.OWNER)
    with pytest.raises(Refused, match="选角色"):
        members.set_role(member=recruiter.membership, by=owner, role="boss")
