"""Flags on postings: raised by the lexicon and the rules, settled by people. A flag rejects nothing by itself."""

from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from employers.actions import lexicon
from employers.choices import FlagState, PostingState
from employers.findings import Yardstick, findings
from employers.lexicon import Hit
from employers.models import JobPosting, PostingEvent, PostingFlag, today
from jinba.core.errors import Refused
from jinba.core.later import later
from jinba.core.locks import locked_one
from jinba.core.memory import Memory
from jinba.reference import wages

# Whose flags are kept up when the lexicon changes; a draft is looked at when it is handed in.
STOCK = (PostingState.PUBLISHED, PostingState.PAUSED, PostingState.REVIEW, PostingState.FILLED)
UNSETTLED = (FlagState.OPEN, FlagState.UPHELD)
BATCH = 500
COUNTED = 10_000
NEWEST, ENOUGH = 50_000, 20  # postings that the usual pay is read from, and how many of a trade there must be
usual_pays = Memory(size=1, seconds=3600)


# Looking -------------------------------------------------------------------------------------------------------------


def yardstick() -> Yardstick:
    """What postings are measured by now; two queries, once an hour a third."""
    minimums = wages.begun(on=today())
    usual = usual_pays.get_or_make("all", _usual_pays)
    return Yardstick(lexicon.current(minimums=minimums), minimums, usual)


def look_at(*, posting: JobPosting) -> list[Hit]:
    """What would be flagged, of a draft too; nothing is written."""
    return findings(posting, yardstick())


def to_mend(*, posting: JobPosting) -> list[Hit]:
    """What the employer is told of, at its fields: all that stands out now, but for what an officer found harmless.

    Where an officer asked for a change, his words come first.
    """
    was_checked = bool(posting.lexicon_version)
    rows = posting.flags.exclude(state=FlagState.GONE) if was_checked else []
    known = {(flag.field, flag.text): flag for flag in rows}
    hits = []
    for hit in look_at(posting=posting):
        flag = known.get((hit.field, hit.text))
        if flag is not None and flag.state == FlagState.DISMISSED and flag.excerpt == hit.excerpt:
            continue
        if flag is not None and flag.state == FlagState.UPHELD:
            hit = hit._replace(advice=f"审核人员要求修改。{flag.note}{'。' if flag.note else ''}{hit.advice}")
        hits.append(hit)
    return hits


@transaction.atomic
def check(*, posting: JobPosting) -> list[Hit]:
    """Bring the flags of a locked posting to what it says now; returns all that stands out."""
    by = yardstick()
    hits = findings(posting, by)
    _reconcile({posting.pk: hits}, by.version)
    JobPosting.objects.filter(pk=posting.pk).update(lexicon_version=by.version)
    posting.lexicon_version = by.version
    return hits


@transaction.atomic
def refresh(*, posting: JobPosting) -> bool:
    """Check a posting that another version of the lexicon was last asked about; False when nothing was to do."""
    posting = locked_one(JobPosting.objects.all(), pk=posting.pk)
    if posting.lexicon_version == lexicon.current().version:
        return False
    check(posting=posting)
    return True


def _reconcile(hits_of: dict[int, list[Hit]], version: str) -> None:
    """New flags for new hits, GONE for what is mended; what an officer dismissed stays dismissed as it stood there."""
    now = timezone.now()
    known = {
        (flag.posting_id, flag.field, flag.text): flag for flag in PostingFlag.objects.filter(posting_id__in=hits_of)
    }
    new, changed = [], []
    for posting_id, hits in hits_of.items():
        for hit in hits:
            flag = known.pop((posting_id, hit.field, hit.text), None)
            if flag is None:
                new.append(
                    PostingFlag(
                        posting_id=posting_id, family=hit.family, field=hit.field, text=hit.text,
                        excerpt=hit.excerpt, advice=hit.advice, lexicon_version=version, raised_at=now,
                    )
                )  # fmt: skip
            elif flag.state == FlagState.GONE or (flag.state == FlagState.DISMISSED and flag.excerpt != hit.excerpt):
                flag.state, flag.raised_at, flag.settled_at, flag.settled_by, flag.note = (
                    FlagState.OPEN,
                    now,
                    None,
                    None,
                    "",
                )
                changed.append(_renewed(flag, hit, version))
            elif (flag.excerpt, flag.advice, flag.family) != (hit.excerpt, hit.advice, hit.family):
                changed.append(_renewed(flag, hit, version))
    for flag in known.values():
        if flag.state != FlagState.GONE:
            flag.state = FlagState.GONE
            changed.append(flag)
    PostingFlag.objects.bulk_create(new, ignore_conflicts=True)
    columns = [
        "family",
        "excerpt",
        "advice",
        "lexicon_version",
        "state",
        "note",
        "raised_at",
        "settled_at",
        "settled_by",
    ]
    PostingFlag.objects.bulk_update(changed, columns, batch_size=BATCH)


def _renewed(flag: PostingFlag, hit: Hit, version: str) -> PostingFlag:
    flag.family, flag.excerpt, flag.advice, flag.lexicon_version = hit.family, hit.excerpt, hit.advice, version
    return flag


# Settling ------------------------------------------------------------------------------------------------------------


def unsettled(*, posting: JobPosting) -> "QuerySet[PostingFlag]":
    return posting.flags.filter(state__in=UNSETTLED).order_by("pk")


def must_be_settled(*, posting: JobPosting) -> None:
    """Refused as long as somebody has to look at a flag, or the employer to mend what was upheld."""
    open_, upheld = (unsettled(posting=posting).filter(state=state).count() for state in UNSETTLED)
    if open_:
        raise Refused(f"还有 {open_} 处提示没有处理，请先逐条选“没有问题”或“要求修改”。")
    if upheld:
        raise Refused(f"有 {upheld} 处要求修改的还没有改，请驳回，或者改判“没有问题”。")


@transaction.atomic
def dismiss(*, flag: PostingFlag, by: Any, reason: str) -> PostingFlag:
    """An officer says why it is all right as it stands."""
    return _settle(flag, FlagState.DISMISSED, by, reason)


@transaction.atomic
def uphold(*, flag: PostingFlag, by: Any, reason: str = "") -> PostingFlag:
    """An officer wants it mended. The posting stays where it is: he rejects it himself, or waits for the employer."""
    return _settle(flag, FlagState.UPHELD, by, reason)


def _settle(flag: PostingFlag, to: FlagState, by: Any, note: str) -> PostingFlag:
    posting = locked_one(JobPosting.objects.all(), pk=flag.posting_id)
    flag = locked_one(PostingFlag.objects.all(), pk=flag.pk)
    if flag.state == FlagState.GONE:
        raise Refused("用人单位已经改掉了，不用再处理。")
    if flag.state == to:
        raise Refused(f"已经是“{to.label}”了。")
    note = note.strip()
    if to == FlagState.DISMISSED and not note:
        raise Refused("请写一句为什么没有问题。", field="reason")
    flag.state, flag.note, flag.settled_by, flag.settled_at = to, note[:200], by, timezone.now()
    flag.save(update_fields=["state", "note", "settled_by", "settled_at"])
    PostingEvent.objects.create(
        posting=posting, from_state=posting.state, to_state=posting.state, by=by,
        reason=f"审核提示“{flag.text}”：{to.label}",
    )  # fmt: skip
    return flag


# The stock -----------------------------------------------------------------------------------------------------------


def stale(*, version: str) -> "tuple[QuerySet[JobPosting], QuerySet[JobPosting]]":
    """Postings of the stock that another version looked at: below and above it, so that an index finds them."""
    stock = JobPosting.objects.filter(state__in=STOCK).order_by("lexicon_version", "pk")
    return stock.filter(lexicon_version__lt=version), stock.filter(lexicon_version__gt=version)


@transaction.atomic
def rescan(*, limit: int = BATCH) -> int:
    """Look at one batch of the stock with the phrases that count now; returns how many. All stay where they are.

    A batch is one transaction: killed in the middle, it is done again. Others may run at the same time.
    """
    version = lexicon.current().version
    rows: list[JobPosting] = []
    for some in stale(version=version):
        free = some.defer("search").select_for_update(of=("self",), no_key=True, skip_locked=True)
        rows += free[: limit - len(rows)] if len(rows) < limit else []
    if not rows:
        return 0
    by = yardstick()
    _reconcile({posting.pk: findings(posting, by) for posting in rows}, by.version)
    # Not `updated_at`: nothing that anybody reads has changed.
    JobPosting.objects.filter(pk__in=[posting.pk for posting in rows]).update(lexicon_version=by.version)
    return len(rows)


def remaining() -> int:
    """How many postings still wait for the lexicon's present version; COUNTED means that many or more."""
    return sum(rows.order_by()[:COUNTED].count() for rows in stale(version=lexicon.current().version))


def go_on() -> None:
    """Ask for another batch at once; the sweep asks anyway, a little later."""
    later("employers.tasks.rescan")


def _usual_pays() -> dict[int, int]:
    """Median of the monthly base pay by trade, over the newest postings that are out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT trade_id, (percentile_cont(0.5) WITHIN GROUP (ORDER BY monthly_min))::int FROM ("
            " SELECT trade_id, monthly_min FROM employers_jobposting WHERE state = 'published'"
            " ORDER BY published_at DESC, id DESC LIMIT %s) newest"
            " WHERE trade_id IS NOT NULL AND monthly_min > 0 GROUP BY trade_id HAVING count(*) >= %s",
            [NEWEST, ENOUGH],
        )
        return dict(cursor.fetchall())
