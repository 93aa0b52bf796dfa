"""A worker agrees, purpose by purpose, and takes it back. What applications have to do with it is told one floor up."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from jinba.core.errors import Refused
from jinba.core.history import rewriting, versions_of
from jinba.core.locks import locked, locked_one
from jinba.notices.choices import Channel, Topic
from jinba.notices.models import Preference
from labor.workers.acting import STOPPED, authority, record
from labor.workers.actions import delegations
from labor.workers.choices import ActKind, ConsentPurpose, DelegationEnd
from labor.workers.consents import TEXTS, digest, text_of, version_of
from labor.workers.letters import match_again
from labor.workers.models import Consent, Delegation, Worker

# What stays on until it is switched off came with the registration; all else is given by itself.
SWITCHES = frozenset({ConsentPurpose.RECOMMEND, ConsentPurpose.TEXTS})

LOSSES: dict[str, tuple[str, ...]] = {
    ConsentPurpose.REGISTER: (
        "您的求职资料马上停用，不再给您推荐岗位，企业也搜不到您。",
        "替您办事的委托都结束。",
        "法律要求保存的报名和招聘记录留三年，只作凭证，到期删除。",
        "以后想再找工作，在这里点“重新同意”就行。",
    ),
    ConsentPurpose.APPLY: ("这家企业的页面上不再显示您的姓名、电话和简历。", "已经打电话记下的，请您直接和企业说。"),
    ConsentPurpose.RESIDENT_ID: (
        "平台马上删掉您的身份证号，不再核对是不是本人。",
        "要实名的事（比如统一订票）得您自己办。",
    ),
    ConsentPurpose.RECOMMEND: (
        "岗位只按新旧排，不再按您的情况推荐，企业也不会在“合适的人”里看到您。",
        "报名不受影响。",
    ),
    ConsentPurpose.TEXTS: ("不再给您发短信提醒，消息要自己到网站上看。", "登录用的验证码短信照发。"),
}


def new(
    *, worker: Worker, purpose: str, by: Any, recipient: str = "", recipient_id: int | None = None, text: str = ""
) -> Consent:
    """A consent that is not saved yet, for many at once. `text`: other words than today's, as on a paper form."""
    text = text or text_of(purpose, recipient=recipient)
    return Consent(
        worker=worker,
        purpose=ConsentPurpose(purpose),
        recipient=recipient[:120],
        recipient_id=recipient_id,
        version=version_of(purpose),
        text=text,
        text_digest=digest(text),
        given_by=by,
    )


def standing(*, worker: Worker, purpose: str, recipient: str = "", recipient_id: int | None = None) -> Consent | None:
    """The agreement to today's words, if there is one. To older words: none, so that the new ones are asked for."""
    rows = Consent.objects.standing().filter(worker=worker, purpose=purpose, version=version_of(purpose))
    rows = rows.filter(recipient_id=recipient_id) if recipient_id is not None else rows.filter(recipient=recipient)
    return rows.first()


def write(*, worker: Worker, purpose: str, by: Any, recipient: str = "", recipient_id: int | None = None) -> None:
    """The row alone, as part of another action that has checked who acts. Given twice it is there once."""
    row = new(worker=worker, purpose=purpose, by=by, recipient=recipient, recipient_id=recipient_id)
    Consent.objects.bulk_create([row], ignore_conflicts=True)


@transaction.atomic
def give(*, worker: Worker, purpose: str, by: Any, recipient: str = "", recipient_id: int | None = None) -> Consent:
    """The worker, or somebody under his delegation, agrees to today's text. It takes effect at once.

    Agreeing to REGISTER again brings a stopped profile back.
    """
    purpose = ConsentPurpose(purpose)
    if purpose not in TEXTS:
        raise Refused("委托请在“谁在帮我”里办。")
    worker = locked_one(Worker.objects.select_related("user"), pk=worker.pk)
    delegation = authority(worker=worker, by=by)
    if purpose == ConsentPurpose.REGISTER:
        _come_back(worker)
    elif not worker.is_active:
        raise Refused(STOPPED)
    if delegation is not None and purpose in (ConsentPurpose.REGISTER, ConsentPurpose.RECOMMEND):
        raise Refused("这一项只有本人可以同意。")
    write(worker=worker, purpose=purpose, by=by, recipient=recipient, recipient_id=recipient_id)
    if purpose == ConsentPurpose.RECOMMEND:
        _recommend(worker, on=True)
    if purpose == ConsentPurpose.TEXTS:
        Preference.objects.filter(user=worker.user_id, channel=Channel.SMS, is_on=False).delete()
    record(worker=worker, by=by, delegation=delegation, kind=ActKind.CONSENT, note=f"同意：{purpose.label}")
    consent = standing(worker=worker, purpose=purpose, recipient=recipient, recipient_id=recipient_id)
    assert consent is not None
    return consent


def _come_back(worker: Worker) -> None:
    if worker.is_active:
        return
    if worker.erased_at:
        raise Refused("这份资料已经注销，请重新登记。")
    if worker.merged_into_id:
        raise Refused("这份资料已并入您的另一份资料，请用那一份。")
    if Consent.objects.standing().filter(worker=worker, purpose=ConsentPurpose.REGISTER).exists():
        raise Refused(STOPPED)  # an officer stopped it, not the worker himself
    worker.is_active = True
    try:
        with transaction.atomic():
            worker.save(update_fields=["is_active", "updated_at"])
    except IntegrityError:
        raise Refused("您的身份证号现在登记在另一份资料上，请联系工作人员。") from None
    match_again(worker)


def effects(*, consent: Consent) -> list[str]:
    """What will stop working, in the worker's words; told before he takes it back."""
    return list(LOSSES[ConsentPurpose(consent.purpose)])


@transaction.atomic
def withdraw(*, consent: Consent, by: Any) -> Consent:
    """Take one agreement back and do on this floor what that means. Twice is once.

    Applications that rest on it end in `labor.applications.actions.withdraw_consent`, which calls this.
    """
    worker = locked_one(Worker.objects.select_related("user"), pk=consent.worker_id)
    delegation = authority(worker=worker, by=by)
    purpose = ConsentPurpose(consent.purpose)
    if delegation is not None and purpose in (ConsentPurpose.REGISTER, ConsentPurpose.RECOMMEND):
        raise Refused("这一项只有本人可以撤回。")
    ended = _end(worker, consent, by)
    consent.refresh_from_db()
    if ended:
        CONSEQUENCES.get(purpose, _nothing)(worker, consent, by)
        record(worker=worker, by=by, delegation=delegation, kind=ActKind.CONSENT, note=f"撤回：{purpose.label}")
    return consent


def _end(worker: Worker, consent: Consent, by: Any) -> int:
    """End what stands for this purpose and recipient, in whichever version; returns how many."""
    rows = Consent.objects.standing().filter(worker=worker, purpose=consent.purpose)
    if consent.recipient_id is not None:
        rows = rows.filter(recipient_id=consent.recipient_id)
    else:
        rows = rows.filter(recipient=consent.recipient)
    found = locked(rows)
    return Consent.objects.filter(pk__in=[row.pk for row in found]).update(withdrawn_at=timezone.now(), withdrawn_by=by)


@transaction.atomic
def switch(*, worker: Worker, purpose: str, by: Any, on: bool) -> Consent:
    """Recommendations or text messages on or off. They came on with the registration, so that off is a row too."""
    purpose = ConsentPurpose(purpose)
    if purpose not in SWITCHES:
        raise Refused("这一项不能这样开关。")
    if on:
        return give(worker=worker, purpose=purpose, by=by)
    found = Consent.objects.standing().filter(worker=worker, purpose=purpose).first()
    if found is None:
        authority(worker=worker, by=by)
        found = new(worker=worker, purpose=purpose, by=by)
        found.given_at = worker.created_at
        found.save(force_insert=True)
    return withdraw(consent=found, by=by)


def is_on(*, worker: Worker, purpose: str) -> bool:
    """Whether a switch stands on, wherever it was switched."""
    if purpose == ConsentPurpose.RECOMMEND:
        return worker.is_personalised
    if worker.user_id is None:
        return True
    off = Preference.objects.filter(user=worker.user_id, channel=Channel.SMS, is_on=False).count()
    return off < len(Topic)


def _stop(worker: Worker, consent: Consent, by: Any) -> None:
    worker.is_active = False
    worker.save(update_fields=["is_active", "updated_at"])
    running = Delegation.objects.filter(worker=worker, ended_at__isnull=True)
    for delegation in locked(running.select_related("worker__user", "helper")):
        delegations.close(row=delegation, reason=DelegationEnd.WORKER, by=by)
    match_again(worker)


def _forget_resident_id(worker: Worker, consent: Consent, by: Any) -> None:
    worker.resident_id, worker.resident_id_index, worker.resident_id_last4 = None, None, ""
    worker.save(update_fields=["resident_id", "resident_id_index", "resident_id_last4", "updated_at"])
    with rewriting():  # what was is forgotten too
        versions_of(worker).update(resident_id=None, resident_id_index=None, resident_id_last4="")


def _stop_recommending(worker: Worker, consent: Consent, by: Any) -> None:
    _recommend(worker, on=False)


def _recommend(worker: Worker, *, on: bool) -> None:
    if worker.is_personalised != on:
        worker.is_personalised = on
        worker.save(update_fields=["is_personalised", "updated_at"])
        match_again(worker)


def _stop_texts(worker: Worker, consent: Consent, by: Any) -> None:
    if worker.user_id is None:
        raise Refused("本人还没有登录过，没有可关的短信提醒。")
    Preference.objects.bulk_create(
        [Preference(user_id=worker.user_id, topic=topic, channel=Channel.SMS, is_on=False) for topic in Topic],
        update_conflicts=True,
        unique_fields=["user", "topic", "channel"],
        update_fields=["is_on"],
    )


def _nothing(worker: Worker, consent: Consent, by: Any) -> None:
    """What follows is told one floor up."""


CONSEQUENCES = {
    ConsentPurpose.REGISTER: _stop,
    ConsentPurpose.RESIDENT_ID: _forget_resident_id,
    ConsentPurpose.RECOMMEND: _stop_recommending,
    ConsentPurpose.TEXTS: _stop_texts,
}
