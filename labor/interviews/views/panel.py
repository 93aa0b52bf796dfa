"""The recruiter's card: beside the call, and on a page of its own for interviews without video."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from jinba.accounts.choices import STAFF_ROLES, Role
from jinba.core.access import roles
from jinba.core.errors import Refused
from labor.interviews.actions.scoring import HANDED_IN, Stale, hand_in, save_card
from labor.interviews.choices import NextStep, RecordingState
from labor.interviews.forms.scorecard import ScorecardForm
from labor.interviews.models import Interview, Scorecard
from labor.interviews.panel import card_of, form_for, interviews_for_panel, panel_context
from labor.interviews.scoring import in_words, total

DONE = "交好了，已经告诉求职者。"


@roles(Role.EMPLOYER, *STAFF_ROLES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def scorecard(request: HttpRequest, pk: int) -> HttpResponse:
    """The card; POST hands it in, or with `keep` only keeps it. Officers read what was handed in."""
    interview = _interview(request, pk)
    user: Any = request.user
    if user.role in STAFF_ROLES:
        return _page(request, interview) if request.method != "POST" else HttpResponse(status=405)
    if request.method != "POST":
        return _page(request, interview)
    card = card_of(interview)
    if card is not None and card.handed_in_at:
        return _handed_in(request, interview, card, HANDED_IN)
    form = form_for(interview, card, request.POST)
    if not form.is_valid():
        return _refused(request, interview, form)
    try:
        card = save_card(interview=interview, by=user, data=form.card, version=form.cleaned_data["version"] or 0)
        if "keep" in request.POST:
            messages.success(request, "存好了，还没有交。")
            return redirect("interviewing:scorecard", pk=interview.pk)
        card = hand_in(interview=interview, by=user, data=form.card)
    except Refused as refusal:
        form.say(refusal)
        return _refused(request, interview, form, 409 if isinstance(refusal, Stale) else 422, card)
    return _handed_in(request, interview, card, DONE)


@roles(Role.EMPLOYER)
@never_cache
@require_POST
def draft(request: HttpRequest, pk: int) -> JsonResponse:
    """Keeps what is written so far: {"version", "saved_at", "total"}; 409 when another page wrote since."""
    interview = _interview(request, pk)
    form = form_for(interview, card_of(interview), request.POST)
    if not form.is_valid():
        return JsonResponse({"detail": _first_error(form)}, status=422)
    try:
        card = save_card(
            interview=interview, by=request.user, data=form.card, version=form.cleaned_data["version"] or 0
        )
    except Stale as stale:
        return JsonResponse({"detail": stale.message, "version": stale.card.version}, status=409)
    except Refused as refusal:
        return JsonResponse({"detail": refusal.message, "field": refusal.field}, status=422)
    points = list(card.scores.values_list("weight", "points"))
    at = timezone.localtime(card.saved_at)
    return JsonResponse({"version": card.version, "saved_at": f"{at:%H:%M}", "total": in_words(total(points))})


# Inside --------------------------------------------------------------------------------------------------------------


def _interview(request: HttpRequest, pk: int) -> Interview:
    found: Interview = get_object_or_404(interviews_for_panel().seen_by(request.user), pk=pk)
    return found


def _page(
    request: HttpRequest, interview: Interview, form: ScorecardForm | None = None, status: int = 200
) -> HttpResponse:
    user: Any = request.user
    is_staff = user.role in STAFF_ROLES
    context = {
        "interview": interview,
        "panel": panel_context(interview, user, form),
        "is_staff": is_staff,
        "films": list(interview.recordings.filter(state=RecordingState.KEPT).order_by("pk")),
        "base": "base_staff.html" if is_staff else "base_employer.html",
    }
    return render(request, "interviewing/scorecard.html", context, status=status)


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _first_error(form: ScorecardForm) -> str:
    return str(next(iter(form.errors.values()))[0])


def _refused(
    request: HttpRequest, interview: Interview, form: ScorecardForm, status: int = 422, card: Scorecard | None = None
) -> HttpResponse:
    if not _wants_json(request):
        if card is not None and status != 409:  # what was written is kept, so the next try begins with that version
            data = request.POST.copy()
            data[form.add_prefix("version")] = str(card.version)
            form.data = data
        return _page(request, interview, form, status)
    field = next(iter(form.errors))
    said: dict[str, Any] = {"detail": _first_error(form), "field": None if field == "__all__" else field}
    if card is not None:
        said["version"] = card.version
    return JsonResponse(said, status=status)


def _handed_in(request: HttpRequest, interview: Interview, card: Scorecard, words: str) -> HttpResponse:
    messages.success(request, words) if words == DONE else messages.info(request, words)
    url = reverse("interviewing:scorecard", args=[interview.pk])
    if words == DONE and card.next_step == NextStep.AGAIN:
        url = again_url(interview)
    return JsonResponse({"url": url}) if _wants_json(request) else redirect(url)


def again_url(interview: Interview) -> str:
    """Where the next round is arranged."""
    page = reverse("interviewing:offer", args=[interview.application.posting_id])
    return f"{page}?application={interview.application_id}"
