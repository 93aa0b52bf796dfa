from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from employers.choices import Hazard, PostingState
from employers.models import JobPosting
from employers.posting_rules import HARMFUL
from jinba.accounts.choices import Role
from jinba.core.errors import Refused
from jinba.core.locks import locked, locked_one, patient
from jinba.notices.actions import tell_all
from labor.applications.actions.history import live_one, member_ids
from labor.applications.choices import Stage, Via
from labor.applications.consent import consent_text
from labor.applications.models import Application, ApplicationEvent, GroupApplication, PostingInvitation
from labor.workers.acting import authority, record
from labor.workers.actions import consents
from labor.workers.choices import ActKind, ConsentPurpose
from labor.workers.models import Delegation, Worker

YOUNGEST = 16  # 未成年人保护法 §61
GROWN_UP = 18  # until then no harmful work: 劳动法 §64
MOST_TIMES, WITHIN = 3, timedelta(days=30)  # one worker, one posting
MINOR = "未成年工（{age} 周岁）：上岗前要体检，并到人社部门登记；不能安排有害作业。"
VIAS = {Role.BROKER: Via.BROKER, Role.PARK: Via.KIOSK}

CLOSED_WORDS = {
    PostingState.PAUSED: "这个岗位暂时不招人，过几天再来看看。",
    PostingState.FILLED: "这个岗位招满了，看看别的岗位吧。",
    PostingState.REVIEW: "企业正在修改这个岗位，改好以后再来看看。",
    PostingState.DRAFT: "企业正在修改这个岗位，改好以后再来看看。",
    PostingState.REJECTED: "企业正在修改这个岗位，改好以后再来看看。",
}


def apply(
    *,
    worker: Worker,
    posting: JobPosting,
    by: Any,
    via: str = Via.SELF,
    link_code: str = "",
    together: GroupApplication | None = None,
    note: Callable[[Application], None] | None = None,
) -> Application:
    """Apply, or return the running application if there is one already: a second tap changes nothing.

    `link_code` is the short link that he came by, `together` the group that he applies with; `note` writes down by
    which other way he came (`labor.applications.arrivals`). The posting stays locked until the application is there,
    so that none comes after the posting was closed.
    """
    pair = {"worker_id": worker.pk, "posting_id": posting.pk}
    running = live_one(**pair)
    if running:
        return running
    try:
        return _apply(**pair, by=by, via=via, link_code=link_code, together=together, note=note)
    except IntegrityError:  # the unique index: both taps of a double tap came this far
        running = live_one(**pair)
        if running is None:
            raise
        return running


@patient
def _apply(
    *,
    worker_id: int,
    posting_id: int,
    by: Any,
    via: str,
    link_code: str,
    together: GroupApplication | None,
    note: Callable[[Application], None] | None,
) -> Application:
    offered = JobPosting.objects.open().select_related("employer")
    found = locked(offered.only("title", "hazards", "has_nights", "employer__name"), ids=[posting_id])
    if not found:
        raise Refused(why_closed(posting=JobPosting.objects.select_related("employer").get(pk=posting_id)))
    posting = found[0]
    # Read again: what the caller holds may be old. Locked, so that he does not take his consent back meanwhile.
    worker = locked_one(Worker.objects.only("name", "is_active", "birth_date", "user_id"), pk=worker_id)
    delegation = _check(worker, posting, by)
    if delegation is not None:
        via = VIAS.get(by.role, Via.BROKER)
    if via == Via.SELF and PostingInvitation.objects.filter(posting=posting, worker=worker).exists():
        via = Via.INVITED
    now = timezone.now()
    application = Application.objects.create(
        worker=worker,
        posting=posting,
        stage_since=now,
        via=via,
        applied_by=by,
        link_code=link_code,
        together=together,
        consented_at=now,
        consent_text=consent_text(posting.employer.name),
    )
    consents.write(
        worker=worker,
        purpose=ConsentPurpose.APPLY,
        by=by,
        recipient=posting.employer.name,
        recipient_id=posting.employer_id,
    )
    ApplicationEvent.objects.create(
        application=application,
        to_stage=Stage.APPLIED,
        by=by,
        at=now,
        for_worker=delegation is not None,
        note=_minor_note(worker),
    )
    if note is not None:
        note(application)
    words = f"报名“{posting.title}”（{posting.employer.name}）"
    url = application.get_absolute_url()
    record(worker=worker, by=by, delegation=delegation, kind=ActKind.APPLY, note=words, url=url)
    _tell(application, posting)
    return application


def _check(worker: Worker, posting: JobPosting, by: Any) -> Delegation | None:
    """The delegation that `by` applies under, if he is not the worker; Refused when he may not, or the law forbids."""
    if not worker.is_active:
        raise Refused("您的资料已停用，请联系服务站。")
    delegation = authority(worker=worker, by=by)
    age = worker.age_on(timezone.localdate())
    if age is not None and age < YOUNGEST:
        raise Refused("不满 16 岁不能报名工作。")
    harm = harms(posting=posting)
    if harm and age is None:
        raise Refused(f"这个岗位有{harm}，国家规定不满 18 岁不能做。请先填出生日期。", field="birth_date")
    if harm and age is not None and age < GROWN_UP:
        raise Refused(f"这个岗位有{harm}，国家规定不满 18 岁不能做。看看别的岗位吧。")
    before = Application.objects.filter(worker=worker, posting=posting, created_at__gt=timezone.now() - WITHIN)
    if before.count() >= MOST_TIMES:
        raise Refused(f"这个岗位 {WITHIN.days} 天里已经报过 {MOST_TIMES} 次了，过些日子再报，或者直接打电话问企业。")
    return delegation


def harms(*, posting: JobPosting) -> str:
    """What keeps people under 18 from the posting, in words; empty when nothing does."""
    found = [str(Hazard(one).label) for one in posting.hazards if one in HARMFUL]
    return "、".join([*found, *["夜班"] * posting.has_nights])


def asks_birth_date(*, worker: Worker, posting: JobPosting) -> bool:
    """Whether the birth date must be known before this worker can apply to this posting."""
    return worker.birth_date is None and bool(harms(posting=posting))


def _minor_note(worker: Worker) -> str:
    age = worker.age_on(timezone.localdate())
    return MINOR.format(age=age) if age is not None and age < GROWN_UP else ""


def _tell(application: Application, posting: JobPosting) -> None:
    # One notice an hour for each posting: a live room may bring two hundred people at once.
    tell_all(
        recipient_ids=member_ids(employer_id=posting.employer_id),
        kind="application.applied",
        dedupe_key=f"posting:{posting.pk}:applied:{timezone.localtime():%Y%m%d%H}",
        title=f"“{posting.title}”有新的报名",
        body=f"{application.worker.masked_name}报了名。请尽快看，早回复的单位招得快。",
        url=reverse("applicants:board", args=[posting.pk]),
    )


def why_closed(*, posting: JobPosting) -> str:
    """The sentence for somebody who comes too late, or to the wrong door."""
    if posting.state in CLOSED_WORDS:
        return CLOSED_WORDS[PostingState(posting.state)]
    if posting.is_expired:
        return "这个岗位过了有效期，看看别的岗位吧。"
    if posting.state == PostingState.PUBLISHED and posting.is_repost and not posting.employer.is_trusted:
        return f"这个岗位转自{posting.source_name}，请到来源页面报名。"
    if posting.state == PostingState.PUBLISHED and not posting.employer.is_trusted:
        return "这家单位正在核实，暂时不能报名。"
    if posting.state == PostingState.PUBLISHED and not posting.seats_left:
        return CLOSED_WORDS[PostingState.FILLED]
    return "这个岗位已经不招人了，看看别的岗位吧。"
