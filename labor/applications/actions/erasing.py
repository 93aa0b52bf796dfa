"""A worker is forgotten: who he is goes at once, what happened stays without him for as long as the law asks (C7)."""

from datetime import timedelta
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from employers.models import SavedSearch
from jinba.accounts.models import ApiToken, IdempotentAnswer, User, new_username
from jinba.core.errors import Refused
from jinba.core.history import rewriting, versions_of
from jinba.core.locks import locked
from jinba.core.masking import masked_name
from jinba.notices.models import EmailProof, Notice, Preference
from jinba.privacy import persons
from labor.applications.actions.consents import withdraw_consent
from labor.applications.models import PostingInvitation
from labor.workers.actions import consents
from labor.workers.choices import ConsentPurpose
from labor.workers.models import Consent, MergeRecord, Worker

GONE = "已注销"
KEPT = timedelta(days=3 * 366)
LOSSES = (
    "您的姓名、手机号、身份证号、出生日期、村名和手艺马上删掉，找不回来。",
    "在办的报名全部取消，委托全部结束，消息全部删除。",
    "报名和招聘的经过依法留三年，但看不出是您；到期全部删除。",
    "您马上退出登录。以后要找工作，得重新登记。",
)


@transaction.atomic
def erase(*, worker: Worker, by: Any) -> Worker:
    """Forget who the worker is, here, in histories and in what others were told. Himself alone may ask; no way back."""
    if worker.user_id is None or worker.user_id != by.pk:
        raise Refused("只有本人可以注销。")
    if worker.erased_at:
        return worker
    if worker.is_active:
        consents.write(worker=worker, purpose=ConsentPurpose.REGISTER, by=by)
        registered = Consent.objects.standing().filter(worker=worker, purpose=ConsentPurpose.REGISTER)
        withdraw_consent(consent=registered[0], by=by)
    now = timezone.now()
    Consent.objects.standing().filter(worker=worker).update(withdrawn_at=now, withdrawn_by=by)
    former = worker.former()
    for profile in (worker, *former):
        _correct_what_others_read(profile)
    profiles = locked(Worker.objects.select_related("user"), ids=[worker.pk, *(one.pk for one in former)])
    for profile in profiles:
        persons.forget(profile)
        _forget(profile, now)
        if profile.user is not None:
            _forget_account(profile.user)
    with rewriting():  # what stood in his profile before a merge
        MergeRecord.objects.filter(kept__in=profiles).update(before="{}")
    return next(profile for profile in profiles if profile.pk == worker.pk)


def _forget(worker: Worker, now: Any) -> None:
    blank = {
        "name": GONE, "phone": None, "phone_index": "", "resident_id": None, "resident_id_index": None,
        "resident_id_last4": "", "birth_date": None, "village": "",
    }  # fmt: skip
    for name, value in blank.items():
        setattr(worker, name, value)
    worker.is_active, worker.group, worker.certificates = False, None, []
    worker.erased_at, worker.retain_until = now, timezone.localdate() + KEPT
    worker.save()
    worker.skills.all().delete()
    PostingInvitation.objects.filter(worker=worker).delete()
    with rewriting():
        versions_of(worker).update(**blank)


def _forget_account(user: Any) -> None:
    blank = {"name": GONE, "phone": None, "phone_index": "", "email": None}
    User.objects.filter(pk=user.pk).update(
        **blank, username=new_username(), is_active=False, sessions_ended=user.sessions_ended + 1
    )
    for model in (ApiToken, EmailProof, IdempotentAnswer, Preference, SavedSearch):
        model._default_manager.filter(user=user).delete()
    Notice.objects.filter(recipient=user).delete()
    LogEntry.objects.filter(object_id=str(user.pk), content_type__model="user").update(object_repr=GONE)
    with rewriting():
        versions_of(user).update(**blank)


def _correct_what_others_read(worker: Worker) -> None:
    """Notices that name him: those of his helpers, and of the firms where he applied."""
    readers = User.objects.filter(
        Q(delegations__worker=worker) | Q(membership__employer__postings__applications__worker=worker)
    )
    named = Notice.objects.filter(recipient__in=readers.values("pk"))
    for notice in named.filter(Q(title__contains=worker.name) | Q(body__contains=worker.name)):
        notice.title = notice.title.replace(worker.name, masked_name(worker.name))
        notice.body = notice.body.replace(worker.name, masked_name(worker.name))
        notice.save(update_fields=["title", "body"])
