"""The papers that an employer shows before it recruits: sent, seen, judged, replaced. Locks: employer, document."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from redis.exceptions import RedisError

from employers import document_rules
from employers.choices import HANDED_IN, DocumentKind, DocumentState, EmployerState, MemberRole
from employers.models import Employer, EmployerDocument, EmployerDocumentEvent, Member, today
from employers.moves import DOCUMENT_NEEDS_REASON, OFFICER, OWNER, can_move_document
from jinba.accounts.choices import STAFF_ROLES
from jinba.core import uploads
from jinba.core.encrypted_files import private_files
from jinba.core.errors import Refused
from jinba.core.locks import locked_one
from jinba.notices.actions import tell
from jinba.privacy import actions as privacy
from jinba.privacy.choices import Purpose, Subject

MOST_A_DAY = 40  # of one employer; a slip of the hand is a few
MOST_TRIES, HOUR_SECONDS = 30, 3600  # what was refused counts too
FOLDER = "documents"
STRAY_AFTER = timedelta(days=1)
WARN_DAYS = (30, 7)


@dataclass(frozen=True)
class Shown:
    """What goes out to a reader."""

    content: bytes
    content_type: str
    name: str


def upload(*, employer: Employer, by: Any, kind: str, file: Any, valid_to: date | None = None) -> EmployerDocument:
    """An owner sends a paper, in place of the one of its kind before; of a trusted employer it alone goes to review.

    What is kept is drawn anew from what was sent. The same file twice is the same paper.
    """
    _check_may_send(employer, by, kind, valid_to)
    _count_try(employer)
    clean = uploads.cleaned(file)  # takes seconds: before anything is locked
    saved = ""
    try:
        with transaction.atomic():
            employer = locked_one(Employer.objects.all(), pk=employer.pk)
            _check_may_send(employer, by, kind, valid_to)
            before = employer.documents.current().filter(kind=kind).first()
            if before is not None and before.sha256 == clean.sha256 and before.valid_to == valid_to:
                if before.state in (DocumentState.SUBMITTED, DocumentState.APPROVED):
                    return before
                raise Refused("这和被退回的是同一个文件，请按退回的原因改好再传。", field="file")
            if before is not None:
                _move(before, DocumentState.REPLACED, by, OWNER, before.reason)
            paper = EmployerDocument(
                employer=employer, kind=kind, content_type=clean.content_type, pages=clean.pages, size=clean.size,
                sha256=clean.sha256, original_name=uploads.plain_name(file.name), valid_to=valid_to, uploaded_by=by,
            )  # fmt: skip
            paper.file.save("", ContentFile(clean.content), save=False)
            saved = str(paper.file.name)
            paper.save()
            _log(paper, "", DocumentState.SUBMITTED, by)
            return paper
    except BaseException:
        if saved:
            private_files.delete(saved)
        raise


@transaction.atomic
def approve(*, document: EmployerDocument, by: Any, reason: str = "") -> EmployerDocument:
    """An officer finds it in order; one that has run out is not."""
    return _decide(document, DocumentState.APPROVED, by, reason)


@transaction.atomic
def return_(*, document: EmployerDocument, by: Any, reason: str) -> EmployerDocument:
    """An officer asks for a better one."""
    return _decide(document, DocumentState.RETURNED, by, reason)


@transaction.atomic
def reject(*, document: EmployerDocument, by: Any, reason: str) -> EmployerDocument:
    """An officer does not accept it: it is another's, forged, or no such paper at all."""
    return _decide(document, DocumentState.REJECTED, by, reason)


@transaction.atomic
def show(*, document: EmployerDocument, by: Any, page: int = 0) -> Shown | None:
    """The paper itself, or one page of it as a picture; None when there is no such page. Each look is written down."""
    kind = DocumentKind(document.kind)
    with document.file.open() as stored:
        content = stored.read()
    name = f"{kind.label}-{document.pk}.{'pdf' if document.is_pdf else 'jpg'}"
    shown = Shown(content, document.content_type, name)
    if page:
        picture = uploads.page_of(content, page) if document.is_pdf else content if page == 1 else None
        if picture is None:
            return None
        shown = Shown(picture, "image/jpeg", f"{kind.label}-{document.pk}-{page}.jpg")
    privacy.look(
        by=by,
        subject=Subject.EMPLOYER,
        subject_id=document.employer_id,
        fields=[f"{kind}:{document.pk}"],
        purpose=Purpose.CHECK,
        reason="看本单位的认证材料" if by.role not in STAFF_ROLES else "审核单位认证材料",
    )
    return shown


# Nightly -------------------------------------------------------------------------------------------------------------


def warn_of_ends(*, limit: int = 500) -> int:
    """Owners hear 30 and 7 days ahead that an approved paper runs out; returns of how many papers. May run twice."""
    soon = EmployerDocument.objects.filter(
        state=DocumentState.APPROVED, employer__state__in=HANDED_IN, valid_to__gte=today(),
        valid_to__lte=today() + timedelta(days=max(WARN_DAYS)),
    ).select_related("employer")  # fmt: skip
    count = 0
    for paper in soon.order_by("valid_to", "pk")[:limit]:
        assert paper.valid_to is not None
        stage = min(days for days in WARN_DAYS if (paper.valid_to - today()).days <= days)
        kind = paper.get_kind_display()
        _tell_owners(
            paper,
            kind="document_ending",
            dedupe_key=f"document-ending:{paper.pk}:{stage}",
            title=f"{kind}快到期了",
            body=f"{kind}的有效期到 {paper.valid_to:%Y-%m-%d}，请上传新的。",
        )
        count += 1
    return count


def forget_stray_files() -> int:
    """Files that no row knows, because a process died between the two, go after a day; returns how many."""
    before = timezone.now() - STRAY_AFTER
    count = 0
    for name in private_files.names(FOLDER):
        written = datetime.fromtimestamp(Path(private_files.path(name)).stat().st_mtime, tz=before.tzinfo)
        if written < before and not EmployerDocument.objects.filter(file=name).exists():
            private_files.delete(name)
            count += 1
    return count


# Inside --------------------------------------------------------------------------------------------------------------


def _check_may_send(employer: Employer, by: Any, kind: str, valid_to: date | None) -> None:
    if by is None or not Member.objects.filter(employer=employer, user=by, role=MemberRole.OWNER).exists():
        raise Refused("只有负责人能上传认证材料。")
    if employer.state == EmployerState.BANNED:
        raise Refused("单位已被列入黑名单，不能再上传材料。")
    if kind not in document_rules.required_kinds(employer):
        raise Refused("没有这种材料。", field="kind")
    if valid_to is not None and valid_to < today():
        raise Refused("这个日期已经过了，请上传还在有效期内的。", field="valid_to")
    start = timezone.now() - timedelta(days=1)
    if employer.documents.filter(uploaded_at__gt=start).count() >= MOST_A_DAY:
        raise Refused(f"一天最多传 {MOST_A_DAY} 次，请明天再传。", field="file")


def _count_try(employer: Employer) -> None:
    """Decoding is dear, also of what is refused: only so many tries an hour. With Redis away nobody is held back."""
    key = f"document-tries:{employer.pk}"
    try:
        cache.add(key, 0, timeout=HOUR_SECONDS)
        tries = cache.incr(key)
    except (RedisError, OSError, ValueError):
        return
    if tries > MOST_TRIES:
        raise Refused("一小时里传得太多次了，请过一会儿再传。", field="file")


def _decide(document: EmployerDocument, to: DocumentState, by: Any, reason: str) -> EmployerDocument:
    if by is None or by.role not in STAFF_ROLES:
        raise Refused("只有审核人员能审核材料。")
    employer = locked_one(Employer.objects.all(), pk=document.employer_id)
    paper = locked_one(EmployerDocument.objects.all(), pk=document.pk)
    paper.employer = employer
    reason = reason.strip()[:200]
    if not can_move_document(paper.state, to, OFFICER):
        raise Refused(f"这份材料{paper.get_state_display()}，不能改成“{to.label}”。")
    if to in DOCUMENT_NEEDS_REASON and not reason:
        raise Refused("请写原因，用人单位会看到。", field="reason")
    if to == DocumentState.APPROVED and not paper.is_in_force:
        raise Refused(f"{paper.get_kind_display()}已经过期，不能通过。")
    event = _move(paper, to, by, OFFICER, reason)
    if to != DocumentState.APPROVED:
        _tell_decision(
            paper,
            event,
            kind="document_returned" if to == DocumentState.RETURNED else "document_rejected",
            body=f"{reason} 请重新上传。",
        )
    elif employer.is_trusted:  # within a verification its own word is enough
        _tell_decision(paper, event, kind="document_approved", body=reason)
    return paper


def _move(paper: EmployerDocument, to: DocumentState, by: Any, actor: str, reason: str = "") -> EmployerDocumentEvent:
    if not can_move_document(paper.state, to, actor):
        raise Refused(f"这份材料{paper.get_state_display()}，不能改成“{to.label}”。")
    event = _log(paper, paper.state, to, by, reason if actor == OFFICER else "")
    paper.state, paper.reason = to, reason
    if actor == OFFICER:
        paper.reviewed_by, paper.reviewed_at = by, timezone.now()
    paper.save(update_fields=["state", "reason", "reviewed_by", "reviewed_at"])
    return event


def _log(paper: EmployerDocument, start: str, to: DocumentState, by: Any, reason: str = "") -> EmployerDocumentEvent:
    return EmployerDocumentEvent.objects.create(document=paper, from_state=start, to_state=to, by=by, reason=reason)


def _tell_decision(paper: EmployerDocument, event: EmployerDocumentEvent, *, kind: str, body: str) -> None:
    _tell_owners(
        paper,
        kind=kind,
        dedupe_key=f"document-event:{event.pk}",
        title=f"{paper.get_kind_display()}{paper.get_state_display()}",
        body=body,
    )


def _tell_owners(paper: EmployerDocument, *, kind: str, dedupe_key: str, title: str, body: str) -> None:
    for member in paper.employer.members.filter(role=MemberRole.OWNER).select_related("user"):
        tell(
            recipient=member.user, kind=kind, dedupe_key=dedupe_key, title=title, body=body,
            url=reverse("employers:documents"),
        )  # fmt: skip
