"""Whom the demo's broker and park officer look after, and people who go together."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from employers.models import Employer, JobPosting
from jinba.accounts.models import User
from jinba.core.errors import Refused
from labor.applications.actions import apply_together
from labor.applications.models import Application
from labor.workers.choices import ActKind, DelegationMethod, GroupKind, RegisteredVia
from labor.workers.delegation_text import VERSION, delegation_text, last_day
from labor.workers.models import Delegation, DelegationRequest, Worker, WorkerAct, WorkerGroup

MOST = 40
METHODS = (DelegationMethod.CODE, DelegationMethod.SPOKEN, DelegationMethod.PAPER)


def entrust(*, worker_ids: range, users: dict[str, User], known: list[Worker], employer: Employer) -> int:
    """Delegations to the broker and the park officer, one near its end; a couple and villagers who apply together.

    Returns how many applications that made.
    """
    before = Application.objects.count()
    broker, park = users["demo-broker"], users["demo-park"]
    some = Worker.objects.filter(pk__in=worker_ids[:5000], registered_by=broker, user=None).order_by("pk")
    together = list(_groups(worker_ids))
    people = [*(worker for group in together for worker in group.workers.order_by("pk")), *some[:MOST]]
    _delegate(list({worker.pk: worker for worker in people}.values()), broker)
    _delegate(list(Worker.objects.filter(pk__in=worker_ids[-6:], user=None).order_by("pk")), park)
    for group in together:
        _apply(group, by=broker, workers=list(group.workers.order_by("pk")), employer=employer)
    if known:
        alone, one, other = known
        ends_on = last_day(12, start=timezone.localdate())
        DelegationRequest.objects.create(worker=alone, helper=broker, ends_on=ends_on)
        if one.group:
            _apply(one.group, by=one.user, workers=[one, other], employer=employer)
    return Application.objects.count() - before


def _groups(worker_ids: range) -> Iterable[WorkerGroup]:
    """The first couple and the first villagers of those made now."""
    for kind in (GroupKind.COUPLE, GroupKind.VILLAGERS):
        found = WorkerGroup.objects.filter(kind=kind, workers__in=worker_ids[:5000]).order_by("pk").first()
        if found is not None:
            yield found


def _delegate(workers: list[Worker], helper: User) -> None:
    now, today = timezone.now(), timezone.localdate()
    Worker.objects.filter(pk__in=[worker.pk for worker in workers]).update(
        registered_by=helper,
        registered_via=RegisteredVia.BROKER if helper.role == "broker" else RegisteredVia.KIOSK,
    )
    rows = []
    for number, worker in enumerate(workers):
        agreed = now - timedelta(days=20 + 3 * number)
        # The last but one runs out soon, so that there is something to do about it.
        ends_on = today + timedelta(days=9) if number == len(workers) - 2 else last_day(12, start=agreed.date())
        rows.append(
            Delegation(
                worker=worker, helper=helper, method=METHODS[number % len(METHODS)], agreed_at=agreed, ends_on=ends_on,
                text=delegation_text(helper=helper, ends_on=ends_on), version=VERSION, recorded_by=helper,
            )
        )  # fmt: skip
    Delegation.objects.bulk_create(rows)
    WorkerAct.objects.bulk_create(
        WorkerAct(
            worker=row.worker, by=helper, delegation=row, kind=ActKind.REGISTER, at=row.agreed_at,
            note="登记了姓名、电话和家在哪里",
        )
        for row in rows
    )  # fmt: skip


def _apply(group: WorkerGroup, *, by: Any, workers: list[Worker], employer: Employer) -> None:
    """To the first posting that takes them, the demo employer's own before others'."""
    fitting = JobPosting.objects.open().filter(headcount__gte=len(workers)).exclude(applications__worker__in=workers)
    own = list(fitting.filter(employer=employer).order_by("pk")[:5])
    for posting in (*own, *fitting.exclude(employer=employer).order_by("pk")[:5]):
        try:
            apply_together(group=group, posting=posting, by=by, workers=workers)
        except Refused:
            continue
        return
