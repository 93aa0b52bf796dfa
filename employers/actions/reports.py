"""Reports about postings: anybody makes them, officers check and answer. Locks: employer, posting, report.

The employer never learns who reported: nothing of a report stands in the posting's own events or notices.
"""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from employers.actions import postings
from employers.choices import PostingState, ReportKind, ReportState
from employers.models import JobPosting, PostingReport, PostingReportEvent
from employers.posting_moves import OFFICER as POSTING_OFFICER
from employers.posting_moves import can_move as posting_can_move
from employers.report_moves import FINDINGS, OFFICER, REPORTER, can_move, due_at
from jinba.accounts.codes import counted_address, lock
from jinba.core.encryption import blind_index
from jinba.core.errors import Refused
from jinba.core.locks import locked_one
from jinba.core.masking import masked_text
from jinba.notices.actions import tell
from jinba.privacy.actions import look
from jinba.privacy.choices import Subject
from jinba.privacy.fields import REPORTER_CONTACT, REPORTER_TEXT

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PER_HOUR, PER_DAY = 5, 15  # reports from one address
SAME_POSTING = 2  # of them about one posting
POSTING_PER_DAY = 50  # about one posting, from anywhere
LONGEST_TEXT, LONGEST_CONTACT = 500, 60
NEEDS_WORDS = frozenset({ReportKind.OTHER, ReportKind.RUDE})
ADDRESS_LOCK = 4103  # the first of the two numbers of an advisory lock
# No 0 O 1 I L U: read out over the telephone, copied from a screen by hand.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 10
DEEDS = {"": None, "reject": PostingState.REJECTED, "remove": PostingState.REMOVED}


# Reporting -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def report(
    *, posting: JobPosting, kind: str, slip: str, text: str = "", contact: str = "", address: str | None, by: Any = None
) -> tuple[PostingReport, str]:
    """Write a report down; returns it with its query code, which is shown once and stored nowhere.

    `slip` is a random word of the form: sent twice it is the same report with the same code. `by` may be nobody.
    """
    text, contact = text.strip(), contact.strip()
    if kind not in ReportKind.values:
        raise Refused("请选是什么问题。", field="kind")
    if len(text) > LONGEST_TEXT:
        raise Refused(f"最多写 {LONGEST_TEXT} 个字，现在 {len(text)} 个字。", field="text")
    if kind in NEEDS_WORDS and not text:
        raise Refused("请写几句是怎么回事。", field="text")
    if len(contact) > LONGEST_CONTACT:
        raise Refused(f"联系方式最多 {LONGEST_CONTACT} 个字。", field="contact")
    if posting.published_at is None:
        raise Refused("这个岗位没有发布过。")
    code, digest = code_of(slip=slip), digest_of(code=code_of(slip=slip))
    index = blind_index(counted_address(address) or "unknown", purpose="report address")
    lock(ADDRESS_LOCK, index)
    known = PostingReport.objects.filter(token_digest=digest).first()
    if known is not None and known.posting_id == posting.pk:
        return known, code
    now = timezone.now()
    _check_limits(index, posting, now)
    row = PostingReport.objects.create(
        posting=posting, kind=kind, text=text or None, contact=contact or None, token_digest=digest,
        reporter=by if by is not None and by.is_authenticated else None, address_index=index, reported_at=now,
        due_at=due_at(kind, since=now),
    )  # fmt: skip
    PostingReportEvent.objects.create(report=row, to_state=ReportState.RECEIVED, at=now)
    return row, code


def code_of(*, slip: str) -> str:
    """Ten characters that nobody guesses (30¹⁰), the same for the same slip."""
    number, code = int(blind_index(slip, purpose="report slip"), 16), ""
    for _ in range(CODE_LENGTH):
        number, place = divmod(number, len(ALPHABET))
        code += ALPHABET[place]
    return code


def digest_of(*, code: str) -> str:
    return blind_index(code, purpose="report code")


def with_code(*, code: str) -> PostingReport | None:
    """The report with that query code, however it was typed; None when there is none."""
    plain = "".join(char for char in code.upper() if char.isalnum())
    rows = PostingReport.objects.select_related("posting").defer("text", "contact")
    return rows.filter(token_digest=digest_of(code=plain)).first() if len(plain) == CODE_LENGTH else None


def _check_limits(index: str, posting: JobPosting, now: Any) -> None:
    lately = PostingReport.objects.filter(reported_at__gt=now - DAY)
    mine = list(lately.filter(address_index=index).values_list("reported_at", "posting_id")[: PER_DAY + 1])
    if sum(pk == posting.pk for _, pk in mine) >= SAME_POSTING:
        raise Refused("这个岗位今天已经举报过了，我们正在处理，可以用查询码看进展。")
    if len(mine) >= PER_DAY or sum(at > now - HOUR for at, _ in mine) >= PER_HOUR:
        raise Refused("这个网络举报得太多了，请过一会儿再来。急事请打 12333。")
    if lately.filter(posting=posting).count() >= POSTING_PER_DAY:
        raise Refused("已经有很多人举报这个岗位，我们正在核查，谢谢您。")


# Reading -------------------------------------------------------------------------------------------------------------


def masked(*, report: PostingReport) -> dict[str, str]:
    """What officers see of the reporter before they said why they want more."""
    return {
        REPORTER_TEXT: masked_text(str(report.text or "")),
        REPORTER_CONTACT: "已留（不显示）" if report.contact else "",
    }


@transaction.atomic
def reveal(*, report: PostingReport, by: Any, purpose: str, reason: str) -> dict[str, str]:
    """The reporter's own words and how to reach him, in clear; who saw them is written down."""
    fields = [REPORTER_TEXT, REPORTER_CONTACT]
    look(by=by, subject=Subject.REPORTER, subject_id=report.pk, fields=fields, purpose=purpose, reason=reason)
    return {REPORTER_TEXT: str(report.text or ""), REPORTER_CONTACT: str(report.contact or "")}


# Handling ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def take_up(*, report: PostingReport, by: Any) -> PostingReport:
    """An officer starts checking."""
    row = locked_one(PostingReport.objects.all(), pk=report.pk)
    _move(row, ReportState.CHECKING, by, OFFICER)
    row.handled_by = by
    row.save(update_fields=["state", "handled_by"])
    return row


@transaction.atomic
def conclude(
    *, report: PostingReport, by: Any, finding: str, answer: str, deed: str = "", reason: str = ""
) -> PostingReport:
    """Say what was found and answer; of a true report the posting may be rejected or removed in the same step.

    `answer` is read by whoever has the query code, `reason` by the employer.
    """
    answer = answer.strip()
    if finding not in FINDINGS:
        raise Refused("请选核查结果。", field="finding")
    if not answer:
        raise Refused("请写给举报人的答复。", field="answer")
    if deed not in DEEDS:
        raise Refused("请选怎么处理岗位。", field="deed")
    if deed and finding != ReportState.TRUE:
        raise Refused("只有“属实”的举报才能同时处理岗位。", field="deed")
    posting = JobPosting.objects.get(pk=report.posting_id)
    if deed:
        act = postings.reject if deed == "reject" else postings.remove
        posting = act(posting=posting, by=by, reason=reason)
    row = locked_one(PostingReport.objects.all(), pk=report.pk)
    _move(row, ReportState(finding), by, OFFICER)
    done = f"岗位{posting.get_state_display()}" if deed else ""
    _move(row, ReportState.ANSWERED, by, OFFICER, done)
    row.answer, row.answered_at, row.handled_by = masked_text(answer)[:500], timezone.now(), by
    row.save(update_fields=["state", "answer", "answered_at", "handled_by"])
    event = row.events.order_by("-pk").values_list("pk", flat=True).first()
    tell(
        recipient=row.reporter, kind="report_answered", dedupe_key=f"report-event:{event}", title="您的举报有答复了",
        body=row.answer, url=reverse("postings:reports"),
    )  # fmt: skip
    return row


@transaction.atomic
def ask_review(*, report: PostingReport, text: str) -> PostingReport:
    """The reporter, who proved himself by the code or by signing in, does not agree; once."""
    row = locked_one(PostingReport.objects.all(), pk=report.pk)
    text = masked_text(text.strip())
    if not text:
        raise Refused("请写为什么要复核。", field="text")
    if len(text) > LONGEST_TEXT:
        raise Refused(f"最多写 {LONGEST_TEXT} 个字。", field="text")
    if not may_ask_review(report=row):
        raise Refused("现在不能申请复核：每件举报在答复以后可以申请一次。")
    _move(row, ReportState.REVIEW, None, REPORTER, text)
    row.due_at = due_at(row.kind, since=timezone.now())
    row.save(update_fields=["state", "due_at"])
    return row


def may_ask_review(*, report: PostingReport) -> bool:
    return report.state == ReportState.ANSWERED and not report.events.filter(to_state=ReportState.REVIEW).exists()


def possible_deeds(*, posting: JobPosting) -> list[str]:
    """What an officer may do to the posting along with a true report."""
    return [
        deed
        for deed, state in DEEDS.items()
        if state is None or posting_can_move(posting.state, state, POSTING_OFFICER)
    ]


def _move(row: PostingReport, to: ReportState, by: Any, actor: str, note: str = "") -> None:
    if not can_move(row.state, to, actor):
        raise Refused(f"举报{row.get_state_display()}，不能改成“{to.label}”。")
    PostingReportEvent.objects.create(report=row, from_state=row.state, to_state=to, note=note[:500], by=by)
    row.state = to
