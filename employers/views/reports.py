"""“举报这个岗位”: for anybody, without an account and without scripts; and what became of it."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from employers.actions import reports as actions
from employers.forms import add_refusal
from employers.models import JobPosting, PostingReport
from employers.report_forms import CodeForm, ReportForm, ReviewForm, new_slip
from jinba.core.access import public
from jinba.core.client import client_address
from jinba.core.errors import Refused

KEPT = 5  # query codes that a visitor's session remembers
SHOWN = 20


@public
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The form; what was typed stays when something is missing."""
    rows = JobPosting.objects.select_related("employer").only("title", "published_at", "employer__name")
    posting = get_object_or_404(rows, pk=pk, published_at__isnull=False)
    form = ReportForm(request.POST if request.method == "POST" else None, initial={"slip": new_slip()})
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        try:
            _, code = actions.report(
                posting=posting, kind=cleaned["kind"], text=cleaned["text"], contact=cleaned["contact"],
                slip=cleaned["slip"], address=client_address(request), by=request.user,
            )  # fmt: skip
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            _remember(request, code)
            messages.success(request, "举报收到了，谢谢您。请记下查询码，用它看处理结果。")
            return redirect("postings:reports")
    status = 422 if form.is_bound else 200
    return render(request, "postings/report.html", {"posting": posting, "form": form}, status=status)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def reports(request: HttpRequest) -> HttpResponse:
    """What became of a report: by its query code, or of all that a signed-in visitor made."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if actions.with_code(code=form.cleaned_data["code"]) is not None:
            _remember(request, "".join(char for char in form.cleaned_data["code"].upper() if char.isalnum()))
            return redirect("postings:reports")
        form.add_error("code", "没有这个查询码，请对一下有没有抄错。")
    context = {"form": form, "reports": _known(request)}
    return render(request, "postings/reports.html", context, status=422 if form.is_bound else 200)


@public
@require_POST
def report_review(request: HttpRequest) -> HttpResponse:
    """The reporter does not agree with the answer."""
    form = ReviewForm(request.POST)
    form.is_valid()
    row = actions.with_code(code=form.cleaned_data.get("code") or "")
    if row is None:
        row = _own(request).filter(pk=form.cleaned_data.get("report") or 0).first()
    if row is None:
        raise Http404
    actions.ask_review(report=row, text=form.cleaned_data.get("text") or "")
    messages.success(request, "复核申请收到了，会有另外的答复。")
    return redirect("postings:reports")


def _remember(request: HttpRequest, code: str) -> None:
    """The code is in the visitor's own session for as long as that lasts, so that a reload does not lose it."""
    codes = [code, *(one for one in request.session.get("report_codes", []) if one != code)]
    request.session["report_codes"] = codes[:KEPT]


def _own(request: HttpRequest) -> "QuerySet[PostingReport]":
    user: Any = request.user
    rows = PostingReport.objects.select_related("posting").defer("text", "contact")
    return rows.filter(reporter=user) if user.is_authenticated else rows.none()


def _known(request: HttpRequest) -> list[dict[str, Any]]:
    """The reports whose code the visitor gave, then his own; each once."""
    found: dict[int, dict[str, Any]] = {}
    for code in request.session.get("report_codes", []):
        if (row := actions.with_code(code=code)) is not None:
            found[row.pk] = {"report": row, "code": f"{code[:5]}-{code[5:]}"}
    for row in _own(request).order_by("-pk")[:SHOWN]:
        found.setdefault(row.pk, {"report": row, "code": ""})
    for entry in found.values():
        entry["events"] = list(entry["report"].events.all())
        may = actions.may_ask_review(report=entry["report"])
        hidden = {"code": entry["code"], "report": entry["report"].pk}
        entry["review"] = ReviewForm(initial=hidden, auto_id=f"review-{entry['report'].pk}-%s") if may else None
    return list(found.values())
