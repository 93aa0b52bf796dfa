"""What a posting's interviewers look at and ask, and how those who were interviewed compare."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from employers.models import JobPosting
from jinba.accounts.choices import STAFF_ROLES, Role
from jinba.core.access import roles
from jinba.core.errors import Refused
from labor.interviews.actions.criteria import PRESETS, SUGGESTIONS, set_criteria
from labor.interviews.comparing import ORDERS, compared
from labor.interviews.forms.criteria import CriteriaForm


@roles(Role.EMPLOYER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def criteria(request: HttpRequest, posting_id: int) -> HttpResponse:
    """The lines as they are; POST puts others in their place."""
    posting = _posting(request, posting_id)
    kept = list(posting.criteria.filter(is_used=True))
    asked = list(posting.questions.filter(is_used=True))
    form = CriteriaForm(request.POST if request.method == "POST" else None, criteria=kept, questions=asked)
    if form.is_valid():
        try:
            set_criteria(posting=posting, by=request.user, criteria=form.criteria, questions=form.questions)
        except Refused as refusal:
            form.wrong[refusal.field or ""] = refusal.message
        else:
            messages.success(request, "存好了，下一场面试就用这些。")
            return redirect("interviewing:criteria", posting_id=posting.pk)
    context = {
        "posting": posting,
        "form": form,
        "presets": PRESETS,
        "suggestions": SUGGESTIONS,
        "is_first": not kept and not asked,
    }
    return render(request, "interviewing/criteria.html", context, status=422 if form.errors or form.wrong else 200)


@roles(Role.EMPLOYER, *STAFF_ROLES)
@never_cache
@require_GET
def results(request: HttpRequest, posting_id: int) -> HttpResponse:
    """Those who were interviewed for a posting, side by side."""
    posting = _posting(request, posting_id)
    order = request.GET.get("sort", "")
    order = order if order in ORDERS else next(iter(ORDERS))
    found = compared(posting, order)
    address = reverse("interviewing:results", args=[posting.pk])
    user: Any = request.user
    is_staff = user.role in STAFF_ROLES
    context = {
        "posting": posting,
        "found": found,
        "tabs": [
            {"text": words, "href": f"{address}?sort={key}", "current": key == order, "count": None}
            for key, words in ORDERS.items()
        ],
        "is_staff": is_staff,
        "base": "base_staff.html" if is_staff else "base_employer.html",
    }
    return render(request, "interviewing/results.html", context)


def _posting(request: HttpRequest, posting_id: int) -> JobPosting:
    found: JobPosting = get_object_or_404(JobPosting.objects.seen_by(request.user).with_card(), pk=posting_id)
    return found
