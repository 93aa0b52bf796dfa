"""The only way to a worker's phone or resident ID in clear, for anybody but himself."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from jinba.accounts.choices import STAFF_ROLES, Role
from jinba.core.errors import Refused
from jinba.privacy import actions as privacy
from jinba.privacy.choices import Subject
from jinba.privacy.fields import PHONE, RESIDENT_ID
from labor.workers.acting import authority
from labor.workers.models import Worker

FIELDS = (PHONE, RESIDENT_ID)


@transaction.atomic
def reveal(*, worker: Worker, by: Any, fields: Iterable[str], purpose: str, reason: str = "") -> dict[str, str]:
    """The data in clear by field, for who acts under the worker's delegation, and for officers; written down first.

    An employer sees an applicant's phone by `labor.applications.actions.reveal_contact`.
    """
    if by.role in (Role.BROKER, Role.PARK):
        authority(worker=worker, by=by)
    elif by.role not in STAFF_ROLES:
        raise Refused("这份资料不归您看。")
    return show(worker=worker, by=by, fields=fields, purpose=purpose, reason=reason)


def show(
    *, worker: Worker, by: Any, fields: Iterable[str], purpose: str, reason: str, organisation: str = ""
) -> dict[str, str]:
    """Part of another action that has checked that `by` may: write the row, then read the data."""
    wanted = [name for name in FIELDS if name in set(fields)]
    privacy.look(
        by=by,
        subject=Subject.WORKER,
        subject_id=worker.pk,
        fields=wanted,
        purpose=purpose,
        reason=reason,
        organisation=organisation,
    )
    row = Worker.objects.values(*wanted).get(pk=worker.pk)
    return {name: str(row[name] or "") for name in wanted}
