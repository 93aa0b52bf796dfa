"""A worker takes a consent back, and what rests on it in his applications ends in the same moment."""

from typing import Any

from django.utils import timezone

from employers.models import JobPosting
from jinba.core.locks import Busy, locked, patient
from labor.applications.actions.moving import withdraw
from labor.applications.choices import LIVE, CloseReason, Stage
from labor.applications.models import Application, ApplicationQuerySet
from labor.workers.acting import authority
from labor.workers.actions import consents
from labor.workers.choices import ConsentPurpose
from labor.workers.models import Consent

NOTE = "撤回了提供信息的授权"


def _resting_on(consent: Consent) -> ApplicationQuerySet:
    """The applications that need the consent; of one to an employer those there, of the registration all."""
    rows = Application.objects.filter(worker_id=consent.worker_id)
    if consent.purpose == ConsentPurpose.APPLY:
        if consent.recipient_id is None:
            return rows.none()
        return rows.filter(posting__employer_id=consent.recipient_id)
    return rows if consent.purpose == ConsentPurpose.REGISTER else rows.none()


def effects(*, consent: Consent) -> list[str]:
    """What will stop working, the applications that will end first; told before the worker takes it back."""
    running = _resting_on(consent).live().select_related("posting__employer").defer("posting__search")
    lines = []
    for application in running:
        where = f"“{application.posting.employer.name}”的“{application.posting.title}”"
        if application.stage == Stage.ONBOARDED:
            lines.append(f"您已经在{where}上班，工作不受影响，只是平台不再给企业看您的资料。")
        elif application.stage == Stage.ACCEPTED:
            lines.append(f"您答应去{where}，撤回后就不去了，名额让给别人。")
        else:
            lines.append(f"您报的{where}会取消。")
    return lines + consents.effects(consent=consent)


@patient
def withdraw_consent(*, consent: Consent, by: Any) -> Consent:
    """Take the consent back; running applications that rest on it are withdrawn, employers' pages forget the person."""
    worker = consent.worker
    authority(worker=worker, by=by)
    live = _resting_on(consent).live().exclude(stage=Stage.ONBOARDED).select_related("worker__user", "posting")
    locked(JobPosting.objects.only("pk"), ids=live.values_list("posting_id", flat=True))
    locked(Application.objects.only("pk").filter(worker=worker, stage__in=[*LIVE, Stage.OBSOLETE]))
    # Again: the end of a hire revives what the hire had ended.
    while running := list(live.defer("posting__search").order_by("pk")):
        for application in running:
            withdraw(application=application, by=by, reason=CloseReason.OTHER, note=NOTE)
    consent = consents.withdraw(consent=consent, by=by)  # locks the worker: from here on nobody applies for him
    if live.exists():
        raise Busy
    _resting_on(consent).filter(consent_withdrawn_at__isnull=True).update(consent_withdrawn_at=timezone.now())
    return consent
