"""People who go together apply together: each for himself, shown to the employer as one."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from employers.models import JobPosting
from jinba.core.errors import Refused
from jinba.core.locks import locked, locked_one, patient
from jinba.notices.actions import tell
from labor.applications.actions.applying import apply, why_closed
from labor.applications.actions.history import live_one
from labor.applications.choices import LIVE
from labor.applications.models import Application, CompanionAsk, GroupApplication
from labor.workers.acting import authority
from labor.workers.models import Worker, WorkerGroup

LEAST = 2


@patient
def apply_together(
    *,
    group: WorkerGroup,
    posting: JobPosting,
    by: Any,
    workers: Sequence[Worker],
    link_code: str = "",
    note: Callable[[Application], None] | None = None,
) -> GroupApplication:
    """Apply for several of a group at once: all of them, or none.

    For whom `by` may speak he applies now, each with a consent of his own. Those with an account of their own are
    asked and answer for themselves. Done twice, nobody applies or is asked twice.
    """
    people = sorted({worker.pk for worker in workers})
    if len(people) < LEAST:
        raise Refused("结伴报名至少要两个人。", field="workers")
    found = locked(JobPosting.objects.open().only("title"), ids=[posting.pk])
    if not found:
        raise Refused(why_closed(posting=JobPosting.objects.select_related("employer").get(pk=posting.pk)))
    members = list(
        Worker.objects.filter(pk__in=people, group=group, is_active=True).select_related("user").order_by("pk")
    )
    if len(members) != len(people):
        raise Refused("有人已经不在这个结伴里了，请刷新再看。", field="workers")
    mine = [worker for worker in members if may_speak(worker=worker, by=by)]
    if not mine:
        raise Refused("这个结伴里没有您能代办的人。")
    alone = [worker for worker in members if worker not in mine and worker.user is None]
    if alone:
        names = "、".join(worker.masked_name for worker in alone)
        raise Refused(f"{names}没有委托您，也没有自己的账号，没法问他。请先让他登记。", field="workers")
    together = _together(group, posting, by, len(people))
    for worker in mine:
        try:
            application = apply(
                worker=worker, posting=posting, by=by, link_code=link_code, together=together, note=note
            )
        except Refused as refusal:
            raise Refused(f"{worker.name}：{refusal.message}", field=refusal.field) from refusal
        if application.together_id != together.pk:
            Application.objects.filter(pk=application.pk).update(together=together, updated_at=timezone.now())
    for worker in members:
        if worker not in mine:
            _ask(together, posting, worker, by)
    return together


def may_speak(*, worker: Worker, by: Any) -> bool:
    try:
        authority(worker=worker, by=by)
    except Refused:
        return False
    return True


def _together(group: WorkerGroup, posting: JobPosting, by: Any, people: int) -> GroupApplication:
    """The group's running one, or a new one; the posting is locked."""
    running = (
        GroupApplication.objects.filter(group=group, posting=posting, applications__stage__in=LIVE).distinct().first()
    )
    if running is None:
        return GroupApplication.objects.create(
            group=group, posting=posting, kind=group.kind, people=people, applied_by=by
        )
    if running.people < people:
        running.people = people
        running.save(update_fields=["people"])
    return running


def _ask(together: GroupApplication, posting: JobPosting, worker: Worker, by: Any) -> None:
    running = live_one(worker_id=worker.pk, posting_id=posting.pk)
    if running is not None:  # he applied by himself before; that they go together is no secret among them
        if running.together_id is None:
            Application.objects.filter(pk=running.pk).update(together=together, updated_at=timezone.now())
        return
    ask, created = CompanionAsk.objects.get_or_create(together=together, worker=worker)
    if created:
        tell(
            recipient=worker.user,
            kind="companion_asked",
            dedupe_key=f"companion:{ask.pk}",
            title=f"同伴要一起报“{posting.title}”，您去不去？",
            body="您自己定：点一下“我也去”，或者“我不去”。您不答，就不替您报。",
            url=reverse("applications:companion", args=[ask.pk]),
        )


@patient
def go_along(*, ask: CompanionAsk, by: Any) -> Application:
    """The one who was asked comes too: he applies, as part of the group. Twice is once."""
    ask = _own_ask(ask, by)
    application = apply(worker=ask.worker, posting=ask.together.posting, by=by, together=ask.together)
    if application.together_id != ask.together_id:
        Application.objects.filter(pk=application.pk).update(together=ask.together, updated_at=timezone.now())
    _answer(ask, is_coming=True)
    return application


@transaction.atomic
def stay(*, ask: CompanionAsk, by: Any) -> None:
    """He does not; the others' applications go on."""
    _answer(_own_ask(ask, by), is_coming=False)


def _own_ask(ask: CompanionAsk, by: Any) -> CompanionAsk:
    rows = CompanionAsk.objects.select_related("worker__user", "together__posting", "together__applied_by")
    posting_id = GroupApplication.objects.values_list("posting_id", flat=True).get(pk=ask.together_id)
    locked(JobPosting.objects.only("title"), ids=[posting_id])
    ask = locked_one(rows, pk=ask.pk)
    try:
        authority(worker=ask.worker, by=by)
    except Refused:
        raise Refused("这句话不是问您的。") from None
    return ask


def _answer(ask: CompanionAsk, *, is_coming: bool) -> None:
    if ask.is_coming is is_coming:
        return
    ask.is_coming, ask.answered_at = is_coming, timezone.now()
    ask.save(update_fields=["is_coming", "answered_at"])
    together = ask.together
    answer = "也去" if is_coming else "不去"
    tell(
        recipient=together.applied_by,
        kind="companion_answered",
        dedupe_key=f"companion:{ask.pk}:{is_coming}",
        title=f"{ask.worker.masked_name}说{answer}：“{together.posting.title}”",
        body="已经替他报上名，企业会看到你们是一起的。" if is_coming else "其他人的报名不受影响。",
        url=reverse("applications:together", args=[together.pk]),
    )


def seats_warning(*, posting: JobPosting, people: int) -> str:
    """What to know before applying together; empty when there is room for all."""
    if posting.seats_left >= people:
        return ""
    return f"这个岗位只剩 {posting.seats_left} 个名额，你们有 {people} 个人，可能不能都录用。"


def room_words(*, posting: JobPosting, kind: str) -> str:
    """About a room for a couple, if that is what they are."""
    if kind != "couple":
        return ""
    return "这家有夫妻房。" if posting.couple_rooms else "这家没写有夫妻房，要住一起请先问清楚。"
