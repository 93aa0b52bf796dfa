"""Officers see whom to call at an employer, for a reason that is written down."""

from typing import Any

from django.db import transaction

from employers.models import Employer
from jinba.accounts.choices import STAFF_ROLES
from jinba.core.errors import Refused
from jinba.privacy import actions as privacy
from jinba.privacy.choices import Subject
from jinba.privacy.fields import CONTACT_PHONE


@transaction.atomic
def reveal_contact(*, employer: Employer, by: Any, purpose: str, reason: str = "") -> dict[str, str]:
    """The contact's phone in clear. Its members and who applied there see it anyway: the employer gave it for that."""
    if by.role not in STAFF_ROLES:
        raise Refused("只有工作人员可以查看。")
    privacy.look(
        by=by, subject=Subject.EMPLOYER, subject_id=employer.pk, fields=[CONTACT_PHONE], purpose=purpose, reason=reason
    )
    return {CONTACT_PHONE: str(Employer.objects.values_list("contact_phone", flat=True).get(pk=employer.pk) or "")}
