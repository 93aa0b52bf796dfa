"""What the reader's own posters and short links brought: visits, registrations, applications."""

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from employers.models import JobPosting, Member
from jinba.accounts.choices import Role
from jinba.core.access import roles
from jinba.links.models import ShortLink
from labor.applications.models import Application
from labor.workers.models import Worker

PAGE = 50


@roles(Role.EMPLOYER, Role.BROKER, Role.PARK, Role.OFFICER, Role.ADMIN)
@require_safe
def links(request: HttpRequest) -> HttpResponse:
    """The newest fifty, with what each brought; three queries however many there are."""
    user: Any = request.user
    own = list(ShortLink.objects.filter(made_by=user)[:PAGE])
    codes = [link.code for link in own]
    registered = _counted(Worker.objects.filter(link_code__in=codes))
    applied = _counted(Application.objects.filter(link_code__in=codes))
    rows = [
        {
            "link": link,
            "url": request.build_absolute_uri(f"/s/{link.code}").split("://", 1)[1],
            "registered": registered.get(link.code, 0),
            "applied": applied.get(link.code, 0),
        }
        for link in own
    ]
    employer = Member.objects.filter(user=user).values_list("employer_id", flat=True).first()
    context = {
        "rows": rows,
        "most": max((link.visits for link in own), default=0),
        "base": "base_employer.html" if user.role == Role.EMPLOYER else "base_staff.html",
        "employer_path": f"/employers/{employer}/" if employer else "",
        "can_village": user.role != Role.EMPLOYER,
        "postings": JobPosting.objects.visible().filter(employer_id=employer)[:PAGE] if employer else [],
    }
    return render(request, "dashboards/links.html", context)


def _counted(rows: Any) -> dict[str, int]:
    return dict(rows.order_by().values_list("link_code").annotate(Count("pk")))
