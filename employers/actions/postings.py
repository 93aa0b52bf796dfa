"""What happens to a posting, from its first draft to its end. Locks: employer, then posting."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from employers import gates, licensing, posting_rules, search
from employers.actions import flags
from employers.choices import EmployerState, PostingState
from employers.models import Employer, JobPosting, Member, PostingEvent, PostingSkill, today
from employers.posting_moves import ENDS, MEMBER, NEEDS_REASON, NEEDS_TRUST, OFFICER, SYSTEM, can_move
from employers.problems import Incomplete
from jinba.accounts.choices import STAFF_ROLES
from jinba.core.errors import Refused
from jinba.core.later import later
from jinba.core.locks import locked_one
from jinba.notices.actions import tell

# What the employer may write; everything else follows from a move or from these.
FIELDS = (
    *("title", "engagement", "trade", "employment_kind", "headcount", "contract_months", "probation_months"),
    *("days_planned", "duties", "requirements", "education_min", "years_min", "certificates", "region", "zone"),
    *("address", "pay_mode", "pay_unit", "base_pay_min", "base_pay_max", "piece_rate_note", "pay_day"),
    *("overtime_rule", "shift", "hours_per_day", "rest_rule", "hazards", "safety_note", "social_insurance"),
    *("insurance_from_month", "meals", "meal_subsidy", "housing", "couple_rooms", "housing_fee", "has_air_con"),
    *("has_hot_water", "travel", "benefits", "interview_mode", "start_by", "valid_until"),
)
DERIVED = ("monthly_min", "monthly_max", "has_nights", "occupation")
# May be changed on a posting that is out without another review: they neither lure anybody nor hold free text.
# All others are what the officer approved and what the worker decides by.
FREE_FIELDS = frozenset(
    {"headcount", "pay_day", "has_air_con", "has_hot_water", "interview_mode", "start_by", "valid_until"}
)
OUT = frozenset({PostingState.PUBLISHED, PostingState.PAUSED, PostingState.FILLED})
WRITABLE = OUT | {PostingState.DRAFT, PostingState.REJECTED}
MOST_DRAFTS = 100

Skills = Iterable[tuple[int, int]]


# Writing -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def draft(*, by: Any, employer: Employer, skills: Skills = (), **fields: Any) -> JobPosting:
    """Start a posting. Nothing is required yet; what is written must make sense. `skills`: pairs of code and level."""
    _may_write(employer, by)
    if employer.postings.filter(state=PostingState.DRAFT).count() >= MOST_DRAFTS:
        raise Refused(f"草稿已经有 {MOST_DRAFTS} 个了，请先发布或结束一些。")
    posting = JobPosting(employer=employer, created_by=by)
    _write(posting, fields)
    posting.save()
    _set_skills(posting, skills)
    search.refresh(posting)
    PostingEvent.objects.create(
        posting=posting, from_state=PostingState.DRAFT, to_state=PostingState.DRAFT, reason="新建", by=by
    )
    return posting


@transaction.atomic
def change(
    *, posting: JobPosting, by: Any, skills: Skills | None = None, seen: datetime | None = None, **fields: Any
) -> JobPosting:
    """Write fields of a posting. `seen` is the `updated_at` that the writer had before him.

    A posting that is out must stay complete, and goes back to review when more than FREE_FIELDS change. One in
    review is not to be changed under the officer's eyes: take it back first.
    """
    employer, posting = _locked(posting)
    _may_write(employer, by)
    if posting.state == PostingState.REVIEW:
        raise Refused("岗位正在审核，要修改请先“撤回修改”。")
    if posting.state not in WRITABLE:
        raise Refused(f"岗位{posting.get_state_display()}，不能再改；可以复制一份重新发布。")
    if seen is not None and posting.updated_at != seen:
        raise Refused("同事刚刚改过这个岗位，请刷新页面再改。")
    was_full = posting.filled >= posting.headcount
    changed = _write(posting, fields)
    if skills is not None and set(skills := list(skills)) != set(posting.skills.values_list("skill_id", "level")):
        _set_skills(posting, skills)
        changed.append("skills")
    if not changed:
        return posting
    is_out = posting.state in OUT
    if is_out and (found := gates.gaps(posting)):
        raise Incomplete(found)
    posting.save(update_fields=[*FIELDS, *DERIVED, "updated_at"])
    search.refresh(posting)
    # A draft's flags are those of its last submission: what is mended goes at once.
    if is_out or posting.flags.exists():
        flags.check(posting=posting)
    if not is_out:
        return posting
    if set(changed) - FREE_FIELDS:
        _move(posting, PostingState.REVIEW, by, "发布后改了内容，重新审核")
        return posting
    _log(posting, posting.state, by, f"改了：{_labels(changed)}")
    if "headcount" in changed:
        is_full = posting.filled >= posting.headcount
        if posting.state == PostingState.PUBLISHED and is_full:
            _move(posting, PostingState.FILLED, by, "已招满")
        elif posting.state == PostingState.FILLED and was_full and not is_full and employer.is_trusted:
            _open_again(posting, by, "增加了招聘人数")
    _match(posting)
    return posting


@transaction.atomic
def copy(*, posting: JobPosting, by: Any) -> JobPosting:
    """A new draft that says what this posting said; its dates are left open."""
    fields = {name: getattr(posting, name) for name in FIELDS if name not in ("valid_until", "start_by")}
    return draft(by=by, employer=posting.employer, skills=posting.skills.values_list("skill_id", "level"), **fields)


@transaction.atomic
def renew(*, posting: JobPosting, by: Any, valid_until: date) -> JobPosting:
    """Set a later last day, at most LONGEST_DAYS from now. What was approved stays approved, expired or not."""
    employer, posting = _locked(posting)
    _member_of(employer, by)
    if posting.state not in OUT:
        raise Refused("只有发布过的岗位才能续期。")
    licensing.check_may_recruit(employer)
    if valid_until <= today():
        raise Refused("新的有效期要在今天之后。", field="valid_until")
    if valid_until > posting_rules.last_day(today()):
        raise Refused(f"有效期最长 {posting_rules.LONGEST_DAYS} 天，到期可以再续。", field="valid_until")
    posting.valid_until = valid_until
    if posting.start_by and posting.start_by < today():
        posting.start_by = None
    posting.save(update_fields=["valid_until", "start_by", "updated_at"])
    _log(posting, posting.state, by, f"续期到 {valid_until:%Y-%m-%d}")
    _match(posting)
    return posting


# Moving --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def submit(*, posting: JobPosting, by: Any) -> JobPosting:
    """Hand a complete draft to the officers; Incomplete names everything that is missing.

    What only may be unlawful is flagged for the officers and stops nothing here.
    """
    employer, posting = _locked(posting)
    _member_of(employer, by)
    if posting.state not in (PostingState.DRAFT, PostingState.REJECTED):
        raise Refused(f"岗位{posting.get_state_display()}，不用再提交。")
    if found := gates.gaps(posting):
        raise Incomplete(found)
    flags.check(posting=posting)
    return _guarded(posting, PostingState.REVIEW, by)


@transaction.atomic
def take_back(*, posting: JobPosting, by: Any) -> JobPosting:
    """Back from review into a draft, to change it."""
    return _guarded(_locked(posting)[1], PostingState.DRAFT, by)


@transaction.atomic
def publish(*, posting: JobPosting, by: Any) -> JobPosting:
    """An officer lets a complete posting of a verified employer out. A draft that aged in the queue must still hold.

    Every flag has to be settled before: by a person, one by one.
    """
    posting = _locked(posting)[1]
    if posting.state == PostingState.REVIEW:
        if found := gates.gaps(posting):
            raise Incomplete(found, lead="岗位内容不完整")
        flags.check(posting=posting)
        flags.must_be_settled(posting=posting)
    is_full = posting.filled >= posting.headcount
    posting = _guarded(posting, PostingState.PUBLISHED, by, only_from=PostingState.REVIEW)
    if is_full:
        _move(posting, PostingState.FILLED, None, "已招满")
    _tell(posting, "posting_published", "岗位已发布", f"“{posting.title}”通过审核，正在招聘。")
    return posting


@transaction.atomic
def reject(*, posting: JobPosting, by: Any, reason: str) -> JobPosting:
    """An officer gives it back, from review or from the public pages; the employer mends and submits it again."""
    posting = _guarded(_locked(posting)[1], PostingState.REJECTED, by, reason)
    _tell(posting, "posting_rejected", "岗位没有通过审核", f"“{posting.title}”：{posting.state_reason}")
    return posting


@transaction.atomic
def pause(*, posting: JobPosting, by: Any, reason: str = "") -> JobPosting:
    """Off the public pages for a while; those who applied stay in the process."""
    return _guarded(_locked(posting)[1], PostingState.PAUSED, by, reason)


@transaction.atomic
def resume(*, posting: JobPosting, by: Any) -> JobPosting:
    """A paused or filled posting goes on recruiting, as it was approved."""
    posting = _locked(posting)[1]
    if posting.state not in (PostingState.PAUSED, PostingState.FILLED):
        raise Refused("只有暂停或招满的岗位才能恢复招聘。")
    if posting.filled >= posting.headcount:
        raise Refused("招聘人数已经满了，请先增加招聘人数。", field="headcount")
    if posting.valid_until is None or posting.valid_until < today():
        raise Refused("岗位已过有效期，请先续期。", field="valid_until")
    return _guarded(posting, PostingState.PUBLISHED, by)


@transaction.atomic
def mark_filled(*, posting: JobPosting, by: Any) -> JobPosting:
    """The employer needs nobody more, whatever the headcount says."""
    return _guarded(_locked(posting)[1], PostingState.FILLED, by, only_from=PostingState.PUBLISHED)


@transaction.atomic
def remove(*, posting: JobPosting, by: Any, reason: str) -> JobPosting:
    """An officer takes it off for good; running applications end."""
    posting = _guarded(_locked(posting)[1], PostingState.REMOVED, by, reason)
    _tell(posting, "posting_removed", "岗位已下架", f"“{posting.title}”：{posting.state_reason}")
    return posting


@transaction.atomic
def archive(*, posting: JobPosting, by: Any, reason: str = "") -> JobPosting:
    """The employer ends it; running applications end with it. The row stays, as the law wants, for three years."""
    return _guarded(_locked(posting)[1], PostingState.ARCHIVED, by, reason)


def pause_all(*, employer: Employer, by: Any, reason: str, closes: bool = False) -> int:
    """Every published posting of an employer that lost our trust is paused; returns how many.

    The caller has locked the employer. `closes` also ends the running applications, to every posting that ever was out.
    """
    if closes:
        once_out = employer.postings.filter(published_at__isnull=False).exclude(state__in=ENDS)
        ids = sorted(once_out.values_list("pk", flat=True))
        # The sweep looks for what ended lately by this date, should the letters get lost.
        employer.postings.filter(pk__in=ids).update(updated_at=timezone.now())
        for pk in ids:
            later("labor.applications.tasks.posting_closed", posting_id=pk)
    published = employer.postings.filter(state=PostingState.PUBLISHED).order_by("pk")
    rows = list(published.select_for_update(of=("self",), no_key=True))
    for posting in rows:
        _move(posting, PostingState.PAUSED, by, reason)
    return len(rows)


def resume_all(*, employer: Employer, reason: str, because: str) -> int:
    """Postings that the system had paused for `reason` go on as they were approved; returns how many.

    The caller has locked the employer, and knows that it may recruit. What was filled meanwhile is filled.
    """
    resting = employer.postings.filter(state=PostingState.PAUSED, state_reason=reason).order_by("pk")
    rows = list(resting.select_for_update(of=("self",), no_key=True))
    for posting in rows:
        is_full = posting.filled >= posting.headcount
        _move(posting, PostingState.FILLED if is_full else PostingState.PUBLISHED, None, because)
    return len(rows)


def match_published(*, employer: Employer) -> int:
    """Match what is published anew, because its employer is trusted again: a freed seat may have opened it meanwhile.

    The caller has locked the employer.
    """
    ids = sorted(employer.postings.filter(state=PostingState.PUBLISHED).values_list("pk", flat=True))
    # The sweep looks for what changed lately by this date, should the letters get lost.
    employer.postings.filter(pk__in=ids).update(updated_at=timezone.now())
    for pk in ids:
        later("labor.matching.tasks.match_posting", posting_id=pk)
    return len(ids)


# Seats ---------------------------------------------------------------------------------------------------------------


@transaction.atomic
def take_seat(*, posting_id: int) -> bool:
    """Count one more hire; False when every seat is taken. One conditional UPDATE, so that no crowd can oversell."""
    rows = JobPosting.objects.filter(pk=posting_id)
    if not rows.filter(filled__lt=F("headcount")).update(filled=F("filled") + 1, updated_at=timezone.now()):
        return False
    # The row is ours until the transaction ends.
    full = rows.filter(filled=F("headcount"), state=PostingState.PUBLISHED).first()
    if full is not None:
        _move(full, PostingState.FILLED, None, "已招满")
    else:
        later("labor.matching.tasks.match_posting", posting_id=posting_id)
    return True


@transaction.atomic
def give_seat_back(*, posting_id: int) -> bool:
    """A hire came to nothing; a posting that was full opens again, or rests while a licence is missing.

    False when nobody was hired.
    """
    rows = JobPosting.objects.filter(pk=posting_id)
    if not rows.filter(filled__gt=0).update(filled=F("filled") - 1, updated_at=timezone.now()):
        return False
    # Only one that this seat had filled: an employer's own “招满” stands.
    reopened = rows.filter(filled=F("headcount") - 1, state=PostingState.FILLED).first()
    if reopened is not None:
        _open_again(reopened, None, "空出了名额")
    else:
        later("labor.matching.tasks.match_posting", posting_id=posting_id)
    return True


# Inside --------------------------------------------------------------------------------------------------------------


def _locked(posting: JobPosting) -> tuple[Employer, JobPosting]:
    employer = locked_one(Employer.objects.all(), pk=posting.employer_id)
    fresh = locked_one(JobPosting.objects.select_related("employer", "trade", "region", "zone"), pk=posting.pk)
    fresh.employer = employer
    return employer, fresh


def _actor(posting: JobPosting, by: Any) -> str:
    if by is None:
        return SYSTEM
    if by.role in STAFF_ROLES:
        return OFFICER
    _member_of(posting.employer, by)
    return MEMBER


def _member_of(employer: Employer, by: Any) -> None:
    if by is None or not Member.objects.filter(employer=employer, user=by).exists():
        raise Refused("您不是这家单位的成员。")


def _may_write(employer: Employer, by: Any) -> None:
    _member_of(employer, by)
    if employer.state == EmployerState.BANNED:
        raise Refused("单位已被列入黑名单，不能再写岗位。")


def _write(posting: JobPosting, fields: dict[str, Any]) -> list[str]:
    """Put the fields on the posting; returns which of them changed. Refused when they make no sense together."""
    if unknown := set(fields) - set(FIELDS):
        raise TypeError(f"not fields of a posting: {sorted(unknown)}")
    changed = []
    for name, value in fields.items():
        field: Any = JobPosting._meta.get_field(name)
        if value is None and not field.null:
            value = field.get_default()
        if getattr(posting, field.attname) != (value.pk if field.is_relation and value is not None else value):
            setattr(posting, name, value)
            changed.append(name)
    if posting.zone and not posting.region:
        posting.region = posting.zone.region
    if found := posting_rules.draft_problems(posting):
        raise Incomplete(found)
    posting_rules.derive(posting)
    return changed


def _set_skills(posting: JobPosting, skills: Skills) -> None:
    posting.skills.all().delete()
    PostingSkill.objects.bulk_create(
        PostingSkill(posting=posting, skill_id=code, level=level) for code, level in dict(skills).items()
    )


def _guarded(
    posting: JobPosting, to: PostingState, by: Any, reason: str = "", *, only_from: PostingState | None = None
) -> JobPosting:
    """Move a locked posting if the table, the actor, the employer's standing and the reason allow it."""
    actor = _actor(posting, by)
    if only_from not in (None, posting.state) or not can_move(posting.state, to, actor):
        raise Refused(f"岗位{posting.get_state_display()}，不能改成“{to.label}”。")
    if to in NEEDS_TRUST and not posting.employer.is_trusted:
        raise Refused("单位通过认证后才能提交和发布岗位。现在可以先存草稿。")
    if to in NEEDS_TRUST:
        licensing.check_may_recruit(posting.employer)
    reason = reason.strip()
    if to in NEEDS_REASON and not reason:
        raise Refused("请写原因，用人单位会看到。", field="reason")
    return _move(posting, to, by, reason)


def _open_again(posting: JobPosting, by: Any, reason: str) -> None:
    """A full posting has room again. Where a licence is missing it rests: nobody's withdrawal may fail for that."""
    if why := licensing.reason_to_pause(posting.employer):
        _move(posting, PostingState.PAUSED, None, why)
    else:
        _move(posting, PostingState.PUBLISHED, by, reason)


def _move(posting: JobPosting, to: PostingState, by: Any, reason: str) -> JobPosting:
    _log(posting, to, by, reason)
    posting.state, posting.state_reason = to, reason[:200]
    if to == PostingState.PUBLISHED and posting.published_at is None:
        posting.published_at = timezone.now()
    posting.save(update_fields=["state", "state_reason", "published_at", "updated_at"])
    _match(posting)
    if to in ENDS:
        later("labor.applications.tasks.posting_closed", posting_id=posting.pk)
    return posting


def _log(posting: JobPosting, to: str, by: Any, reason: str) -> None:
    PostingEvent.objects.create(posting=posting, from_state=posting.state, to_state=to, reason=reason[:200], by=by)


def _match(posting: JobPosting) -> None:
    later("labor.matching.tasks.match_posting", posting_id=posting.pk)


def _labels(names: list[str]) -> str:
    return "、".join(str(JobPosting._meta.get_field(name).verbose_name) for name in names)  # type: ignore[union-attr]


def _tell(posting: JobPosting, kind: str, title: str, body: str) -> None:
    """Tell the owners and whoever wrote the posting, once for each move."""
    event = posting.events.order_by("-pk").values_list("pk", flat=True).first()
    for member in posting.employer.members.select_related("user"):
        if member.is_owner or member.user_id == posting.created_by_id:
            tell(
                recipient=member.user,
                kind=kind,
                dedupe_key=f"posting-event:{event}",
                title=title,
                body=body,
                url=reverse("employers:posting_edit", args=[posting.pk]),
            )
