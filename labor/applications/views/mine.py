"""The worker's side: apply, follow, answer."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from employers.models import JobPosting
from jinba.accounts.choices import Role
from jinba.core.access import roles
from jinba.core.errors import Refused
from jinba.links.arrival import link_code
from labor.applications import actions as applications
from labor.applications import words
from labor.applications.actions.applying import asks_birth_date, why_closed
from labor.applications.arrivals import note_of
from labor.applications.choices import LIVE, CloseReason, Stage
from labor.applications.consent import consent_text
from labor.applications.forms import BirthDateForm, WithdrawForm
from labor.applications.models import Application, ApplicationEvent, CompanionAsk, PostingInvitation
from labor.applications.moves import WORKER, can_move
from labor.applications.views.bases import base_of
from labor.workers import actions as workers
from labor.workers.models import Worker

PAGE = 20
HELPERS: tuple[str, ...] = (Role.BROKER, Role.PARK)


@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, posting_id: int) -> HttpResponse:
    """GET shows the posting and who will receive the data; POST applies. One tap, no script needed."""
    user: Any = request.user
    if user.role in HELPERS:
        return redirect("acting:choose", posting_id=posting_id)
    if user.role != Role.SEEKER:
        text = f"您现在用的是“{user.get_role_display()}”账号。要报名找工作，请退出后用求职者的身份登录。"
        return render(request, "refused.html", {"text": text}, status=403)
    posting = get_object_or_404(JobPosting.objects.with_card().filter(published_at__isnull=False), pk=posting_id)
    worker = getattr(user, "worker", None)
    if worker is None:
        return redirect(f"{reverse('workers:start')}?{urlencode({'next': request.path})}")
    running = Application.objects.filter(worker=worker, posting=posting, stage__in=LIVE).first()
    wants_birth = running is None and asks_birth_date(worker=worker, posting=posting)
    # Asked only where the law needs the answer (C13), so that everything else stays one tap.
    form = BirthDateForm(request.POST if request.method == "POST" else None) if wants_birth else None
    if request.method == "POST" and _is_answered(form, worker, user):
        try:
            application = applications.apply(
                worker=worker, posting=posting, by=user, link_code=link_code(request), note=note_of(request, posting.pk)
            )
        except Refused as refusal:
            context = {"posting": posting, "words": refusal.message}
            return render(request, "applications/closed.html", context, status=409)
        if running is None:
            messages.success(request, "报名成功！企业已经收到。")
        return redirect(application)
    if running:
        return redirect(running)
    if not JobPosting.objects.open().filter(pk=posting.pk).exists():
        context = {"posting": posting, "words": why_closed(posting=posting)}
        return render(request, "applications/closed.html", context, status=410)
    invitation = PostingInvitation.objects.filter(worker=worker, posting=posting, declined_at__isnull=True).first()
    context = {
        "posting": posting,
        "worker": worker,
        "invitation": invitation,
        "consent": consent_text(posting.employer.name),
        "form": form,
        "companions": _companions(worker),
    }
    return render(request, "applications/apply.html", context, status=422 if request.method == "POST" else 200)


def _is_answered(form: BirthDateForm | None, worker: Worker, user: Any) -> bool:
    """True when nothing is asked, or the birth date is now known; otherwise the form says why not."""
    if form is None:
        return True
    if not form.is_valid():
        return False
    try:
        workers.answer(worker=worker, by=user, question="birth", **form.cleaned_data)
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return False
    return True


def _companions(worker: Worker) -> list[str]:
    """Masked names of those who go with him."""
    if worker.group_id is None:
        return []
    others = Worker.objects.active().filter(group=worker.group_id).exclude(pk=worker.pk).order_by("pk")
    return [one.masked_name for one in others]


@roles(Role.SEEKER)
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """The worker's applications, the newest first, and invitations that wait for a word."""
    rows = Application.objects.seen_by(request.user).select_related("posting__employer", "posting__region")
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.defer("posting__duties", "posting__requirements", "posting__search")[: PAGE + 1])
    shown = found[:PAGE]
    invitations = [] if before else _open_invitations(request.user)
    context = {
        "cards": [{"application": row, "next_step": words.next_step(row)} for row in shown],
        "invitations": invitations,
        "asks": [] if before else _open_asks(request.user),
        "next_url": f"?before={shown[-1].pk}" if len(found) > PAGE else "",
        "first_url": reverse("applications:mine") if before else "",
    }
    return render(request, "applications/mine.html", context)


def _open_asks(user: Any) -> list[CompanionAsk]:
    """Companions who wait for a word whether he comes along."""
    rows = CompanionAsk.objects.filter(
        worker__user=user, is_coming__isnull=True, together__posting__in=JobPosting.objects.open()
    )
    return list(rows.select_related("together__posting__employer").order_by("-pk")[:10])


def _open_invitations(user: Any) -> list[PostingInvitation]:
    rows = PostingInvitation.objects.filter(
        worker__user=user, declined_at__isnull=True, posting__in=JobPosting.objects.open()
    ).exclude(posting__applications__worker__user=user)
    return list(rows.select_related("posting__employer", "posting__region", "posting__zone").order_by("-pk")[:10])


@roles(Role.SEEKER, *HELPERS)
@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Where one application stands, what happens next, what the worker can do now."""
    application = _own(request, pk)
    events = list(application.events.select_related("by"))
    for event in events:
        event.application = application
    posting = application.posting
    context = {
        "application": application,
        "posting": posting,
        "phone": posting.employer.contact_phone,
        "next_step": words.next_step(application),
        "why": words.closing_words(
            application.close_reason, application.close_note, own=application.stage == Stage.WITHDRAWN
        ),
        "steps": _road(application, events),
        "history": [_told(event) for event in reversed(events)],
        "is_offer": application.stage == Stage.OFFERED,
        "can_withdraw": can_move(application.stage, Stage.WITHDRAWN, WORKER) and application.stage != Stage.OFFERED,
        "can_arrive": application.stage == Stage.ACCEPTED,
        **_frame(request, application),
    }
    return render(request, "applications/detail.html", context)


def _frame(request: HttpRequest, application: Application) -> dict[str, Any]:
    """Whose page it is: the worker's own, or his helper's, who reads for whom he acts."""
    worker = application.worker
    is_helper = request.user.role in HELPERS  # type: ignore[union-attr]
    return {
        "base": base_of(request),
        "acts_for": worker.name if is_helper else "",
        "home_url": reverse("persons:detail", args=[worker.pk]) if is_helper else reverse("applications:mine"),
        "home_text": worker.name if is_helper else "我的报名",
    }


def _told(event: ApplicationEvent) -> dict[str, Any]:
    own = event.to_stage == Stage.WITHDRAWN
    text = words.closing_words(event.reason, event.note, own=own) if event.reason else event.note
    return {"title": words.happened(event), "text": text, "when": date_format(localtime(event.at), "n月j日 H:i")}


def _road(application: Application, events: list[ApplicationEvent]) -> list[dict[str, Any]]:
    """The pieces of the road: walked, the present one, still to come; a closed application ends where it was."""
    reached = max(
        (number for event in events for number, (_, stages) in enumerate(words.ROAD) if event.to_stage in stages),
        default=0,
    )
    current = next((number for number, (_, stages) in enumerate(words.ROAD) if application.stage in stages), reached)
    steps: list[dict[str, Any]] = []
    for number, (title, _) in enumerate(words.ROAD):
        if number < current or application.stage == Stage.ONBOARDED:
            state = "done"
        elif number == current:
            state = "now" if application.is_live else "done"
        else:
            state = "later"
        if application.is_live or number <= reached:
            steps.append({"title": title, "state": state})
    if application.is_closed:
        ended = date_format(localtime(application.stage_since), "n月j日")
        steps.append({"title": application.public_word, "state": "bad", "when": ended})
    return steps


ANSWERS = {"accept", "decline", "withdraw", "arrive"}


@roles(Role.SEEKER, *HELPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """GET asks once more, POST does it: accept or decline an offer, withdraw, say that one has arrived."""
    application = _own(request, pk)
    wanted = (request.POST if request.method == "POST" else request.GET).get("answer", "")
    if wanted not in ANSWERS:
        return redirect(application)
    form = None
    if wanted in ("decline", "withdraw"):
        form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        try:
            if form is None or form.is_valid():
                return _answer(request, application, wanted, form)
        except Refused as refusal:
            if form is None or refusal.field not in form.fields:
                messages.error(request, refusal.message)
                return redirect(application)
            form.add_error(refusal.field, refusal.message)
    context = {"application": application, "posting": application.posting, "answer": wanted, "form": form}
    context |= _frame(request, application)
    return render(request, "applications/answer.html", context, status=422 if request.method == "POST" else 200)


def _answer(request: HttpRequest, application: Application, wanted: str, form: WithdrawForm | None) -> HttpResponse:
    name = application.posting.employer.name
    if wanted == "accept":
        applications.accept(application=application, by=request.user)
        messages.success(request, f"说好了！{name} 已经知道。")
    elif wanted == "arrive":
        applications.move(application=application, to=Stage.ONBOARDED, by=request.user)
        messages.success(request, "记下了，祝工作顺利！")
    elif form is not None:
        act = applications.decline if wanted == "decline" else applications.withdraw
        data = form.cleaned_data
        act(application=application, by=request.user, reason=CloseReason(data["reason"]), note=data["note"])
        messages.success(request, f"已经告诉 {name}。")
    return redirect(application)


@roles(Role.SEEKER, *HELPERS)
@require_POST
def decline_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(PostingInvitation, pk=pk, worker__in=Worker.objects.seen_by(request.user))
    applications.decline_invitation(invitation=invitation, by=request.user)
    messages.success(request, "好的，不再提醒这个岗位。")
    if request.user.role in HELPERS:  # type: ignore[union-attr]
        return redirect("persons:detail", pk=invitation.worker_id)
    return redirect("applications:mine")


def _own(request: HttpRequest, pk: int) -> Application:
    rows = Application.objects.seen_by(request.user).select_related(
        "posting__employer", "posting__region", "posting__zone", "posting__trade", "worker", "together"
    )
    return get_object_or_404(rows, pk=pk)
