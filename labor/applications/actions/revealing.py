"""An employer sees the phone of somebody who applied."""

from typing import Any

from django.db import transaction

from jinba.core.errors import Refused
from jinba.core.locks import locked_one
from jinba.privacy.fields import PHONE
from labor.applications.actions.history import must_be_member
from labor.applications.models import Application
from labor.workers.actions import revealing


@transaction.atomic
def reveal_contact(*, application: Application, by: Any, purpose: str, reason: str = "") -> dict[str, str]:
    """The applicant's phone in clear, while the application runs and his consent stands; written down first."""
    rows = Application.objects.select_related("worker", "posting__employer").defer("posting__search")
    application = locked_one(rows, pk=application.pk)  # he may be taking his consent back at this moment
    employer = application.posting.employer
    must_be_member(by=by, employer_id=employer.pk)
    if not application.shows_person:
        raise Refused("求职者已撤回授权，不再显示他的电话。")
    if not application.is_live:
        raise Refused("这个报名已经结束，不再显示电话。")
    return revealing.show(
        worker=application.worker,
        by=by,
        fields=[PHONE],
        purpose=purpose,
        reason=reason,
        organisation=employer.name,
    )
