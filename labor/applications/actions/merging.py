"""Two profiles of one person become one. The other one stays, inactive, and says into which it went.

Nothing is lost: applications move with their events, and `MergeRecord` keeps what was chosen, what moved and what
stood there before, so that somebody who erred can be helped by hand.
"""

import json
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from jinba.accounts.choices import Role
from jinba.core.errors import Refused
from jinba.core.locks import Busy, locked, locked_one, patient
from jinba.core.masking import masked_text
from jinba.notices.actions import tell
from labor.applications.actions.history import shift, tell_employer
from labor.applications.choices import HIRED, LIVE, CloseReason, Stage
from labor.applications.models import Application, CompanionAsk, PostingInvitation
from labor.applications.moves import SYSTEM, can_move
from labor.workers import answers
from labor.workers.acting import authority, record
from labor.workers.actions import delegations, duplicates
from labor.workers.choices import ActKind, DelegationEnd, PairState
from labor.workers.letters import match_again
from labor.workers.models import (
    Consent,
    Delegation,
    DelegationRequest,
    DuplicatePair,
    MergeRecord,
    Worker,
    WorkerGroup,
    WorkerSkill,
)

# What may be taken from the profile that goes, and the columns that it means.
FIELDS: dict[str, tuple[str, ...]] = {
    "name": ("name",),
    "phone": ("phone", "phone_index"),
    "resident_id": ("resident_id", "resident_id_index", "resident_id_last4"),
    "birth_date": ("birth_date",),
    "home": ("home_id", "village"),
    "education": ("education",),
    "years": ("years",),
    "trades": ("trades", "is_open_to_any"),
    "places": ("places", "refused_places"),
    "min_pay": ("min_pay",),
    "housing_need": ("housing_need", "couple_room_need", "wants_meals"),
    "shifts": ("shifts",),
    "available_from": ("available_from",),
    "return_wish": ("return_wish",),
    "job_status": ("job_status",),
}
COLUMNS = tuple(column for columns in FIELDS.values() for column in columns)


@transaction.atomic
def merge(*, pair: DuplicatePair, kept: Worker, by: Any, taken: Collection[str] = (), reason: str = "") -> MergeRecord:
    """Make one of the pair's two profiles: `kept` stays, with the fields in `taken` from the other one.

    Merged twice, the first record is returned. Refused while both were hired by one posting: a seat would be counted
    twice, and which one is right only the employer can say.
    """
    duplicates.must_settle(pair=pair, by=by)
    if kept.pk not in (pair.first_id, pair.second_id):
        raise Refused("请选留下哪一份。", field="kept")
    if set(taken) - set(FIELDS):
        raise Refused("没有这一项，请刷新再选。", field="taken")
    reason = masked_text(reason.strip())
    if not reason:
        raise Refused("请写一句凭什么说是同一个人，比如“电话问过本人”。", field="reason")
    if len(reason) > 200:
        raise Refused("理由请写在 200 个字以内。", field="reason")
    gone_id = pair.second_id if kept.pk == pair.first_id else pair.first_id
    try:
        return _merge(pair_id=pair.pk, kept_id=kept.pk, gone_id=gone_id, by=by, taken=sorted(taken), reason=reason)
    except IntegrityError as error:
        raise Refused("身份证号现在登记在第三份资料上，请先处理那一份。") from error


@patient
def _merge(*, pair_id: int, kept_id: int, gone_id: int, by: Any, taken: list[str], reason: str) -> MergeRecord:
    pair = locked_one(DuplicatePair.objects.all(), pk=pair_id)
    if pair.state == PairState.MERGED:
        return MergeRecord.objects.filter(kept__in=(kept_id, gone_id), gone__in=(kept_id, gone_id)).latest("pk")
    if pair.state != PairState.OPEN:
        raise Refused("已经有人说过这是两个人。")
    applications, kept, gone = _locked(kept_id, gone_id)
    _check(applications, kept, gone)
    before = _contents(kept)
    moved: dict[str, Any] = {"ended": _end_doubles(applications, kept, gone, by)}
    moved |= _move_applications(applications, kept, gone)
    moved |= _move_rest(kept, gone)
    _take(kept, gone, taken)
    record = MergeRecord.objects.create(
        kept=kept, gone=gone, by=by, reason=reason, taken=taken, moved=moved,
        before=json.dumps(before, ensure_ascii=False),
    )  # fmt: skip
    _settle_pairs(pair, kept, gone, by, reason)
    _tell(record, kept, gone, by)
    for worker in (kept, gone):
        match_again(worker)
    return record


def _locked(kept_id: int, gone_id: int) -> tuple[list[Application], Worker, Worker]:
    """Applications, groups, then both workers. Who applies holds the worker's lock until his application is there."""
    both = (kept_id, gone_id)
    rows = Application.objects.filter(worker__in=both).select_related("worker", "posting")
    applications = locked(rows)
    locked(WorkerGroup.objects.filter(pk__in=Worker.objects.filter(pk__in=both).values("group_id")))
    workers = {worker.pk: worker for worker in locked(Worker.objects.select_related("user"), ids=both)}
    _look_again(applications, rows)
    return applications, workers[kept_id], workers[gone_id]


def _look_again(applications: list[Application], rows: "QuerySet[Application]") -> None:
    """One more may have come while we waited for the worker; behind his lock none does."""
    if set(rows.values_list("pk", flat=True)) != {row.pk for row in applications}:
        raise Busy


def _check(applications: list[Application], kept: Worker, gone: Worker) -> None:
    if not kept.is_active or not gone.is_active:
        raise Refused("其中一份资料已经停用，不能合并。")
    if kept.resident_id_index and gone.resident_id_index and kept.resident_id_index != gone.resident_id_index:
        raise Refused("两份资料的身份证号不一样，不像同一个人。真是同一个人，请先请本人改正号码。")
    hired = [row for row in applications if row.stage in HIRED]
    accepted = [row for row in hired if row.stage == Stage.ACCEPTED]
    postings = [row.posting_id for row in hired]
    if len(accepted) > 1 or len(set(postings)) < len(postings):
        titles = "、".join(dict.fromkeys(f"“{row.posting.title}”" for row in hired))
        raise Refused(f"两份资料都被录用了（{titles}），名额会算错。请先让其中一份取消录用，再来合并。")


def _end_doubles(applications: list[Application], kept: Worker, gone: Worker, by: Any) -> list[int]:
    """Of two running applications to one posting the further one stays; a hire ends what still runs elsewhere."""
    ended: list[Application] = []
    running: dict[int, Application] = {}
    for row in sorted((row for row in applications if row.is_live), key=lambda row: LIVE.index(Stage(row.stage))):
        less = running.get(row.posting_id)
        if less is not None:
            _end(less, Stage.WITHDRAWN, CloseReason.DUPLICATE, by)
            ended.append(less)
        running[row.posting_id] = row
    hire = next((row for row in running.values() if row.stage == Stage.ACCEPTED), None)
    for row in running.values():
        if hire and row.worker_id != hire.worker_id and can_move(row.stage, Stage.OBSOLETE, SYSTEM):
            _end(row, Stage.OBSOLETE, CloseReason.HIRED_ELSEWHERE, by)
            ended.append(row)
    return [row.pk for row in ended]


def _end(application: Application, to: Stage, reason: CloseReason, by: Any) -> None:
    resumes_as = application.stage if to == Stage.OBSOLETE else ""
    event = shift(
        application=application, to=to, by=by, reason=reason, note="两份资料是同一个人，已合并", resumes_as=resumes_as
    )
    tell_employer(event=event, posting=application.posting)


def _move_applications(applications: list[Application], kept: Worker, gone: Worker) -> dict[str, list[int]]:
    ids = [row.pk for row in applications if row.worker_id == gone.pk]
    Application.objects.filter(pk__in=ids).update(worker=kept, updated_at=timezone.now())
    # An invitation or question that both have stays with the profile that goes; a refusal counts for both.
    here = {row.posting_id: row for row in locked(PostingInvitation.objects.filter(worker=kept))}
    invitations = []
    for row in locked(PostingInvitation.objects.filter(worker=gone)):
        double = here.get(row.posting_id)
        if double is None:
            invitations.append(row.pk)
        elif row.declined_at and not double.declined_at:
            PostingInvitation.objects.filter(pk=double.pk).update(declined_at=row.declined_at)
    PostingInvitation.objects.filter(pk__in=invitations).update(worker=kept)
    asks = CompanionAsk.objects.filter(worker=gone).exclude(
        together__in=CompanionAsk.objects.filter(worker=kept).values("together")
    )
    return {"applications": ids, "invitations": invitations, "asks": _point(asks, kept)}


def _move_rest(kept: Worker, gone: Worker) -> dict[str, Any]:
    return {
        "skills": _merge_skills(kept, gone),
        "consents": _move_consents(kept, gone),
        "delegations": _move_delegations(kept, gone),
        "requests": _move_requests(kept, gone),
        **_join_users(kept, gone),
    }


def _point(rows: Any, kept: Worker) -> list[int]:
    ids = list(rows.values_list("pk", flat=True))
    rows.model._default_manager.filter(pk__in=ids).update(worker=kept)
    return ids


def _merge_skills(kept: Worker, gone: Worker) -> dict[int, int]:
    """Of a skill that both have the higher level; those of the profile that goes stay there as they were."""
    mine = dict(WorkerSkill.objects.filter(worker=kept).values_list("skill_id", "level"))
    theirs = dict(WorkerSkill.objects.filter(worker=gone).values_list("skill_id", "level"))
    better = {skill: level for skill, level in theirs.items() if level > mine.get(skill, 0)}
    WorkerSkill.objects.bulk_create(
        [WorkerSkill(worker=kept, skill_id=skill, level=level) for skill, level in better.items()],
        update_conflicts=True,
        unique_fields=["worker", "skill"],
        update_fields=["level"],
    )
    return better


def _move_consents(kept: Worker, gone: Worker) -> list[int]:
    """What stands, unless it stands here too, or was taken back here later: the last word counts."""
    here: dict[tuple[str, str], list[Consent]] = {}
    for row in Consent.objects.filter(worker=kept):
        here.setdefault((row.purpose, row.recipient), []).append(row)
    ids = []
    for row in Consent.objects.standing().filter(worker=gone):
        others = here.get((row.purpose, row.recipient), [])
        if any(other.withdrawn_at is None or other.withdrawn_at > row.given_at for other in others):
            continue
        ids.append(row.pk)
    Consent.objects.filter(pk__in=ids).update(worker=kept)
    return ids


def _move_delegations(kept: Worker, gone: Worker) -> list[int]:
    """Each ends, and goes on in the same words on the profile that stays, so that what was done under it stays true.

    Where one of the two has an account, what was agreed to without it does not go on by itself: as when somebody
    claims his profile, he is asked.
    """
    has_account = kept.user_id is not None or gone.user_id is not None
    rows = Delegation.objects.filter(ended_at__isnull=True).select_related("worker__user", "helper")
    running, asked = set(), []
    for row in locked(rows.filter(worker=kept)):
        if has_account and kept.user_id is None:
            delegations.close(row=row, reason=DelegationEnd.CLAIMED, by=gone.user)
            asked.append(row)
        else:
            running.add(row.helper_id)
    now, made = timezone.now(), []
    for row in locked(rows.filter(worker=gone)):
        is_live, helper = row.is_live, row.helper_id
        if has_account and gone.user_id is None:
            delegations.close(row=row, reason=DelegationEnd.MERGED, by=None)
            if is_live and helper not in running:
                asked.append(row)
            continue
        row.ended_at, row.end_reason = now, DelegationEnd.MERGED
        row.save(update_fields=["ended_at", "end_reason"])
        if is_live and helper not in running:
            made.append(
                Delegation(
                    worker=kept, helper_id=helper, method=row.method, text=row.text, version=row.version,
                    agreed_at=row.agreed_at, recorded_by_id=row.recorded_by_id, ends_on=row.ends_on,
                    tell_at=row.tell_at, told_at=row.told_at,
                )
            )  # fmt: skip
    going_on = running | {row.helper_id for row in made}
    for row in asked:
        if row.helper_id not in going_on and row.ends_on >= timezone.localdate():
            delegations.ask_to_go_on(row=row, worker=kept)
    return [row.pk for row in Delegation.objects.bulk_create(made)]


def _move_requests(kept: Worker, gone: Worker) -> list[int]:
    helpers = set(Delegation.objects.live().filter(worker=kept).values_list("helper_id", flat=True))
    helpers |= set(
        DelegationRequest.objects.filter(worker=kept, answered_at__isnull=True).values_list("helper_id", flat=True)
    )
    waiting = DelegationRequest.objects.filter(worker=gone, answered_at__isnull=True)
    ids = _point(waiting.exclude(helper__in=helpers), kept)
    waiting.update(answered_at=timezone.now())
    return ids


def _join_users(kept: Worker, gone: Worker) -> dict[str, Any]:
    """One way to sign in: the kept profile's own, or the other's when it has none."""
    if gone.user is None:
        return {}
    if kept.user is not None:
        user = gone.user
        user.is_active = False
        user.save(update_fields=["is_active"])
        return {"stopped_user": user.pk}
    user, gone.user = gone.user, None
    gone.save(update_fields=["user"])
    kept.user = user
    return {"user": user.pk}


def _take(kept: Worker, gone: Worker, taken: Iterable[str]) -> None:
    """The profile that goes is over first: two active ones cannot bear one identity number."""
    columns = [column for name in taken for column in FIELDS[name]]
    for column in columns:
        setattr(kept, column, getattr(gone, column))
    kept.certificates = sorted({*kept.certificates, *gone.certificates})[: answers.MOST_CERTIFICATES]
    kept.answered = list(dict.fromkeys([*kept.answered, *gone.answered]))
    kept.is_personalised = kept.is_personalised and gone.is_personalised
    if kept.group_id is None:
        kept.group_id = gone.group_id
    gone.is_active, gone.merged_into, gone.group = False, kept, None
    gone.save(update_fields=["is_active", "merged_into", "group", "updated_at"])
    answers.check_together(kept, "taken")
    kept.save(update_fields=[*columns, "certificates", "answered", "is_personalised", "group", "user", "updated_at"])
    if "name" in taken and kept.user:
        kept.user.name = kept.name
        kept.user.save(update_fields=["name"])


def _settle_pairs(pair: DuplicatePair, kept: Worker, gone: Worker, by: Any, reason: str) -> None:
    duplicates.settle(pair=pair, state=PairState.MERGED, by=by, note=reason)
    for other in DuplicatePair.objects.open().filter(first=gone) | DuplicatePair.objects.open().filter(second=gone):
        third = other.second_id if other.first_id == gone.pk else other.first_id
        duplicates.found(one=kept.pk, other=third, reason=other.reason)
        duplicates.settle(pair=other, state=PairState.MERGED, by=by, note="其中一份已并入别的资料")


def _contents(worker: Worker) -> dict[str, Any]:
    """All that `_take` may overwrite, as JSON."""
    columns = (*COLUMNS, "certificates", "answered", "is_personalised", "group_id", "user_id")
    found = {column: getattr(worker, column) for column in columns}
    found["skills"] = dict(WorkerSkill.objects.filter(worker=worker).values_list("skill_id", "level"))
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in found.items()}


def _tell(record_: MergeRecord, kept: Worker, gone: Worker, by: Any) -> None:
    if by.role == Role.PARK:
        record(
            worker=kept, by=by, delegation=authority(worker=kept, by=by), kind=ActKind.OTHER,
            note="把您的两份资料合成了一份",
        )  # fmt: skip
    for user in {kept.user_id: kept.user, gone.user_id: gone.user}.values():
        tell(
            recipient=user,
            kind="profiles_merged",
            dedupe_key=f"merge:{record_.pk}",
            title="您的两份求职资料合成了一份",
            body="报名都在，一个也没有丢。有人替您代办过的，请在“谁在帮我”里看看。有不对的地方，请联系服务站。"
            + ("" if user == kept.user else "以后请用另一份资料登录。"),
            url="/workers/me/",
        )
