"""Moves of an application. Each locks the posting, then the applications it touches in ascending order."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone

from employers.actions import postings
from employers.choices import PostingState
from employers.models import JobPosting, Member
from jinba.accounts.choices import Role
from jinba.core.errors import Refused
from jinba.core.locks import locked, locked_one, patient
from labor.applications.actions.history import shift, tell_employer, tell_worker
from labor.applications.choices import CLOSED, LIVE, CloseReason, Stage
from labor.applications.models import Application
from labor.applications.moves import EMPLOYER, INTERVIEW, REASONS, SYSTEM, WORKER, can_move, needs_reason, next_stages
from labor.applications.words import closing_words, happened
from labor.workers.acting import authority, record
from labor.workers.choices import ActKind
from labor.workers.models import Delegation

MOST_AT_ONCE = 200
NOT_YOURS = "这个报名不归您办。"
FULL = "名额刚刚招满了。可以打电话问问企业，也看看别的岗位。"


@dataclass(frozen=True)
class MoveResult:
    """What became of one row of a bulk move."""

    application_id: int
    name: str
    is_moved: bool
    message: str


def part_of(*, application: Application, by: Any) -> tuple[str, Delegation | None]:
    """In whose part `by` acts on the application, and for a helper under which delegation; Refused when in none."""
    if by is None:
        return SYSTEM, None
    if by.role != Role.EMPLOYER:
        try:
            return WORKER, authority(worker=application.worker, by=by)
        except Refused:
            raise Refused(NOT_YOURS) from None
    if Member.objects.filter(employer_id=application.posting.employer_id, user=by).exists():
        return EMPLOYER, None
    raise Refused(NOT_YOURS)


def move(*, application: Application, to: str, by: Any, reason: str = "", note: str = "") -> Application:
    """Take the application to stage `to` and return it as it is now. Asked twice, the second time changes nothing.

    A hire takes a seat and ends the worker's other applications; whoever was hired and will not come gives the seat
    back and has them revived. Both sides are told of what the other did.
    """
    to, note = Stage(to), note.strip()
    actor, delegation = part_of(application=application, by=by)
    if needs_reason(to):
        _check_reason(actor, reason, note)
    else:
        reason = ""
    if len(note) > 200:
        raise Refused("说明请写在 200 个字以内。", field="note")
    if to == Stage.ACCEPTED:
        _check_seats(application)  # most who come too late need not wait for a lock
    return _move(
        application_id=application.pk, to=to, by=by, actor=actor, delegation=delegation, reason=reason, note=note
    )


@patient
def _move(
    *, application_id: int, to: Stage, by: Any, actor: str, delegation: Delegation | None, reason: str, note: str
) -> Application:
    posting_id, worker_id = Application.objects.values_list("posting_id", "worker_id").get(pk=application_id)
    posting = locked_one(JobPosting.objects.select_related("employer").defer("search"), pk=posting_id)
    rows = Application.objects.select_related("worker__user", "posting")
    # A hire, and the end of one, concern the worker's other applications too. Nobody gets into or out of ACCEPTED
    # without the posting's lock, so it is enough to look at the stage under it.
    start = Application.objects.values_list("stage", flat=True).get(pk=application_id)
    if Stage.ACCEPTED in (to, start):
        involved = locked(rows.filter(worker_id=worker_id, stage__in=[*LIVE, Stage.OBSOLETE]))
    else:
        involved = locked(rows, ids=[application_id])
    application = next((row for row in involved if row.pk == application_id), None)
    if application is None:  # it ended while we waited
        application = rows.get(pk=application_id)
    if application.stage == to:
        return application
    if delegation is not None:
        delegation = authority(worker=application.worker, by=by)  # it may have ended while we waited
    _check_move(application, to, actor)
    if to == Stage.OFFERED:
        _check_offer(posting)
    start, since, now = Stage(application.stage), application.stage_since, timezone.now()
    others = [row for row in involved if row.pk != application.pk]
    if to == Stage.ACCEPTED:
        _take_seat(posting, others)
    acts_for = delegation is not None
    event = shift(application=application, to=to, by=by, reason=reason, note=note, at=now, for_worker=acts_for)
    if acts_for:
        told = f"“{posting.title}”：{happened(event)}"
        url = application.get_absolute_url()
        record(worker=application.worker, by=by, delegation=delegation, kind=ActKind.MOVE, note=told, url=url)
    elif actor != WORKER:
        tell_worker(event=event, posting=posting)
    if actor != EMPLOYER:
        tell_employer(event=event, posting=posting)
    if to == Stage.ACCEPTED:
        _end_others(others, by, now)
    elif start == Stage.ACCEPTED and to in CLOSED:
        postings.give_seat_back(posting_id=posting.pk)
        _revive(others, by, since)
    return application


def _check_reason(actor: str, reason: str, note: str) -> None:
    if reason not in REASONS[actor]:
        raise Refused("请选一个原因。", field="reason")
    if reason == CloseReason.OTHER and not note:
        raise Refused("请写一句是什么原因。", field="note")


def _check_move(application: Application, to: Stage, actor: str) -> None:
    if actor == EMPLOYER:
        _check_interview(application, to)
    if can_move(application.stage, to, actor):
        return
    if application.is_closed:
        why = closing_words(application.close_reason, application.close_note)
        raise Refused(f"这个报名已经结束（{why}），不能再改。")
    start, end = application.get_stage_display(), to.label
    if actor == WORKER:
        raise Refused(f"现在是“{application.public_word}”，这一步还不能办。刷新页面看看最新情况。")
    ahead = [stage.label for stage in next_stages(application.stage, actor) if stage not in CLOSED]
    now = f"现在能改成：{'、'.join(ahead)}。" if ahead else ""
    raise Refused(f"现在是“{start}”，不能直接改成“{end}”。{now}")


def _check_interview(application: Application, to: Stage) -> None:
    """An application is never at "约面" without an interview, nor beyond it while that is still to come."""
    if can_move(application.stage, to, INTERVIEW) and not can_move(application.stage, to, EMPLOYER):
        if to == Stage.INTERVIEW_SCHEDULED:
            raise Refused("约面试要定好时间：请点“约面试”，选时间发给对方。")
        raise Refused("请在面试里点“取消面试”，报名会回到“初审通过”。")
    if to == Stage.INTERVIEWED and application.interviews.open().exists():
        raise Refused("这场面试还没结束：请在面试里交结果，或者取消面试。")


def _check_seats(application: Application) -> None:
    free = JobPosting.objects.filter(pk=application.posting_id, filled__lt=F("headcount")).exists()
    if not free and not Application.objects.filter(pk=application.pk, stage=Stage.ACCEPTED).exists():
        raise Refused(FULL)


def _check_offer(posting: JobPosting) -> None:
    if not posting.employer.is_trusted:
        raise Refused("单位现在不是已认证状态，不能发录用。")
    if posting.state == PostingState.REMOVED:
        raise Refused("这个岗位已下架，不能发录用。")
    if not posting.seats_left:
        raise Refused(f"招聘人数 {posting.headcount} 人已经录满，不能再发录用。")


def _take_seat(posting: JobPosting, others: list[Application]) -> None:
    if not posting.employer.is_trusted or posting.state == PostingState.REMOVED:
        raise Refused("这个岗位正在核实，暂时不能接受录用。请先打电话问问企业。")
    hired = [row for row in others if row.stage == Stage.ACCEPTED]
    if hired:
        raise Refused(f"您已经答应去“{hired[0].posting.title}”。想换，先到那个报名里取消。")
    if not postings.take_seat(posting_id=posting.pk):
        raise Refused(FULL)


def _end_others(others: list[Application], by: Any, now: datetime) -> None:
    """The worker goes elsewhere: what was still running ends, and remembers where it stood."""
    for other in others:
        if can_move(other.stage, Stage.OBSOLETE, SYSTEM):
            event = shift(
                application=other,
                to=Stage.OBSOLETE,
                by=by,
                reason=CloseReason.HIRED_ELSEWHERE,
                resumes_as=other.stage,
                at=now,
            )
            tell_employer(event=event, posting=other.posting)


def _revive(others: list[Application], by: Any, accepted_at: datetime) -> None:
    """What that very hire had ended goes on where it stood, if its posting is still open and nothing took its place."""
    ended = [row for row in others if row.stage == Stage.OBSOLETE and row.stage_since == accepted_at and row.resumes_as]
    running = {row.posting_id for row in others if row.is_live}
    still_open = set(
        JobPosting.objects.open().filter(pk__in=[row.posting_id for row in ended]).values_list("pk", flat=True)
    )
    for row in ended:
        if row.posting_id in still_open and row.posting_id not in running:
            event = shift(application=row, to=Stage(row.resumes_as), by=by)
            tell_worker(event=event, posting=row.posting)
            tell_employer(event=event, posting=row.posting)


def accept(*, application: Application, by: Any) -> Application:
    """The worker takes the offer."""
    return move(application=application, to=Stage.ACCEPTED, by=by)


def decline(*, application: Application, by: Any, reason: str, note: str = "") -> Application:
    """The worker does not take the offer."""
    if application.stage not in (Stage.OFFERED, Stage.WITHDRAWN):
        raise Refused("现在没有要回答的录用。")
    return move(application=application, to=Stage.WITHDRAWN, by=by, reason=reason, note=note)


def withdraw(*, application: Application, by: Any, reason: str, note: str = "") -> Application:
    """The worker takes the application back, even after accepting."""
    return move(application=application, to=Stage.WITHDRAWN, by=by, reason=reason, note=note)


def retract(*, application: Application, by: Any, reason: str, note: str = "") -> Application:
    """The employer takes the offer back, even after it was accepted."""
    return move(application=application, to=Stage.RETRACTED, by=by, reason=reason, note=note)


def move_many(
    *, ids: Iterable[int], to: str, by: Any, reason: str = "", note: str = "", posting: JobPosting | None = None
) -> list[MoveResult]:
    """Move several, each in its own transaction and checked by itself.

    Ids that `by` may not see, or that belong to another posting than the one named, are not found.
    """
    wanted = list(dict.fromkeys(ids))
    if len(wanted) > MOST_AT_ONCE:
        raise Refused(f"一次最多办 {MOST_AT_ONCE} 个人，请分几次办。")
    if needs_reason(to):
        _check_reason(EMPLOYER if by else SYSTEM, reason, note.strip())
    rows = Application.objects.seen_by(by) if by else Application.objects.all()
    if posting is not None:
        rows = rows.filter(posting=posting)
    seen = rows.select_related("worker", "posting").in_bulk(wanted)
    results = []
    for pk in wanted:
        application = seen.get(pk)
        if application is None:
            results.append(MoveResult(pk, "", False, "没有找到这个报名。"))
            continue
        results.append(_move_one(application, to, by, reason, note))
    return results


def _move_one(application: Application, to: str, by: Any, reason: str, note: str) -> MoveResult:
    name, start = application.worker.name, Stage(application.stage)
    if start == to:
        return MoveResult(application.pk, name, False, f"本来就是“{start.label}”。")
    try:
        move(application=application, to=to, by=by, reason=reason, note=note)
    except Refused as refusal:
        return MoveResult(application.pk, name, False, refusal.message)
    return MoveResult(application.pk, name, True, f"{start.label} → {Stage(to).label}")
