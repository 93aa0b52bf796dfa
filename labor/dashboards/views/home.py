"""The first page of the service zone, for everybody; and the door to each role's own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from employers.models import JobPosting
from jinba.core.access import public
from jinba.core.page_cache import public_page
from labor.dashboards.figures import home_figures

NEWEST = 6


@public
@require_safe
@public_page(seconds=30)
def home(request: HttpRequest) -> HttpResponse:
    newest = JobPosting.objects.visible().with_card().order_by("-published_at", "-pk")[:NEWEST]
    return render(request, "dashboards/home.html", {"figures": home_figures(), "newest": list(newest)})
