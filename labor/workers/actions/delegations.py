"""A worker entrusts himself to a broker or somebody of the park: asked, agreed to, ended, run out."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from jinba.accounts import actions as accounts
from jinba.accounts.choices import STAFF_ROLES, CodePurpose, Role
from jinba.core.errors import Refused
from jinba.core.locks import locked, locked_one
from jinba.core.phones import normalise_phone
from jinba.notices.actions import tell
from labor.workers.acting import HELPERS_URL, STOPPED
from labor.workers.choices import DelegationEnd, DelegationMethod
from labor.workers.delegation_text import DEEDS, MONTHS, MOST_MONTHS, USUAL_MONTHS, VERSION, delegation_text, last_day
from labor.workers.models import Delegation, DelegationRequest, Worker

HELPERS = (Role.BROKER, Role.PARK)
TOLD_BEFORE = timedelta(days=14)
AT_ONCE = 500
ALREADY = "他现在已经委托您了，不用再办。"


def must_help(*, by: Any) -> None:
    if by is None or by.role not in HELPERS:
        raise Refused("只有劳务经纪人和园区工作人员可以受托代办。")


def day_in(*, months: int) -> date:
    """The last day of a delegation that begins today."""
    if months not in MONTHS:
        raise Refused(f"委托的时间请从列出的几种里选，最长 {MOST_MONTHS} 个月。", field="months")
    return last_day(months, start=timezone.localdate())


def entrusted(*, worker: Worker, helper: Any, method: str, ends_on: date, recorded_by: Any) -> Delegation:
    """Write the delegation down, in the transaction of what it belongs to; the caller has the worker's word."""
    Delegation.objects.run_out().filter(worker=worker, helper=helper).update(
        ended_at=timezone.now(), end_reason=DelegationEnd.EXPIRED
    )
    # Who read out the code has heard of it, and who has an account is told there.
    knows = method in (DelegationMethod.CODE, DelegationMethod.SELF) or worker.user_id is not None
    return Delegation.objects.create(
        worker=worker,
        helper=helper,
        tell_at=None if knows or not worker.phone_index else timezone.now(),
        method=method,
        text=delegation_text(helper=helper, ends_on=ends_on),
        version=VERSION,
        recorded_by=recorded_by,
        ends_on=ends_on,
    )


@transaction.atomic
def ask(*, worker: Worker, by: Any, months: int = USUAL_MONTHS) -> DelegationRequest:
    """Ask a worker who has an account to entrust himself; he hears of it and answers on his phone. Asked once."""
    must_help(by=by)
    ends_on = day_in(months=months)
    worker = _active(worker)
    if worker.user is None:
        raise Refused("他还没有自己的账号，收不到消息。请发验证码，让他念给您听。")
    if Delegation.objects.live().filter(worker=worker, helper=by).exists():
        raise Refused(ALREADY)
    now = timezone.now()
    requests = DelegationRequest.objects.filter(worker=worker, helper=by)
    waiting = requests.waiting().first()
    if waiting:
        return waiting
    if requests.filter(is_agreed=False, answered_at__gt=now - timedelta(days=30)).exists():
        raise Refused("他最近说过不用您代办，过 30 天才能再问。")
    requests.filter(answered_at__isnull=True).update(answered_at=now)
    request = DelegationRequest.objects.create(worker=worker, helper=by, ends_on=ends_on)
    tell(
        recipient=worker.user,
        kind="delegation_asked",
        dedupe_key=f"delegation:ask:{request.pk}",
        title=f"{by.name or '一位工作人员'}想帮您办找工作的事",
        body="同意不同意由您定，同意了也能随时结束。您不回答，他就什么也不能替您办。",
        url=HELPERS_URL,
    )
    return request


@transaction.atomic
def agree(*, request: DelegationRequest, by: Any) -> Delegation:
    """The worker entrusts himself to who asked him. Asked twice, it is the same delegation."""
    request = _answered(request, by, is_agreed=True)
    standing = Delegation.objects.live().filter(worker=request.worker, helper=request.helper).first()
    delegation = standing or entrusted(
        worker=request.worker, helper=request.helper, method=DelegationMethod.SELF, ends_on=request.ends_on,
        recorded_by=by,
    )  # fmt: skip
    tell(
        recipient=request.helper,
        kind="delegation_agreed",
        dedupe_key=f"delegation:agreed:{delegation.pk}",
        title=f"{request.worker.name}同意您帮他办",
        body=f"委托到 {delegation.ends_on:%Y-%m-%d} 为止。",
        url=f"/helpers/people/{request.worker_id}/",
    )
    return delegation


@transaction.atomic
def refuse(*, request: DelegationRequest, by: Any) -> None:
    """The worker does not; who asked hears it, and may ask again after a month."""
    request = _answered(request, by, is_agreed=False)
    tell(
        recipient=request.helper,
        kind="delegation_refused",
        dedupe_key=f"delegation:refused:{request.pk}",
        title=f"{request.worker.masked_name}说自己办就行",
        body="他没有委托您，您不能替他办事。",
        url="/helpers/people/",
    )


def _answered(request: DelegationRequest, by: Any, *, is_agreed: bool) -> DelegationRequest:
    """The request, locked and answered; the same answer again changes nothing."""
    request = locked_one(DelegationRequest.objects.select_related("worker__user", "helper"), pk=request.pk)
    if by is None or request.worker.user_id != by.pk:
        raise Refused("这件事要本人来定。")
    if not request.worker.is_active:
        raise Refused(STOPPED)
    if request.answered_at:
        if request.is_agreed is not is_agreed:
            raise Refused("您已经答复过了。要改，请在“谁在帮我”里办。")
        return request
    if is_agreed and (not request.helper.is_active or request.helper.role not in HELPERS):
        raise Refused("这位工作人员现在不能代办了。")
    if is_agreed and request.ends_on < timezone.localdate():
        raise Refused("这个请求已经过期，请让他再问一次。")
    request.answered_at, request.is_agreed = timezone.now(), is_agreed
    request.save(update_fields=["answered_at", "is_agreed"])
    return request


def send_code(*, phone: str, by: Any, address: str | None) -> int:
    """Text a one-time code that entrusts whoever has the phone to `by`; returns the row that a right one belongs to."""
    must_help(by=by)
    sent = accounts.send_code(
        phone=phone, address=address, purpose=CodePurpose.DELEGATE, values={"helper": by.name or by.username}
    )
    return sent.pk


def check_code(*, phone: str, code: str, sent: int | None) -> None:
    """Refused unless it is the newest code sent to that phone for this. Call outside a transaction: tries count."""
    if not code or sent is None:
        raise Refused("请填他念给您的 6 位数字。", field="code")
    accounts.check_code(phone=phone, code=code, sent=sent, purpose=CodePurpose.DELEGATE)


def entrust_by_code(*, worker: Worker, by: Any, code: str, sent: int | None, months: int = USUAL_MONTHS) -> Delegation:
    """A worker who is registered already reads out the code that came to his phone: with that he entrusts himself."""
    must_help(by=by)
    ends_on = day_in(months=months)
    if not worker.phone:
        raise Refused("这份资料没有留手机号，发不了验证码。")
    check_code(phone=normalise_phone(worker.phone), code=code, sent=sent)
    return _entrust(worker=worker, by=by, ends_on=ends_on)


@transaction.atomic
def _entrust(*, worker: Worker, by: Any, ends_on: date) -> Delegation:
    worker = _active(worker)
    standing = Delegation.objects.live().filter(worker=worker, helper=by).first()
    if standing:
        return standing
    DelegationRequest.objects.filter(worker=worker, helper=by, answered_at__isnull=True).update(
        answered_at=timezone.now(), is_agreed=True
    )
    delegation = entrusted(worker=worker, helper=by, method=DelegationMethod.CODE, ends_on=ends_on, recorded_by=by)
    tell(
        recipient=worker.user,
        kind="delegation_started",
        dedupe_key=f"delegation:{delegation.pk}",
        title=f"您委托{by.name or '工作人员'}帮您办找工作的事",
        body=f"到 {ends_on:%Y-%m-%d} 为止。他办的每件事都能查到，您可以随时结束。",
        url=HELPERS_URL,
    )
    return delegation


def effects(*, delegation: Delegation) -> list[str]:
    """What will stop when the delegation ends, for the worker to read first."""
    name = delegation.helper.name or "他"
    stops = [f"{name}不能再{deed}" for deed in DEEDS]
    if delegation.worker.user_id is None:
        return [*stops, "本人还没有账号，报名的进展要登录以后才看得到"]
    return [*stops, "已经报的名不受影响，企业会直接找您"]


@transaction.atomic
def end(*, delegation: Delegation, by: Any) -> Delegation:
    """The worker ends it, the helper steps back, or an officer stops it. Ended once, it stays as it was."""
    row = locked_one(Delegation.objects.select_related("worker__user", "helper"), pk=delegation.pk)
    if row.worker.user_id is not None and row.worker.user_id == by.pk:
        reason = DelegationEnd.WORKER
    elif row.helper_id == by.pk:
        reason = DelegationEnd.HELPER
    elif by.role in STAFF_ROLES:
        reason = DelegationEnd.OFFICER
    else:
        raise Refused("这个委托不归您办。")
    if row.ended_at is None:
        close(row=row, reason=reason, by=by)
    return row


def close(*, row: Delegation, reason: DelegationEnd, by: Any) -> None:
    """Part of another action: mark a locked delegation as ended and tell those who did not do it."""
    row.ended_at, row.ended_by, row.end_reason = timezone.now(), by, reason
    row.save(update_fields=["ended_at", "ended_by", "end_reason"])
    to_helper = {
        DelegationEnd.WORKER: "本人结束了委托",
        DelegationEnd.CLAIMED: "本人认领了资料，正在问他要不要您接着办",
        DelegationEnd.EXPIRED: "委托到期了",
        DelegationEnd.OFFICER: "主管部门结束了委托",
        DelegationEnd.MERGED: "两份资料合并了",
    }
    to_worker = {
        DelegationEnd.HELPER: "他不再帮您办了",
        DelegationEnd.EXPIRED: "委托到期了，要他接着办，请重新委托",
        DelegationEnd.OFFICER: "主管部门结束了这个委托",
    }
    if reason in to_helper:
        tell(
            recipient=row.helper,
            kind="delegation_ended",
            dedupe_key=f"delegation:{row.pk}:ended",
            title=f"不能再替{row.worker.masked_name}办事了",
            body=f"{to_helper[reason]}。已经报的名不受影响。",
            url="/helpers/people/",
        )
    if reason in to_worker:
        tell(
            recipient=row.worker.user,
            kind="delegation_ended",
            dedupe_key=f"delegation:{row.pk}:ended",
            title=f"{row.helper.name or '受您委托的人'}不能再替您办事了",
            body=f"{to_worker[reason]}。已经报的名不受影响。",
            url=HELPERS_URL,
        )


def hand_over(*, worker: Worker) -> int:
    """Part of claiming: what ran so far ends, and the worker is asked once whether it goes on. Returns how many."""
    running = locked(Delegation.objects.live().filter(worker=worker).select_related("worker__user", "helper"))
    for row in running:
        close(row=row, reason=DelegationEnd.CLAIMED, by=worker.user)
        ask_to_go_on(row=row, worker=worker)
    return len(running)


def ask_to_go_on(*, row: Delegation, worker: Worker) -> DelegationRequest:
    """Part of another action: of a delegation that just ended, ask the worker whether it goes on. Asked once."""
    request, _ = DelegationRequest.objects.get_or_create(
        worker=worker, helper_id=row.helper_id, answered_at=None,
        defaults={"ends_on": row.ends_on, "is_going_on": True},
    )  # fmt: skip
    return request


def expire() -> int:
    """Mark those that ran out, and tell both; returns how many. They have had no effect since their last day."""
    expired = 0
    while some := _expire_some():
        expired += some
    return expired


@transaction.atomic
def _expire_some() -> int:
    ids = list(Delegation.objects.run_out().values_list("pk", flat=True)[:AT_ONCE])
    rows = locked(Delegation.objects.run_out().select_related("worker__user", "helper"), ids=ids)
    for row in rows:
        close(row=row, reason=DelegationEnd.EXPIRED, by=None)
    return len(rows)


def tell_of_endings() -> int:
    """Two weeks before its last day both hear that a delegation ends, once; returns how many are near their end."""
    count = 0
    near = Delegation.objects.ending(within=TOLD_BEFORE).select_related("worker__user", "helper").order_by("pk")
    for row in near.iterator(chunk_size=AT_ONCE):
        count += 1
        day = f"{row.ends_on.month} 月 {row.ends_on.day} 日"
        tell(
            recipient=row.helper,
            kind="delegation_ending",
            dedupe_key=f"delegation:{row.pk}:ending",
            title=f"{row.worker.masked_name}的委托 {day}到期",
            body="要接着办，请提前请他重新委托。",
            url=f"/helpers/people/{row.worker_id}/",
        )
        tell(
            recipient=row.worker.user,
            kind="delegation_ending",
            dedupe_key=f"delegation:{row.pk}:ending",
            title=f"您委托{row.helper.name or '工作人员'}的事 {day}到期",
            body="要他接着办，到期前在“谁在帮我”里说一声；不用了就不必管。",
            url=HELPERS_URL,
        )
    return count


def _active(worker: Worker) -> Worker:
    worker = locked_one(Worker.objects.select_related("user"), pk=worker.pk)
    if not worker.is_active:
        raise Refused(STOPPED)
    return worker


@transaction.atomic
def prolong(*, delegation: Delegation, by: Any, months: int = USUAL_MONTHS) -> Delegation:
    """The worker lets it run on, from today: a new delegation with today's words takes the old one's place."""
    row = locked_one(Delegation.objects.select_related("worker__user", "helper"), pk=delegation.pk)
    if row.worker.user_id is None or row.worker.user_id != by.pk:
        raise Refused("这件事要本人来定。")
    if not row.is_live:
        raise Refused("这个委托已经结束了，请让他再问一次。")
    ends_on = day_in(months=months)
    if row.ends_on >= ends_on:
        return row
    row.ended_at, row.ended_by, row.end_reason = timezone.now(), by, DelegationEnd.RENEWED
    row.save(update_fields=["ended_at", "ended_by", "end_reason"])
    renewed = entrusted(
        worker=row.worker, helper=row.helper, method=DelegationMethod.SELF, ends_on=ends_on, recorded_by=by
    )
    tell(
        recipient=row.helper,
        kind="delegation_agreed",
        dedupe_key=f"delegation:agreed:{renewed.pk}",
        title=f"{row.worker.name}请您接着帮他办",
        body=f"委托延到 {ends_on:%Y-%m-%d}。",
        url=f"/helpers/people/{row.worker_id}/",
    )
    return renewed
