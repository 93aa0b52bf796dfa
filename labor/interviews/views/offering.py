"""The employer asks applicants to an interview: whom, how, and at which times."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from employers.models import JobPosting, Member
from employers.views.doors import members
from jinba.core.errors import Refused
from labor.applications.models import Application
from labor.interviews.actions import offering
from labor.interviews.agenda import askable, bookings, made_with
from labor.interviews.choices import SittingKind
from labor.interviews.forms.offering import OfferForm, Way
from labor.interviews.views.rows import clock, name_of, span

LISTED = 100
# Where a refusal of the action stands on the form.
FIELDS = {"applications": "application", "ends_at": "ends", "kind": "way", "answer_by": "answer_on"}


@members
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, member: Member, posting_id: int) -> HttpResponse:
    """Who was picked on the board is ticked already. A series is shown before it is sent."""
    posting = get_object_or_404(JobPosting.objects.seen_by(request.user).with_card(), pk=posting_id)
    picked = _picked(request)
    people = list(_people(posting, picked))
    colleagues = list(Member.objects.filter(employer=member.employer, user__is_active=True).select_related("user"))
    form = OfferForm(
        request.POST if request.method == "POST" else None,
        people=people,
        members=colleagues,
        initial={
            "application": [one.pk for one in people if one.pk in picked],
            "recruiter": request.user.pk,
            "place": member.employer.address,
        },
    )
    if request.method != "POST":
        return _page(request, posting, form, people, left_out=_left_out(posting, picked, people))
    if "look" in request.POST:
        form.only_series()
    if not form.is_valid():
        if (made := made_with(request.user, request.POST.get("slip", ""))) is not None:
            return redirect("interviewing:sitting", pk=made.pk)  # a second tap: those asked cannot be asked again
        return _page(request, posting, form, people, status=422)
    data = form.cleaned_data
    try:
        times, ends_at = _times(form)
        if data["way"] == Way.SERIES and not times:
            form.no_times()
            return _page(request, posting, form, people, status=422)
        if data["way"] == Way.SERIES and ("look" in request.POST or not form.series_was_seen):
            return _page(request, posting, form, people, series=_series(form, times))
        sitting = offering.offer(
            posting=posting,
            applications=[one for one in people if one.pk in data["application"]],
            recruiter=next(one.user for one in colleagues if one.user_id == data["recruiter"]),
            by=request.user,
            mode=data["mode"],
            times=times,
            minutes=data["minutes"],
            kind=SittingKind.QUEUE if data["way"] == Way.QUEUE else SittingKind.SLOTS,
            ends_at=ends_at,
            place=data["place"],
            note=data["note"],
            answer_by=data["answer_by"],
            slip=data["slip"],
            takes_walk_ins=data["takes_walk_ins"],
        )
    except Refused as refusal:
        _add_refusal(form, refusal)
        return _page(request, posting, form, people, status=422)
    answered = "答应来了" if sitting.is_queue else "选好时间"
    messages.success(request, f"已经问了 {len(data['application'])} 个人，对方{answered}会告诉您。")
    return redirect("interviewing:sitting", pk=sitting.pk)


def _picked(request: HttpRequest) -> set[int]:
    asked = request.GET.getlist("application") if request.method != "POST" else request.POST.getlist("application")
    return {int(one) for one in asked[:200] if one.isascii() and one.isdigit() and len(one) < 19}


def _people(posting: JobPosting, picked: Iterable[int]) -> Any:
    """Who may be asked, those picked first, then who has waited longest."""
    first = Case(When(pk__in=list(picked), then=Value(0)), default=Value(1), output_field=IntegerField())
    return askable(posting).select_related("worker__home").order_by(first, "stage_since", "pk")[:LISTED]


def _left_out(posting: JobPosting, picked: set[int], people: list[Application]) -> str:
    """Who was picked and cannot be asked now."""
    missing = picked - {one.pk for one in people}
    rows = Application.objects.filter(posting=posting, pk__in=missing).select_related("worker").order_by("pk")
    names = "、".join(name_of(one) for one in rows)
    return f"{names}现在不能约：已经约了面试、已发录用，或者报名已经结束。" if names else ""


def _times(form: OfferForm) -> tuple[list[datetime], datetime | None]:
    """The times that are offered, and the end of a queue."""
    data = form.cleaned_data
    if data["way"] == Way.TIMES:
        return list(data["times"]), None
    if data["way"] == Way.QUEUE:
        return [data["start"]], data["end"]
    times = offering.series(start=data["start"], end=data["end"], minutes=data["minutes"], pause=data["pause"] or 0)
    return [at for at in times if not form.series_was_seen or clock(at) in data["keep"]], None


def _series(form: OfferForm, times: list[datetime]) -> dict[str, Any]:
    """The times of a series to look at, each with what the recruiter has then; what is taken is not ticked."""
    data = form.cleaned_data
    taken = bookings(data["recruiter"], times, data["minutes"])
    return {
        "shown_for": form.series_shown,
        "times": [
            {"value": clock(at), "taken": span(taken[at].starts_at, taken[at].ends_at) if at in taken else ""}
            for at in times
        ],
        "free": len(times) - len(taken),
    }


def _add_refusal(form: OfferForm, refusal: Refused) -> None:
    """Beside the field it speaks of; one about times beside the row that is taken."""
    field = FIELDS.get(refusal.field or "", refusal.field)
    if refusal.field == "times":
        data = form.cleaned_data
        now = timezone.now()
        times = data.get("times", {})
        taken = bookings(data["recruiter"], times, data["minutes"])
        wrong = next((at for at in times if at <= now or at in taken), None)
        field = form.time_field(wrong)
    form.add_error(field if field in form.fields else None, refusal.message)


def _page(
    request: HttpRequest, posting: JobPosting, form: OfferForm, people: list[Application], *,
    series: dict[str, Any] | None = None, left_out: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    chosen = {str(one) for one in form["application"].value() or []}
    now = timezone.now()
    context = {
        "posting": posting,
        "form": form,
        "people": [
            {
                "pk": one.pk,
                "name": name_of(one),
                "note": f"{one.worker.home.path}，{_ago((now - one.stage_since).days)}{one.get_stage_display()}",
                "is_chosen": str(one.pk) in chosen,
            }
            for one in people
        ],
        "more": len(people) == LISTED,
        "rows": form.rows.shown_by(form),
        "spare_is_used": form.rows.spare_is_used(form),
        "series": series,
        "left_out": left_out,
        "wrong": [form[name] for name in form.fields if name in form.errors],
        "board_url": reverse("applicants:board", args=[posting.pk]),
    }
    return render(request, "interviewing/offer.html", context, status=status)


def _ago(days: int) -> str:
    return f"{days} 天前" if days else "今天"
