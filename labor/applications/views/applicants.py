"""The employer's side: a board by stage, one applicant, moves one by one or many at once."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from employers.models import JobPosting
from jinba.accounts.choices import Role
from jinba.core.access import roles
from jinba.core.errors import Refused
from jinba.privacy.fields import PHONE
from jinba.privacy.forms import FOR_EMPLOYERS
from jinba.privacy.revealing import answer, piece
from jinba.reference.models import Trade
from labor.applications import actions as applications
from labor.applications.actions.arranging import CAN_BE_ASKED
from labor.applications.choices import CLOSED, Stage
from labor.applications.forms import BulkForm, ClosingForm, NoteForm
from labor.applications.models import Application, ApplicationEvent
from labor.applications.moves import EMPLOYER, needs_reason, next_stages
from labor.applications.resume import resume
from labor.applications.views.company import applied_for, company_of, side_by_side, words_of
from labor.applications.words import closing_words

# How many of a column the board shows (on a phone the style sheet shows fewer), and its own page.
IN_COLUMN, ON_PHONE, ON_PAGE = 12, 3, 40
COLUMNS: dict[str, tuple[str, tuple[Stage, ...]]] = {
    "new": ("新报名", (Stage.APPLIED,)),
    "reading": ("在看", (Stage.PROCESSING, Stage.NEED_INFO, Stage.SHORTLISTED)),
    "interview": ("面试", (Stage.INTERVIEW_SCHEDULED, Stage.INTERVIEWED)),
    "offer": ("录用中", (Stage.PRIOR_TO_HIRE, Stage.OFFERED)),
    "hired": ("已录用", (Stage.ACCEPTED, Stage.ONBOARDED)),
    "closed": ("已结束", CLOSED),
}
TAKEN_BACK = "求职者已撤回授权，不再显示他的资料。"
# What a member does, in the words of the buttons.
DEEDS = {
    Stage.PROCESSING: "受理",
    Stage.NEED_INFO: "请对方补充资料",
    Stage.SHORTLISTED: "初审通过",
    Stage.INTERVIEWED: "面试完了",
    Stage.PRIOR_TO_HIRE: "预录用（体检、培训）",
    Stage.OFFERED: "发录用",
    Stage.ONBOARDED: "确认到岗",
    Stage.REJECTED: "不合适",
    Stage.POOL: "放进人才池",
    Stage.RETRACTED: "撤销录用",
}


@roles(Role.EMPLOYER)
@require_GET
def board(request: HttpRequest, posting_id: int) -> HttpResponse:
    """All stages side by side, each cut after a few; `?column=` shows one of them page by page."""
    posting = _posting(request, posting_id)
    chosen = request.GET.get("column", "")
    if chosen and chosen not in COLUMNS:
        raise Http404
    counts = _counts(posting)
    if chosen:
        columns, next_url = _one_column(posting, chosen, counts, request.GET)
    else:
        columns, next_url = [_column(posting, key, counts) for key in COLUMNS if key != "closed"], ""
    _dress(columns)
    address = reverse("applicants:board", args=[posting.pk])
    tabs = [{"text": "全部", "href": address, "current": not chosen, "count": sum(counts.values()) - counts["closed"]}]
    tabs += [
        {"text": title, "href": f"{address}?column={key}", "current": key == chosen, "count": counts[key]}
        for key, (title, _) in COLUMNS.items()
    ]
    context = {
        "posting": posting,
        "columns": columns,
        "tabs": tabs,
        "chosen": chosen,
        "next_url": next_url,
        "moves": _bulk_moves(chosen),
        "may_ask": not chosen or bool(set(COLUMNS[chosen][1]) & set(CAN_BE_ASKED)),
        "is_empty": not sum(counts.values()),
    }
    return render(request, "applicants/board.html", context)


def _posting(request: HttpRequest, posting_id: int) -> JobPosting:
    return get_object_or_404(JobPosting.objects.seen_by(request.user).with_card(), pk=posting_id)


def _counts(posting: JobPosting) -> dict[str, int]:
    asked = {key: Count("pk", filter=Q(stage__in=stages)) for key, (_, stages) in COLUMNS.items()}
    return Application.objects.filter(posting=posting).aggregate(**asked)


def _rows(posting: JobPosting, key: str) -> Any:
    rows = Application.objects.filter(posting=posting, stage__in=COLUMNS[key][1])
    # Who has waited longest comes first; among the closed ones, what ended last.
    order = ("-stage_since", "-pk") if key == "closed" else ("stage_since", "pk")
    return rows.select_related("worker__home", "worker__group").order_by(*order)


def _column(posting: JobPosting, key: str, counts: dict[str, int]) -> dict[str, Any]:
    address = reverse("applicants:board", args=[posting.pk])
    return {
        "key": key,
        "title": COLUMNS[key][0],
        "count": counts[key],
        "rows": list(_rows(posting, key)[:IN_COLUMN]) if counts[key] else [],
        "more_url": f"{address}?column={key}" if counts[key] > ON_PHONE else "",
    }


def _one_column(posting: JobPosting, key: str, counts: dict[str, int], asked: Any) -> tuple[list[dict[str, Any]], str]:
    rows = _rows(posting, key)
    since, after = _parsed(asked.get("since", "")), asked.get("after", "")
    if since and after.isascii() and after.isdigit() and len(after) < 19:
        way = "lt" if key == "closed" else "gt"
        rows = rows.filter(Q(**{f"stage_since__{way}": since}) | Q(stage_since=since, **{f"pk__{way}": int(after)}))
    found = list(rows[: ON_PAGE + 1])
    shown = found[:ON_PAGE]
    next_url = ""
    if len(found) > ON_PAGE:
        last = shown[-1]
        next_url = "?" + urlencode({"column": key, "since": last.stage_since.isoformat(), "after": last.pk})
    return [{"key": key, "title": COLUMNS[key][0], "count": counts[key], "rows": shown, "more_url": ""}], next_url


def _parsed(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found and timezone.is_aware(found) else None


def _dress(columns: list[dict[str, Any]]) -> None:
    """Turn rows into cards; one query for the names of all trades on them."""
    codes = {code for column in columns for row in column["rows"] for code in row.worker.trades}
    trades = dict(Trade.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}
    company = words_of([row for column in columns for row in column["rows"]])
    now = timezone.now()
    for column in columns:
        column["cards"] = [_card(row, trades, company, now) for row in side_by_side(column.pop("rows"))]


def _card(row: Application, trades: dict[int, str], company: dict[int, str], now: datetime) -> dict[str, Any]:
    worker = row.worker
    if not row.shows_person:
        return _nobody(row, now)
    wanted = "、".join(trades[code] for code in worker.trades if code in trades)
    chips = [row.get_stage_display()]
    if row.together_id in company:
        chips.append(company[row.together_id])
    elif worker.group:
        chips.append(f"{worker.group.get_kind_display()}结伴")
    if row.via != "self":
        chips.append(row.get_via_display())
    years = f"干了 {worker.years} 年" if worker.years else ""
    why = closing_words(row.close_reason, row.close_note) if row.is_closed else ""
    return {
        "pk": None if row.is_closed else row.pk,
        "name": worker.name,
        "href": reverse("applicants:detail", args=[row.pk]),
        "lines": [line for line in (worker.home.path, "，".join(filter(None, (wanted, years))), why) if line],
        "chips": chips,
        "since": _since(row, now),
    }


def _nobody(row: Application, now: datetime) -> dict[str, Any]:
    """The card of somebody who took his consent back."""
    return {
        "pk": None if row.is_closed else row.pk,
        "name": row.worker.masked_name,
        "href": reverse("applicants:detail", args=[row.pk]),
        "lines": [TAKEN_BACK],
        "chips": [row.get_stage_display()],
        "since": _since(row, now),
    }


def _since(row: Application, now: datetime) -> str:
    """How long it lies there and, when that is too long, until when it will."""
    ago, left = _ago((now - row.stage_since).days), applications.days_left(application=row, now=now)
    if left is None:
        return ago
    return f"{ago}，还剩 {left} 天会自动结束" if left else f"{ago}，今天会自动结束"


def _ago(days: int) -> str:
    return "今天" if days < 1 else f"{days} 天前"


def _bulk_moves(chosen: str) -> list[tuple[str, str]]:
    """The deeds that fit at least one of the stages shown."""
    stages = COLUMNS[chosen][1] if chosen else tuple(Stage)
    fitting = {to for stage in stages for to in next_stages(stage, EMPLOYER)}
    return [(stage.value, words) for stage, words in DEEDS.items() if stage in fitting]


@roles(Role.EMPLOYER)
@require_POST
def bulk(request: HttpRequest, posting_id: int) -> HttpResponse:
    """Move those picked, each checked by itself, and say row by row what became of it."""
    posting = _posting(request, posting_id)
    form = BulkForm(request.POST)
    back = reverse("applicants:board", args=[posting.pk])
    if not form.is_valid():
        messages.warning(request, form.first_error)
        return redirect(back)
    to, picked = Stage(form.cleaned_data["move"]), form.cleaned_data["picked"]
    if to == Stage.INTERVIEW_SCHEDULED:
        return redirect(asking_url(posting.pk, picked))
    closing = None
    if form.needs_reason:
        closing = ClosingForm(request.POST if "reason" in request.POST else None)
        if not closing.is_valid():
            return _ask_why(request, posting, to, picked, closing)
    data = closing.cleaned_data if closing else {"reason": "", "note": ""}
    try:
        results = applications.move_many(ids=picked, to=to, by=request.user, posting=posting, **data)
    except Refused as refusal:
        if closing is None or refusal.field not in closing.fields:
            raise
        closing.add_error(refusal.field, refusal.message)
        return _ask_why(request, posting, to, picked, closing)
    context = {
        "posting": posting,
        "deed": DEEDS.get(to, to.label),
        "results": results,
        "moved": sum(row.is_moved for row in results),
    }
    return render(request, "applicants/bulk_result.html", context)


def asking_url(posting_id: int, picked: Iterable[int]) -> str:
    """Where these people are asked to an interview; a stage of its own without a time there is not."""
    query = urlencode([("application", pk) for pk in picked])
    return f"{reverse('interviewing:offer', args=[posting_id])}?{query}"


def _ask_why(
    request: HttpRequest, posting: JobPosting, to: Stage, picked: Iterable[int], form: ClosingForm
) -> HttpResponse:
    rows = Application.objects.filter(posting=posting, pk__in=picked).select_related("worker")
    names = (row.worker.name if row.shows_person else row.worker.masked_name for row in rows)
    context = {
        "posting": posting,
        "deed": DEEDS.get(to, to.label),
        "names": list(names),
        "hidden": [("move", to.value), *(("picked", pk) for pk in picked)],
        "form": form,
    }
    return render(request, "applicants/bulk_reason.html", context, status=422 if form.is_bound else 200)


@roles(Role.EMPLOYER)
@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One applicant: who it is, what happened, what can be done."""
    return _detail(request, _application(request, pk))


def _application(request: HttpRequest, pk: int) -> Application:
    rows = Application.objects.seen_by(request.user).select_related(
        "posting__employer", "posting__region", "posting__zone", "posting__trade",
        "worker__home", "worker__group", "applied_by", "together",
    )  # fmt: skip
    return get_object_or_404(rows, pk=pk)


def _detail(
    request: HttpRequest, application: Application, closing: ClosingForm | None = None, status: int = 200
) -> HttpResponse:
    stages = next_stages(application.stage, EMPLOYER)
    worker = application.worker
    context = {
        "application": application,
        "worker": worker,
        "posting": application.posting,
        "name": worker.name if application.shows_person else worker.masked_name,
        "taken_back": "" if application.shows_person else TAKEN_BACK,
        # Whoever takes the application back takes the consent back too.
        "reveal": _reveal(application) if application.allows_contact else None,
        "facts": resume(worker) if application.shows_person else [],
        "why": closing_words(application.close_reason, application.close_note),
        "history": [
            {
                "title": event.get_to_stage_display(),
                "text": closing_words(event.reason, event.note) if event.reason else event.note,
                "when": f"{date_format(timezone.localtime(event.at), 'n月j日 H:i')} · {_who(event, application)}",
            }
            for event in reversed(application.events.select_related("by"))
        ],
        "asking_url": (
            asking_url(application.posting_id, [application.pk])
            if application.stage in CAN_BE_ASKED and application.shows_person
            else ""
        ),
        "forward": [(stage.value, DEEDS[stage]) for stage in stages if not needs_reason(stage)],
        "endings": [(stage.value, DEEDS[stage]) for stage in stages if needs_reason(stage)],
        "note_form": NoteForm(),
        "closing_form": closing or ClosingForm(auto_id="end_%s"),
        "company": _company(application),
        "applied_for": applied_for(application),
    }
    return render(request, "applicants/detail.html", context, status=status)


def _company(application: Application) -> dict[str, Any] | None:
    """The others of the group, and the way to ask all of them to one interview."""
    company = company_of(application, DEEDS)
    if company is not None and len(company["ids"]) > 1 and application.stage in CAN_BE_ASKED:
        company["asking_url"] = asking_url(application.posting_id, company["ids"])
    return company


def _reveal(application: Application) -> dict[str, Any]:
    url = reverse("applicants:reveal", args=[application.pk])
    return piece(url=url, masked={PHONE: application.worker.masked_phone}, purposes=FOR_EMPLOYERS)


@roles(Role.EMPLOYER)
@require_http_methods(["GET", "POST"])
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """The applicant's phone in clear, for a reason that he can read."""
    application = _application(request, pk)
    if not application.allows_contact and request.method != "POST":
        return redirect("applicants:detail", pk=application.pk)
    return answer(
        request,
        masked={PHONE: application.worker.masked_phone},
        purposes=FOR_EMPLOYERS,
        act=partial(applications.reveal_contact, application=application, by=request.user),
        title=f"联系{application.worker.name if application.shows_person else application.worker.masked_name}",
        back_url=reverse("applicants:detail", args=[application.pk]),
        base="base_employer.html",
    )


def _who(event: ApplicationEvent, application: Application) -> str:
    if event.by is None:
        return "系统"
    if event.for_worker:
        return f"{event.by.name or '工作人员'}（{event.by.get_role_display()}）代办"
    return "本人" if event.by_id == application.worker.user_id else event.by.name


@roles(Role.EMPLOYER)
@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """One move of one applicant, with the words for the worker."""
    application = _application(request, pk)
    to = request.POST.get("to", "")
    if to not in Stage.values:
        messages.warning(request, "请选择要办什么。")
        return redirect("applicants:detail", pk=application.pk)
    if to == Stage.INTERVIEW_SCHEDULED:
        return redirect(asking_url(application.posting_id, [application.pk]))
    closing = None
    if needs_reason(to):
        closing = ClosingForm(request.POST, auto_id="end_%s")
        if not closing.is_valid():
            return _detail(request, application, closing, status=422)
    words = NoteForm(request.POST)
    if closing is None and not words.is_valid():
        messages.error(request, str(words.errors["note"][0]))
        return redirect("applicants:detail", pk=application.pk)
    data = closing.cleaned_data if closing else {"reason": "", **words.cleaned_data}
    try:
        moved = applications.move(application=application, to=to, by=request.user, **data)
    except Refused as refusal:
        if closing is not None and refusal.field in closing.fields:
            closing.add_error(refusal.field, refusal.message)
            return _detail(request, application, closing, status=422)
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"{application.worker.masked_name}：{moved.get_stage_display()}。已经告诉对方。")
    return redirect("applicants:detail", pk=application.pk)
