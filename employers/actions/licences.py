"""Licences to place workers, this zone's own and the agencies': recorded by officers, watched every night."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse

from employers import licensing
from employers.actions import postings
from employers.choices import TRUSTED_STATES, MemberRole, OrgType, Origin, PostingState
from employers.models import Employer, JobPosting, Licence, today
from employers.problems import Incomplete
from jinba.accounts.choices import STAFF_ROLES, Role
from jinba.accounts.models import User
from jinba.core.errors import Refused
from jinba.core.locks import locked_one
from jinba.notices.actions import tell

FIELDS = (
    *("employer", "kind", "holder", "number", "scope", "issuer", "valid_from", "valid_to", "fee_note"),
    "supervision_phone",
)
# What the foot of each page shows by law; this zone's own licence is not in force without it (条例 §32).
SHOWN = {
    "scope": "请写服务范围，页脚要公示。",
    "fee_note": "请写收费标准，页脚要公示。",
    "supervision_phone": "请写监督电话，页脚要公示。",
}
WARN_DAYS = (60, 30, 7)
RIGHT = "change_licence"
ENDED = licensing.THEIRS_ENDED


@transaction.atomic
def record(*, by: Any, **fields: Any) -> Licence:
    """An officer writes down a licence that he has seen."""
    return _write(Licence(), by, fields)


@transaction.atomic
def change(*, licence: Licence, by: Any, **fields: Any) -> Licence:
    """An officer corrects what was written down."""
    return _write(locked_one(Licence.objects.all(), pk=licence.pk), by, fields)


@transaction.atomic
def end(*, licence: Licence, by: Any, reason: str) -> Licence:
    """It was taken away or replaced; an agency without another stops recruiting at once."""
    _must_be_officer(by)
    if not reason.strip():
        raise Refused("请写原因。", field="reason")
    if licence.employer_id is not None:
        locked_one(Employer.objects.all(), pk=licence.employer_id)
    licence = locked_one(Licence.objects.select_related("employer"), pk=licence.pk)
    if not licence.is_active:
        raise Refused("这份许可已经停用了。")
    licence.is_active = False
    licence.save(update_fields=["is_active", "updated_at"])
    licensing.forget_shown()
    if licence.employer is not None:
        _pause_if_unlicensed(licence.employer, reason=reason.strip()[:80], by=by)
    return licence


# Nightly -------------------------------------------------------------------------------------------------------------


def watch(*, limit: int = 500) -> tuple[int, int]:
    """Pause agencies whose licence has run out, warn of those that will; returns how many of each. May run twice."""
    return _pause_unlicensed(limit=limit), _warn(limit=limit)


def watch_ours(*, limit: int = 500) -> int:
    """Every posting rests while this zone has no licence in force, and goes on once it has; returns how many moved.

    At most `limit` employers in one round. May run twice at once.
    """
    is_ours = licensing.is_ours_in_force()
    rows = JobPosting.objects.filter(state=PostingState.PUBLISHED)
    if is_ours:
        rows = JobPosting.objects.filter(state=PostingState.PAUSED, state_reason=licensing.OURS_ENDED)
        # Reposts name their source instead of a verified employer.
        rows = rows.filter(Q(employer__state__in=TRUSTED_STATES) | Q(employer__origin=Origin.IMPORTED))
        rows = rows.exclude(employer__in=_unlicensed_agencies())
    moved = 0
    for pk in rows.values_list("employer_id", flat=True).distinct().order_by("employer_id")[:limit]:
        with transaction.atomic():
            moved += _follow_ours(locked_one(Employer.objects.all(), pk=pk))
    return moved


def _follow_ours(employer: Employer) -> int:
    """The caller has locked the employer."""
    if licensing.is_ours_in_force():
        if not (employer.is_trusted or employer.origin == Origin.IMPORTED) or licensing.is_unlicensed_agency(employer):
            return 0
        return postings.resume_all(employer=employer, reason=licensing.OURS_ENDED, because="许可证已恢复")
    count = postings.pause_all(employer=employer, by=None, reason=licensing.OURS_ENDED)
    if count:
        for member in employer.members.filter(role=MemberRole.OWNER).select_related("user"):
            tell(
                recipient=member.user, kind="zone_paused", dedupe_key=f"zone-paused:{today()}",
                title="在招岗位暂停展示", body=f"{count} 个岗位暂停：{licensing.OURS_ENDED}，您不用做什么。",
                url=reverse("employers:postings"),
            )  # fmt: skip
    return count


def _pause_unlicensed(*, limit: int) -> int:
    agencies = _unlicensed_agencies().filter(state__in=TRUSTED_STATES, postings__state=PostingState.PUBLISHED)
    paused = 0
    for pk in agencies.distinct().order_by("pk").values_list("pk", flat=True)[:limit]:
        with transaction.atomic():
            employer = locked_one(Employer.objects.all(), pk=pk)
            paused += bool(_pause_if_unlicensed(employer, reason="", by=None))
    return paused


def _unlicensed_agencies() -> "QuerySet[Employer]":
    licensed = Licence.objects.valid().to_place().filter(employer__isnull=False)
    return Employer.objects.filter(org_type=OrgType.AGENCY).exclude(pk__in=licensed.values("employer_id"))


def _pause_if_unlicensed(employer: Employer, *, reason: str, by: Any) -> int:
    """The caller has locked the employer."""
    if not employer.is_trusted or not licensing.is_unlicensed_agency(employer):
        return 0
    why = f"{ENDED}：{reason}" if reason else ENDED
    count = postings.pause_all(employer=employer, by=by, reason=why)
    if count:
        body = f"{count} 个在招岗位已暂停。请在“认证材料”里上传新的许可证，审核人员登记后可以恢复招聘。"
        for member in employer.members.filter(role=MemberRole.OWNER).select_related("user"):
            tell(
                recipient=member.user, kind="licence_ended", dedupe_key=f"licence-ended:{employer.pk}:{today()}",
                title=ENDED, body=f"{reason} {body}".strip(), url=reverse("employers:documents"),
            )  # fmt: skip
    return count


def _warn(*, limit: int) -> int:
    last = today() + timedelta(days=max(WARN_DAYS))
    ending = Licence.objects.valid().filter(valid_to__lte=last).select_related("employer")
    count = 0
    for licence in ending.order_by("valid_to", "pk")[:limit]:
        if _has_successor(licence):
            continue
        stage = min(days for days in WARN_DAYS if licence.days_left <= days)
        title = f"{licence.get_kind_display()}还有 {licence.days_left} 天到期"
        body = f"{licence.holder}的{licence.get_kind_display()}（{licence.number}）{licence.valid_to:%Y-%m-%d} 到期。"
        key = f"licence-ending:{licence.pk}:{licence.valid_to}:{stage}"
        url = reverse("admin:employers_licence_change", args=[licence.pk])
        for officer in _officers():
            tell(recipient=officer, kind="licence_ending", dedupe_key=key, title=title, body=body, url=url)
        if licence.employer is not None:
            told = f"{body}到期后在招岗位会暂停，请及时上传新的。"
            for member in licence.employer.members.filter(role=MemberRole.OWNER).select_related("user"):
                tell(
                    recipient=member.user, kind="licence_ending", dedupe_key=key, title=title, body=told,
                    url=reverse("employers:documents"),
                )  # fmt: skip
        count += 1
    return count


def _has_successor(licence: Licence) -> bool:
    same = Licence.objects.filter(is_active=True, employer=licence.employer_id, kind=licence.kind)
    return same.filter(valid_to__gt=licence.valid_to, valid_from__lte=licence.valid_to + timedelta(days=1)).exists()


# Inside --------------------------------------------------------------------------------------------------------------


def problems(*, licence: Licence) -> dict[str, str]:
    """What is wrong with a licence as it was written down, by field."""
    found = {}
    if licence.valid_from and licence.valid_to and licence.valid_to < licence.valid_from:
        found["valid_to"] = "有效期的结束要在开始之后。"
    if licence.employer is None:
        found |= {name: sentence for name, sentence in SHOWN.items() if not getattr(licence, name)}
    elif licence.employer.org_type != OrgType.AGENCY:
        found["employer"] = "这家单位不是人力资源服务机构。"
    return found


def _must_be_officer(by: Any) -> None:
    if by is None or by.role not in STAFF_ROLES:
        raise Refused("只有审核人员能登记许可。")


def _write(licence: Licence, by: Any, fields: dict[str, Any]) -> Licence:
    _must_be_officer(by)
    if unknown := set(fields) - set(FIELDS):
        raise TypeError(f"not fields of a licence: {sorted(unknown)}")
    for name, value in fields.items():
        setattr(licence, name, value.strip() if isinstance(value, str) else value)
    if found := problems(licence=licence):
        raise Incomplete(found)
    licence.save()
    licensing.forget_shown()
    return licence


def _officers() -> "QuerySet[User]":
    """Who looks after licences."""
    rights = Q(role=Role.ADMIN) | Q(
        role=Role.OFFICER, groups__permissions__codename=RIGHT,
        groups__permissions__content_type__app_label="employers",
    )  # fmt: skip
    return User.objects.filter(rights, is_active=True).distinct().order_by("pk")
