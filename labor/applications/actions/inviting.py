from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from employers.models import JobPosting
from jinba.core.errors import Refused
from jinba.notices.actions import tell, tell_all
from labor.applications.actions.history import helper_ids, live_one, must_be_member
from labor.applications.models import PostingInvitation
from labor.workers.acting import authority, record
from labor.workers.choices import ActKind
from labor.workers.models import Worker


@transaction.atomic
def invite(*, posting: JobPosting, worker: Worker, by: Any) -> PostingInvitation:
    """Ask a worker to look at a posting; asked again, the first invitation is returned. Only the worker can apply."""
    must_be_member(by=by, employer_id=posting.employer_id)
    if not JobPosting.objects.open().filter(pk=posting.pk).exists():
        raise Refused("这个岗位现在没有在招，不能邀请。")
    if not Worker.objects.seeking().filter(pk=worker.pk).exists():
        raise Refused("这位老乡暂时不找工作。")
    if live_one(worker_id=worker.pk, posting_id=posting.pk):
        raise Refused("对方已经报了名，请到报名名单里看。")
    invitation, created = PostingInvitation.objects.get_or_create(
        posting=posting, worker=worker, defaults={"invited_by": by}
    )
    if invitation.declined_at:
        raise Refused("对方说过不考虑这个岗位，不能再邀请。")
    if created:
        tell(
            recipient=worker.user,
            kind="invitation",
            dedupe_key=f"invitation:{invitation.pk}",
            title=f"{posting.employer.name} 邀请您看看“{posting.title}”",
            body="去不去由您定。报名以后，企业才会看到您的姓名和电话。",
            url=reverse("applications:apply", args=[posting.pk]),
        )
        tell_all(
            recipient_ids=helper_ids(worker=worker),
            kind="person_news",
            dedupe_key=f"invitation:{invitation.pk}",
            title=f"{posting.employer.name} 邀请{worker.name}看看“{posting.title}”",
            body="去不去由他定。问过他，再替他报名或谢绝。",
            url=f"/helpers/people/{worker.pk}/",
        )
    return invitation


@transaction.atomic
def decline_invitation(*, invitation: PostingInvitation, by: Any) -> None:
    """The worker, or somebody for him, says that he is not interested; the same posting cannot invite again."""
    try:
        delegation = authority(worker=invitation.worker, by=by)
    except Refused:
        raise Refused("这个邀请不是发给您的。") from None
    if live_one(worker_id=invitation.worker_id, posting_id=invitation.posting_id):
        raise Refused("您已经报了名。不想去，请在报名里取消。")
    unanswered = PostingInvitation.objects.filter(pk=invitation.pk, declined_at__isnull=True)
    if unanswered.update(declined_at=timezone.now()):
        words = f"谢绝“{invitation.posting.title}”的邀请"
        record(worker=invitation.worker, by=by, delegation=delegation, kind=ActKind.INVITATION, note=words)
