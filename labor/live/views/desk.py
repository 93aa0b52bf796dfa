"""The studio's first page: one's sessions, those to come first; and a new one."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from employers.models import Member
from employers.problems import Incomplete
from jinba.accounts.choices import STAFF_ROLES, Role
from jinba.core.access import roles
from jinba.core.errors import Refused
from jinba.core.spoken import when_range
from labor.live.actions import planning
from labor.live.choices import COMING, State
from labor.live.forms.planning import FIELDS, SessionForm
from labor.live.models import LiveSession, StudioTime

STUDIO = (Role.PARK, Role.EMPLOYER, *STAFF_ROLES)
PLANNERS = (Role.PARK, Role.EMPLOYER)
PAGE = 20
BOOKED_AHEAD = timedelta(days=30)
LOOKS = {
    State.PLANNED: "", State.REVIEW: "wait", State.ANNOUNCED: "info", State.LIVE: "good", State.ENDED: "",
    State.REPLAY: "teal", State.ABORTED: "bad", State.CANCELLED: "",
}  # fmt: skip


def base_of(request: HttpRequest) -> str:
    is_employer = request.user.role == Role.EMPLOYER  # type: ignore[union-attr]
    return "base_employer.html" if is_employer else "base_staff.html"


def look_of(session: LiveSession) -> str:
    """The colour of the badge of its state."""
    return LOOKS[State(session.state)]


def session_of(request: HttpRequest, pk: int) -> LiveSession:
    """The session, if this user has to do with it; Http404 otherwise."""
    rows: Any = LiveSession.objects.seen_by(request.user).select_related("host", "studio", "made_by", "room")
    return get_object_or_404(rows, pk=pk)


def put(form: Any, refusal: Refused) -> None:
    """An action's refusal beside the field that it speaks of, or each of its sentences beside its own."""
    told = refusal.problems if isinstance(refusal, Incomplete) else {refusal.field or "": refusal.message}
    for name, words in told.items():
        field = FIELDS.get(name, name)
        form.add_error(field if field in form.fields else None, words)


def put_rules(form: SessionForm, session: LiveSession | None) -> None:
    """Beside what could not be read, what breaks a rule: nobody mends one only to hear of the next."""
    if found := planning.problems(session=session, **form.told):
        put(form, Incomplete(found))


@roles(*STUDIO)
@never_cache
@require_safe
def list_(request: HttpRequest) -> HttpResponse:
    """What is on, what comes, and with `?show=past` what was."""
    user: Any = request.user
    is_past = request.GET.get("show") == "past"
    rows = LiveSession.objects.seen_by(user).select_related("host", "studio")
    rows = rows.annotate(
        cards_count=Count("cards", filter=Q(cards__removed_at__isnull=True), distinct=True),
        reserved=Count("reservations", distinct=True),
    )
    here = reverse("studio:list")
    if is_past:
        number = _page_number(request.GET.get("page"))
        found = list(
            rows.exclude(state__in=COMING).order_by("-starts_at", "-pk")[(number - 1) * PAGE : number * PAGE + 1]
        )
        more = {
            "previous_url": f"{here}?show=past&page={number - 1}" if number > 1 else "",
            "next_url": f"{here}?show=past&page={number + 1}" if len(found) > PAGE else "",
        }
        lines = [_line(one) for one in found[:PAGE]]
    else:
        coming = list(rows.filter(state__in=COMING).order_by("starts_at", "pk")[:200])
        coming.sort(key=lambda one: one.state != State.LIVE)
        lines, more = [_line(one) for one in coming], {}
    context = {
        "base": base_of(request),
        "lines": lines,
        "is_past": is_past,
        "tabs": [
            {"text": "接下来", "href": here, "current": not is_past},
            {"text": "以前", "href": f"{here}?show=past", "current": is_past},
        ],
        "may_plan": _may_begin(user),
        "is_officer": user.role in STAFF_ROLES,
        **more,
    }
    return render(request, "studio/list.html", context)


def _page_number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and 0 < int(text[:6]) < 10_000 else 1


def _line(session: LiveSession) -> dict[str, Any]:
    return {
        "session": session,
        "when": when_range(session.starts_at, session.ends_at),
        "look": look_of(session),
        "url": reverse("studio:console" if session.is_on else "studio:plan", args=[session.pk]),
    }


def _may_begin(user: Any) -> bool:
    return user.role == Role.PARK or (user.role == Role.EMPLOYER and Member.objects.filter(user=user).exists())


@roles(*PLANNERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new session, hosted by the user's employer or by the zone."""
    user: Any = request.user
    if not _may_begin(user):
        return redirect("employers:register")
    form = SessionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            session = planning.create(by=user, slip=form.cleaned_data["slip"], **form.told)
        except Refused as refusal:
            put(form, refusal)
        else:
            messages.success(request, "建好了。接着选岗位、请主播。")
            return redirect("studio:plan", pk=session.pk)
    elif form.is_bound:
        put_rules(form, None)
    return form_page(request, form, None)


def form_page(request: HttpRequest, form: SessionForm, session: LiveSession | None) -> HttpResponse:
    """The form, with what is booked in the studios already."""
    host = session.host_name if session else _host_name(request.user)
    context = {
        "base": base_of(request),
        "form": form,
        "session": session,
        "host_name": host,
        "booked": _booked(session),
        "wrong": [form[name] for name in form.fields if name in form.errors],
        "is_announced": session is not None and session.state in (State.REVIEW, State.ANNOUNCED),
        "back_url": reverse("studio:plan", args=[session.pk]) if session else reverse("studio:list"),
    }
    return render(request, "studio/edit.html", context, status=422 if form.is_bound else 200)


def _host_name(user: Any) -> str:
    member = Member.objects.select_related("employer").filter(user=user).first() if user.role == Role.EMPLOYER else None
    return member.employer.name if member else LiveSession().host_name


def _booked(session: LiveSession | None) -> list[str]:
    """When the studios are taken in the next weeks; whose it is nobody needs to know."""
    now = timezone.now()
    rows = StudioTime.objects.filter(ends_at__gt=now, starts_at__lt=now + BOOKED_AHEAD, studio__is_active=True)
    if session is not None:
        rows = rows.exclude(session=session)
    rows = rows.select_related("studio").order_by("starts_at", "pk")[:30]
    return [f"{row.studio.name} {when_range(row.starts_at, row.ends_at)}" for row in rows]
