"""Drafts that officers bring in as a table, for employers who cannot type them. Nothing of it is public by itself."""

from typing import Any

from django.db import transaction

from employers import search
from employers.actions import employers, postings
from employers.choices import EmployerState, PostingState
from employers.models import Employer, EmployerEvent, JobPosting, PostingEvent
from employers.problems import Incomplete
from jinba.accounts.choices import STAFF_ROLES
from jinba.core.errors import Refused

BROUGHT_IN = "干部导入"


@transaction.atomic
def draft_employer(*, by: Any, **profile: Any) -> Employer:
    """An employer without members; whoever registers with its code finds the profile begun (`employers.register`)."""
    _officer(by)
    employer = Employer()
    employers._write(employer, profile)
    if found := {name: employers.REQUIRED[name] for name in ("name", "uscc") if not getattr(employer, name)}:
        raise Incomplete(found)
    if Employer.objects.filter(uscc=employer.uscc).exists():
        raise Refused("这个统一社会信用代码已经有一家单位了。", field="uscc")
    employer.save()
    EmployerEvent.objects.create(
        employer=employer, from_state=EmployerState.DRAFT, to_state=EmployerState.DRAFT, reason=BROUGHT_IN, by=by
    )
    return employer


@transaction.atomic
def draft_posting(*, by: Any, uscc: str, **fields: Any) -> JobPosting:
    """A draft on the desk of the employer with this code; its members complete it and hand it in."""
    _officer(by)
    employer = Employer.objects.filter(uscc=uscc.strip().upper()).first() if uscc else None
    if employer is None:
        raise Refused("没有这个代码的单位，请先导入或登记单位。", field="uscc")
    if employer.state == EmployerState.BANNED:
        raise Refused("单位已被列入黑名单，不能再写岗位。", field="uscc")
    if not fields.get("title"):
        raise Refused("请写岗位名称。", field="title")
    if employer.postings.filter(state=PostingState.DRAFT).count() >= postings.MOST_DRAFTS:
        raise Refused(f"这家单位的草稿已经有 {postings.MOST_DRAFTS} 个了。", field="uscc")
    posting = JobPosting(employer=employer, created_by=by)
    postings._write(posting, fields)
    posting.save()
    search.refresh(posting)
    PostingEvent.objects.create(
        posting=posting, from_state=PostingState.DRAFT, to_state=PostingState.DRAFT, reason=BROUGHT_IN, by=by
    )
    return posting


def _officer(by: Any) -> None:
    if by.role not in STAFF_ROLES:
        raise Refused("只有工作人员能导入。")
