"""Who acts for an employer: invitations, members, their rights. Owners manage members and the profile."""

import secrets
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from employers.choices import EmployerState, MemberRole
from employers.models import Employer, EmployerEvent, Member, MemberInvitation
from jinba.accounts.choices import Role
from jinba.accounts.models import User, phone_index
from jinba.core.errors import Refused
from jinba.core.locks import locked_one
from jinba.core.phones import normalise_phone
from jinba.core.sms import SmsFailed, send_sms
from jinba.notices.actions import tell

VALID_DAYS = 7
MOST_A_DAY = 10  # texts that one employer may send out in 24 hours
MOST_MEMBERS = 50
EXPIRED = "这个邀请已经失效，请让对方重新邀请。"


def invite(
    *, employer: Employer, by: Any, name: str, phone: str, role: str = MemberRole.RECRUITER, site: str
) -> MemberInvitation:
    """Send a phone number the link by which it can join; `site` is the address of this server (https://…).

    Inviting the same number again makes the earlier link worthless. When the text cannot be sent nothing remains.
    """
    with transaction.atomic():
        invitation, token = _invite(employer, by, name, phone, role)
    link = f"{site.rstrip('/')}{reverse('employers:invitation', args=[token])}"
    text = f"【金巴就业】{employer.name}邀请您加入招聘团队，{VALID_DAYS} 天内打开：{link}"
    try:
        send_sms(str(invitation.phone), text, kind="invitation", values={"employer": employer.name, "link": link})
    except SmsFailed as error:
        invitation.delete()
        raise Refused("短信没有发出去，请过一会儿再试。") from error
    return invitation


def _invite(employer: Employer, by: Any, name: str, phone: str, role: str) -> tuple[MemberInvitation, str]:
    employer = locked_one(Employer.objects.all(), pk=employer.pk)
    _owner(employer, by)
    name, phone, now = name.strip(), normalise_phone(phone), timezone.now()
    if not name:
        raise Refused("请写被邀请人的姓名。", field="name")
    if role not in MemberRole.values:
        raise Refused("请选角色。", field="role")
    # The text goes out in our name and carries theirs: nobody puts words into it whom no officer has looked at.
    if not employer.is_trusted:
        raise Refused("单位通过认证后才能邀请成员。")
    index = phone_index(phone)
    if employer.members.filter(user__phone_index=index).exists():
        raise Refused("这个手机号已经是成员了。", field="phone")
    if employer.members.count() >= MOST_MEMBERS:
        raise Refused(f"一家单位最多 {MOST_MEMBERS} 名成员。")
    if employer.invitations.filter(invited_at__gt=now - timedelta(days=1)).count() >= MOST_A_DAY:
        raise Refused(f"一天最多发 {MOST_A_DAY} 个邀请，请明天再来。")
    employer.invitations.filter(phone_index=index, accepted_at=None, withdrawn_at=None).update(withdrawn_at=now)
    token = secrets.token_urlsafe(24)
    invitation = MemberInvitation.objects.create(
        employer=employer,
        name=name[:40],
        phone=phone,
        phone_index=index,
        role=role,
        token_digest=MemberInvitation.digest_of(token),
        invited_by=by,
        invited_at=now,
        expires_at=now + timedelta(days=VALID_DAYS),
    )
    return invitation, token


@transaction.atomic
def accept_invitation(*, token: str, by: Any) -> Member:
    """Join by the link: `by` is signed in with the number that was invited; a forwarded text opens nothing.

    Whoever works for another employer already gets a second user with the same phone, because one user is one person
    in one role at one place: sign the member's user in then.
    """
    invitation = MemberInvitation.objects.filter(token_digest=MemberInvitation.digest_of(token)).first()
    if invitation is None:
        raise Refused(EXPIRED)
    employer = locked_one(Employer.objects.all(), pk=invitation.employer_id)
    invitation.refresh_from_db()
    if not invitation.is_open:
        raise Refused(EXPIRED)
    if employer.state == EmployerState.BANNED:
        raise Refused("这家单位已被列入黑名单，不能加入。")
    if by.role != Role.EMPLOYER:
        raise Refused("您现在的身份不是用人单位，请退出后用收到短信的手机号登录，选“我要招人”。")
    if by.phone_index != invitation.phone_index:
        raise Refused("这个邀请发给了另一个手机号，请用收到短信的手机号登录。")
    if employer.members.filter(user__phone_index=by.phone_index).exists():
        raise Refused("您已经是这家单位的成员。")
    if Member.objects.filter(user=by).exists():
        by = User.objects.create_user(phone=by.phone, role=Role.EMPLOYER, name=by.name)
    member = Member.objects.create(employer=employer, user=by, role=invitation.role)
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    _log(employer, by, f"{by.name} 加入（{member.get_role_display()}）")
    tell(
        recipient=invitation.invited_by,
        kind="member_joined",
        dedupe_key=f"invitation:{invitation.pk}",
        title=f"{by.name}加入了招聘团队",
        url=reverse("employers:members"),
    )
    return member


@transaction.atomic
def withdraw_invitation(*, invitation: MemberInvitation, by: Any) -> None:
    """The link opens nothing any more."""
    employer = locked_one(Employer.objects.all(), pk=invitation.employer_id)
    _owner(employer, by)
    invitation.refresh_from_db()
    if invitation.accepted_at is not None:
        raise Refused("对方已经接受了邀请。")
    if invitation.withdrawn_at is not None:
        raise Refused("这个邀请已经撤回了。")
    invitation.withdrawn_at = timezone.now()
    invitation.save(update_fields=["withdrawn_at"])


@transaction.atomic
def remove_member(*, member: Member, by: Any) -> None:
    """An owner removes somebody, or somebody leaves; never the last owner."""
    employer = locked_one(Employer.objects.all(), pk=member.employer_id)
    member = _still_member(member)
    if member.user_id != getattr(by, "pk", None):
        _owner(employer, by)
    _keeps_an_owner(employer, member)
    _log(employer, by, f"{member.user.name} {'退出' if member.user_id == by.pk else '被移出'}")
    member.delete()


@transaction.atomic
def set_role(*, member: Member, by: Any, role: str) -> Member:
    """An owner makes a recruiter an owner, or the other way round; one owner always remains."""
    employer = locked_one(Employer.objects.all(), pk=member.employer_id)
    _owner(employer, by)
    member = _still_member(member)
    if role not in MemberRole.values:
        raise Refused("请选角色。", field="role")
    if role != MemberRole.OWNER:
        _keeps_an_owner(employer, member)
    member.role = role
    member.save(update_fields=["role"])
    _log(employer, by, f"{member.user.name} 改为{member.get_role_display()}")
    return member


def _owner(employer: Employer, by: Any) -> None:
    if by is None or not employer.members.filter(user=by, role=MemberRole.OWNER).exists():
        raise Refused("只有负责人能管理成员。")


def _still_member(member: Member) -> Member:
    fresh = Member.objects.select_related("user").filter(pk=member.pk).first()
    if fresh is None:
        raise Refused("对方已经不是成员了。")
    return fresh


def _keeps_an_owner(employer: Employer, member: Member) -> None:
    others = employer.members.filter(role=MemberRole.OWNER).exclude(pk=member.pk)
    if member.is_owner and not others.exists():
        raise Refused("单位至少要有一名负责人，请先把别人设为负责人。")


def _log(employer: Employer, by: Any, reason: str) -> None:
    EmployerEvent.objects.create(
        employer=employer, from_state=employer.state, to_state=employer.state, reason=reason[:200], by=by
    )
