from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from jinba.accounts.choices import Role
from labor.applications.choices import LIVE
from labor.applications.models import Application


def own_application(request: HttpRequest) -> dict[str, Any]:
    """On a posting's page, the reader's running application to it; asked of the database only where it is shown."""
    user, found = getattr(request, "user", None), request.resolver_match
    if found is None or found.view_name != "postings:detail" or user is None or not user.is_authenticated:
        return {}
    if user.role != Role.SEEKER:
        return {}
    rows = Application.objects.filter(worker__user=user, posting=found.kwargs["pk"], stage__in=LIVE)
    return {"own_application": SimpleLazyObject(lambda: rows.first())}
