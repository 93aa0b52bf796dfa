from typing import Any

from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from employers.choices import PostingState
from employers.models import JobPosting
from jinba.accounts.choices import STAFF_ROLES, Role
from jinba.core.errors import Refused
from jinba.core.locks import locked, locked_one, patient
from jinba.notices.actions import tell_all
from labor.applications.actions.history import live_one, member_ids, tell_worker
from labor.applications.choices import Stage, Via
from labor.applications.consent import consent_text
from labor.applications.models import Application, ApplicationEvent, GroupApplication, PostingInvitation
from labor.workers.actions import consents
from labor.workers.choices import ConsentPurpose
from labor.workers.models import Worker

YOUNGEST = 16  # 未成年人保护法 §61

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
) -> Application:
    """Apply, or return the running application if there is one already: a second tap changes nothing.

    `link_code` is the short link that he came by, `together` the group that he applies with. The posting stays locked
    until the application is there, so that none comes after the posting was closed.
    """
    pair = {"worker_id": worker.pk, "posting_id": posting.pk}
    running = live_one(**pair)
    if running:
        return running
    try:
        return _apply(**pair, by=by, via=via, link_code=link_code, together=together)
    except IntegrityError:  # the unique index: both taps of a double tap came this far
        running = live_one(**pair)
        if running is None:
            raise
        return running


@patient
def _apply(
    *, worker_id: int, posting_id: int, by: Any, via: str, link_code: str, together: GroupApplication | None
) -> Application:
    offered = JobPosting.objects.open().select_related("employer")
    found = locked(offered.only("title", "employer__name"), ids=[posting_id])
    if not found:
        raise Refused(why_closed(posting=JobPosting.objects.select_related("employer").get(pk=posting_id)))
    posting = found[0]
    # Read again: what the caller holds may be old. Locked, so that he does not take his consent back meanwhile.
    workers = Worker.objects.only("name", "is_active", "birth_date", "user_id", "registered_by_id")
    worker = locked_one(workers, pk=worker_id)
    _check(worker, by)
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
    event = ApplicationEvent.objects.create(application=application, to_stage=Stage.APPLIED, by=by, at=now)
    _tell(application, event, posting, by)
    return application


def _check(worker: Worker, by: Any) -> None:
    if not worker.is_active:
        raise Refused("您的资料已停用，请联系服务站。")
    acts_for = by.role in (*STAFF_ROLES, Role.BROKER, Role.PARK) and (
        worker.registered_by_id == by.pk or by.role in STAFF_ROLES
    )
    if worker.user_id != by.pk and not acts_for:
        raise Refused("只能给自己报名。")
    age = worker.age_on(timezone.localdate())
    if age is not None and age < YOUNGEST:
        raise Refused("不满 16 岁不能报名工作。")


def _tell(application: Application, event: ApplicationEvent, posting: JobPosting, by: Any) -> None:
    # One notice an hour for each posting: a live room may bring two hundred people at once.
    tell_all(
        recipient_ids=member_ids(employer_id=posting.employer_id),
        kind="application.applied",
        dedupe_key=f"posting:{posting.pk}:applied:{timezone.localtime():%Y%m%d%H}",
        title=f"“{posting.title}”有新的报名",
        body=f"{application.worker.masked_name}报了名。请尽快看，早回复的单位招得快。",
        url=reverse("applicants:board", args=[posting.pk]),
    )
    if application.worker.user_id != by.pk:
        tell_worker(event=event, posting=posting)


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
