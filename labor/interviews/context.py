from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from jinba.accounts.choices import Role
from labor.interviews.agenda import need_me


def interviews(request: HttpRequest) -> dict[str, Any]:
    """How many interviews ask something of the recruiter today; asked of the database only where it is shown."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.role != Role.EMPLOYER:
        return {"interviews_to_do": 0}
    return {"interviews_to_do": SimpleLazyObject(lambda: need_me(user, timezone.now()))}
