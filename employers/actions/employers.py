"""An employer's registration, profile and verification."""

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from employers import document_rules, licensing, search, uscc
from employers.actions import postings
from employers.choices import TRUSTED_STATES, EmployerState, MemberRole, Origin
from employers.models import VALID_DAYS, Employer, EmployerEvent, Member
from employers.moves import NEEDS_REASON, OFFICER, OWNER, SYSTEM, can_move
from employers.problems import Incomplete
from jinba.accounts.choices import STAFF_ROLES, Role
from jinba.core.errors import Refused
from jinba.core.locks import locked_one
from jinba.core.phones import normalise_contact
from jinba.notices.actions import tell

PROFILE = (
    *("name", "uscc", "org_type", "industry", "scale", "region", "zone", "address", "intro"),
    *("contact_name", "contact_phone"),
)
# What the officer compares with the licence; it stands still once it was handed in.
IDENTITY = frozenset({"name", "uscc", "org_type"})
MAY_CHANGE_IDENTITY = frozenset({EmployerState.DRAFT, EmployerState.RETURNED})
REQUIRED = {
    "name": "请写单位名称，和营业执照上一样。",
    "uscc": "请填写统一社会信用代码，营业执照右上角有。",
    "industry": "请写行业。",
    "scale": "请选单位规模。",
    "region": "请把单位所在地选到县（市、区）。",
    "address": "请写详细地址。",
    "intro": "请写几句单位介绍，工人想知道厂里做什么。",
    "contact_name": "请写联系人。",
    "contact_phone": "请写联系电话。",
}
TAKEN = (
    "这家单位已经注册过了，请让单位的负责人在“成员”里邀请您。"
    "如果不是你们单位的人注册的，请打页面底部的监督电话，核实后可以重新注册。"
)
COUNTY_DIGITS = 6
DUE_DAYS = 150  # after so many days a verification is looked at again, and holds for another thirty
CODE_FREED = "信用代码已释放"


# Registration and profile --------------------------------------------------------------------------------------------


@transaction.atomic
def register(*, by: Any, **fields: Any) -> Member:
    """Found an employer; `by`, a user of role EMPLOYER who belongs to none, becomes its first owner.

    Nobody who looks for work turns into an employer: with the same phone he is another user (accounts:new_employer).
    """
    if by.role != Role.EMPLOYER:
        raise Refused("您现在的身份不是用人单位，请退出后用手机号登录，选“我要招人”。")
    if Member.objects.filter(user=by).exists():
        raise Refused("您已经是一家单位的成员。")
    employer = _begun(str(fields.get("uscc") or "")) or Employer()
    _write(employer, fields)
    if found := {name: REQUIRED[name] for name in ("name", "uscc") if not getattr(employer, name)}:
        raise Incomplete(found)
    _save_unless_taken(employer)
    member = Member.objects.create(employer=employer, user=by, role=MemberRole.OWNER)
    EmployerEvent.objects.create(
        employer=employer, from_state=EmployerState.DRAFT, to_state=EmployerState.DRAFT, reason="注册", by=by
    )
    return member


@transaction.atomic
def change_profile(*, employer: Employer, by: Any, **fields: Any) -> Employer:
    """An owner corrects what the employer says of itself; name, code and type only before they are handed in."""
    employer = locked_one(Employer.objects.all(), pk=employer.pk)
    if _actor(employer, by) != OWNER:
        raise Refused("只有负责人能改单位资料。")
    if employer.state == EmployerState.BANNED:
        raise Refused("单位已被列入黑名单，不能改资料。")
    changed = _write(employer, fields)
    if (touched := IDENTITY & set(changed)) and employer.state not in MAY_CHANGE_IDENTITY:
        names = {"name": "单位名称", "uscc": "统一社会信用代码", "org_type": "单位类型"}
        field = sorted(touched)[0]
        raise Refused(f"提交认证以后不能改{names[field]}，请联系审核人员退回后再改。", field=field)
    if employer.state not in MAY_CHANGE_IDENTITY:
        _check_complete(employer)
    _save_unless_taken(employer)
    if "name" in changed:
        search.refresh_many(employer.postings.select_related("employer", "trade", "region", "zone"))
    return employer


def _begun(code: str) -> Employer | None:
    """The draft that officers brought in under this code, for its first member; whom to call he says himself."""
    rows = Employer.objects.filter(uscc=code.strip().upper(), state=EmployerState.DRAFT, origin=Origin.REGISTERED)
    begun = rows.filter(members__isnull=True).select_for_update(of=("self",), no_key=True).first() if code else None
    if begun is None or begun.members.exists():  # somebody was quicker while we waited for the row
        return None
    begun.contact_name, begun.contact_phone = "", None
    return begun


# Verification --------------------------------------------------------------------------------------------------------


@transaction.atomic
def submit_for_verification(*, employer: Employer, by: Any) -> Employer:
    """An owner hands the profile in; Incomplete names all that is missing."""
    return _move(locked_one(Employer.objects.all(), pk=employer.pk), EmployerState.SUBMITTED, by)


@transaction.atomic
def verify(*, employer: Employer, by: Any, reason: str = "") -> Employer:
    """An officer vouches for it: after its submission, at its review after half a year, or lifting a suspension."""
    return _move(locked_one(Employer.objects.all(), pk=employer.pk), EmployerState.VERIFIED, by, reason)


@transaction.atomic
def return_(*, employer: Employer, by: Any, reason: str) -> Employer:
    """An officer gives it back to be corrected; also the way out of a ban that was wrong."""
    return _move(locked_one(Employer.objects.all(), pk=employer.pk), EmployerState.RETURNED, by, reason)


@transaction.atomic
def suspend(*, employer: Employer, by: Any, reason: str) -> Employer:
    """No recruiting until it is cleared up; published postings are paused."""
    return _move(locked_one(Employer.objects.all(), pk=employer.pk), EmployerState.SUSPENDED, by, reason)


@transaction.atomic
def ban(*, employer: Employer, by: Any, reason: str) -> Employer:
    """The black list: postings are paused and running applications end."""
    return _move(locked_one(Employer.objects.all(), pk=employer.pk), EmployerState.BANNED, by, reason)


@transaction.atomic
def mark_due(*, employer: Employer, by: Any = None, reason: str = "") -> Employer:
    """Its verification has to be looked at again; it goes on recruiting meanwhile."""
    return _move(locked_one(Employer.objects.all(), pk=employer.pk), EmployerState.DUE, by, reason)


@transaction.atomic
def free_code(*, employer: Employer, by: Any, reason: str) -> Employer:
    """An officer takes the credit code from who registered it without right, and bans him: the real firm may register.

    The history keeps the code. An employer that is trusted has shown its papers: suspend it first.
    """
    employer = locked_one(Employer.objects.all(), pk=employer.pk)
    reason = reason.strip()
    if _actor(employer, by) != OFFICER:
        raise Refused("只有审核人员能释放信用代码。")
    if not employer.uscc:
        raise Refused("这家单位没有信用代码。")
    if employer.is_trusted:
        raise Refused("单位已认证，请先核实并暂停，再释放信用代码。")
    if not reason:
        raise Refused("请写原因，用人单位会看到。", field="reason")
    code, employer.uscc = employer.uscc, None
    why = f"{CODE_FREED}（{code}）：{reason}"
    if employer.state == EmployerState.BANNED:
        start = EmployerState.BANNED
        EmployerEvent.objects.create(employer=employer, from_state=start, to_state=start, reason=why[:200], by=by)
        employer.save(update_fields=["uscc", "updated_at"])
    else:
        _move(employer, EmployerState.BANNED, by, why)
    return employer


# Nightly -------------------------------------------------------------------------------------------------------------


def mark_all_due(*, limit: int = 200) -> int:
    """Verifications older than DUE_DAYS are to be looked at, owners hear by when; returns how many. May run twice."""
    before = timezone.now() - timedelta(days=DUE_DAYS)
    old = Employer.objects.filter(state=EmployerState.VERIFIED, verified_at__lt=before).order_by("verified_at")
    done = 0
    for employer in old[:limit]:
        until = timezone.localtime(employer.verified_until)
        try:
            mark_due(employer=employer, reason=f"认证满 {DUE_DAYS} 天，{until:%Y-%m-%d} 到期。")
            done += 1
        except Refused:
            continue  # an officer was quicker
    return done


def suspend_overdue(*, limit: int = 200) -> int:
    """Who was not looked at within VALID_DAYS stops recruiting (C10); returns how many. Safe to run twice."""
    before = timezone.now() - timedelta(days=VALID_DAYS)
    late = Employer.objects.filter(state=EmployerState.DUE, verified_at__lt=before).order_by("verified_at")
    done = 0
    for employer in late[:limit]:
        try:
            suspend(employer=employer, by=None, reason=f"认证满 {VALID_DAYS} 天没有复核，复核通过后恢复。")
            done += 1
        except Refused:
            continue
    return done


# Inside --------------------------------------------------------------------------------------------------------------


def _write(employer: Employer, fields: dict[str, Any]) -> list[str]:
    """Put the fields on the employer; returns which changed. Incomplete with every field that makes no sense."""
    if unknown := set(fields) - set(PROFILE):
        raise TypeError(f"not fields of a profile: {sorted(unknown)}")
    found, changed = {}, []
    for name, value in fields.items():
        value = value.strip() if isinstance(value, str) else value
        try:
            if name == "uscc" and value:
                value = uscc.checked(value)
            elif name == "contact_phone" and value:
                value = normalise_contact(value)
        except Refused as error:
            found[name] = error.message
            continue
        value = None if value == "" and name in ("uscc", "contact_phone") else value
        if getattr(employer, name) != value:
            setattr(employer, name, value)
            changed.append(name)
    zone, region = employer.zone, employer.region
    if zone and not region:
        employer.region = zone.region
    elif zone and region and zone.region_id[:4] != region.code[:4]:
        found["zone"] = "这个园区不在您选的市，请改所在地或者园区。"
    if found:
        raise Incomplete(found)
    return changed


def _save_unless_taken(employer: Employer) -> None:
    if Employer.objects.filter(uscc=employer.uscc).exclude(pk=employer.pk).exists():
        raise Refused(TAKEN, field="uscc")
    try:
        with transaction.atomic():
            employer.save()
    except IntegrityError as error:
        if "uscc" in str(error):
            raise Refused(TAKEN, field="uscc") from error
        raise


def _check_complete(employer: Employer) -> None:
    found = {name: sentence for name, sentence in REQUIRED.items() if not getattr(employer, name)}
    if "region" not in found and len(employer.region_id or "") < COUNTY_DIGITS:
        found["region"] = REQUIRED["region"]
    if found:
        raise Incomplete(found, lead="单位资料还不完整")


def _check_papers(employer: Employer, to: EmployerState) -> None:
    """To be handed in every paper has to be there, to be verified every one has to be approved and in force."""
    if to == EmployerState.SUBMITTED:
        if found := document_rules.unsent(employer):
            raise Incomplete(found, lead="认证材料还不齐")
        return
    if found := document_rules.not_good(employer):
        raise Incomplete(found, lead="材料还没有全部通过")
    if licensing.is_unlicensed_agency(employer):
        raise Refused("请先在“许可与备案”里登记这家机构在有效期内的人力资源服务许可证。")


def _actor(employer: Employer, by: Any) -> str:
    if by is None:
        return SYSTEM
    if by.role in STAFF_ROLES:
        return OFFICER
    member = Member.objects.filter(employer=employer, user=by).first()
    if member is None:
        raise Refused("您不是这家单位的成员。")
    return OWNER if member.is_owner else ""


def _move(employer: Employer, to: EmployerState, by: Any, reason: str = "") -> Employer:
    """Move a locked employer if the table, the actor and the reason allow it; tell the owners."""
    reason = reason.strip()[:200]
    if not can_move(employer.state, to, _actor(employer, by)):
        raise Refused(f"单位{employer.get_state_display()}，不能改成“{to.label}”。")
    if to in NEEDS_REASON and not reason:
        raise Refused("请写原因，用人单位会看到。", field="reason")
    if to in (EmployerState.SUBMITTED, EmployerState.VERIFIED):
        _check_complete(employer)
        _check_papers(employer, to)
    if to == EmployerState.RETURNED and not employer.uscc:
        raise Refused("这家单位的信用代码已经释放，不能恢复；真正的单位可以重新注册。")
    was_trusted = employer.is_trusted
    event = EmployerEvent.objects.create(
        employer=employer, from_state=employer.state, to_state=to, reason=reason, by=by
    )
    employer.state, employer.state_reason = to, reason
    if to == EmployerState.VERIFIED:
        employer.verified_at, employer.verified_by = timezone.now(), by
    employer.save(update_fields=["uscc", "state", "state_reason", "verified_at", "verified_by", "updated_at"])
    paused = 0
    if to == EmployerState.BANNED or (was_trusted and to not in TRUSTED_STATES):
        why = f"单位{to.label}：{reason}"
        paused = postings.pause_all(employer=employer, by=by, reason=why, closes=to == EmployerState.BANNED)
    if employer.is_trusted and not was_trusted:
        postings.match_published(employer=employer)
    if to != EmployerState.SUBMITTED:
        _tell_owners(employer, event, paused)
    return employer


TITLES = {
    EmployerState.VERIFIED: ("单位认证通过", "现在可以发布岗位了。"),
    EmployerState.RETURNED: ("单位资料需要补正", "请改好后再提交。"),
    EmployerState.DUE: (
        "单位认证到了复核的时候",
        "请核对资料和材料，过期的换新的。到期前招聘不受影响，到期没有复核会暂停招聘。",
    ),
    EmployerState.SUSPENDED: ("单位认证已暂停", "暂停期间不能发布岗位，恢复后请在“岗位”里逐个恢复招聘。"),
    EmployerState.BANNED: ("单位已被列入黑名单", "不能再发布岗位，在办的报名已结束。"),
}


def _tell_owners(employer: Employer, event: EmployerEvent, paused: int) -> None:
    title, then = TITLES[EmployerState(event.to_state)]
    parts = [event.reason, f"{paused} 个在招岗位已暂停。" if paused else "", then]
    for member in employer.members.filter(role=MemberRole.OWNER).select_related("user"):
        tell(
            recipient=member.user,
            kind=f"employer_{event.to_state}",
            dedupe_key=f"employer-event:{event.pk}",
            title=title,
            body=" ".join(part for part in parts if part),
            url=reverse("employers:profile"),
        )
