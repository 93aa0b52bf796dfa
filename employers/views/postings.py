"""An employer's own postings: the list, the form, the moves."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from employers import gates, posting_rules
from employers.actions import flags
from employers.actions import postings as actions
from employers.choices import PostingState
from employers.facts import sections
from employers.forms import PostingForm, ReasonForm, RenewForm, add_refusal, stored_as_typed
from employers.lexicon import Hit
from employers.models import JobPosting, Member, today
from employers.posting_moves import MEMBER, can_move
from employers.problems import Incomplete
from employers.views.doors import members, wants_piece
from jinba.core.errors import Refused

PAGE = 20
ENDED = (PostingState.REMOVED, PostingState.ARCHIVED)
DAYS_AT_FIRST = 30

S = PostingState


# The list ------------------------------------------------------------------------------------------------------------


def _tabs() -> dict[str, tuple[str, Q]]:
    """The tabs of the list: words and what they hold."""
    over = Q(state=S.PUBLISHED, valid_until__lt=today())
    return {
        "": ("全部", ~Q(state__in=ENDED)),
        "published": ("招聘中", Q(state=S.PUBLISHED) & ~over),
        "expired": ("已过期", over),
        "review": ("待审核", Q(state=S.REVIEW)),
        "rejected": ("已驳回", Q(state=S.REJECTED)),
        "draft": ("草稿", Q(state=S.DRAFT)),
        "paused": ("已暂停", Q(state=S.PAUSED)),
        "filled": ("已招满", Q(state=S.FILLED)),
        "ended": ("已结束", Q(state__in=ENDED)),
    }


ALWAYS = ("", "published", "draft")


@members
@require_safe
def posting_list(request: HttpRequest, member: Member) -> HttpResponse:
    """The employer's postings by state, the newest first."""
    tabs = _tabs()
    chosen = request.GET.get("state", "")
    if chosen not in tabs:
        raise Http404
    own = JobPosting.objects.filter(employer=member.employer)
    counts = own.aggregate(**{f"n_{key}": Count("pk", filter=condition) for key, (_, condition) in tabs.items()})
    before = request.GET.get("before", "")
    rows = _page(own.filter(tabs[chosen][1]), before)
    for posting in rows:
        posting.employer = member.employer
    here = reverse("employers:postings")
    query = f"?state={chosen}" if chosen else "?"
    context = {
        "member": member,
        "employer": member.employer,
        "chosen": chosen,
        "tabs": [
            {
                "text": words,
                "href": f"{here}?state={key}" if key else here,
                "current": key == chosen,
                "count": counts[f"n_{key}"],
            }
            for key, (words, _) in tabs.items()
            if counts[f"n_{key}"] or key in ALWAYS or key == chosen
        ],
        "rows": [{"posting": posting, "deed": next_deed(posting, deeds_for(posting))} for posting in rows[:PAGE]],
        "next_url": f"{here}{query}&before={rows[PAGE - 1].pk}" if len(rows) > PAGE else "",
        "previous_url": f"{here}{query}" if before else "",
    }
    template = "employers/_postings.html" if wants_piece(request) else "employers/postings.html"
    return render(request, template, context)


def _page(rows: "QuerySet[JobPosting]", before: str) -> list[JobPosting]:
    if before:
        if not before.isascii() or not before.isdigit() or len(before) > 18:
            raise Http404
        rows = rows.filter(pk__lt=int(before))
    heavy = ("duties", "requirements", "search")
    return list(rows.select_related("region", "zone", "trade").defer(*heavy).order_by("-pk")[: PAGE + 1])


# The form ------------------------------------------------------------------------------------------------------------


@members
@require_http_methods(["GET", "HEAD", "POST"])
def posting_new(request: HttpRequest, member: Member) -> HttpResponse:
    """An empty form; nothing is stored until it is sent."""
    employer = member.employer
    initial = {
        "region": employer.region_id,
        "zone": employer.zone_id,
        "address": employer.address,
        "valid_until": today() + timedelta(days=DAYS_AT_FIRST),
    }
    form = PostingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            posting = actions.draft(by=request.user, employer=employer, **form.as_fields())
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            return _after_saving(request, posting)
    return _form_page(request, member, form, None)


@members
@require_http_methods(["GET", "HEAD", "POST"])
def posting_edit(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """The form of a stored posting; `?check=1` marks what is missing."""
    posting = _own(request, pk)
    if posting.state not in actions.WRITABLE:
        return redirect("employers:posting_preview", pk=posting.pk)
    if request.method == "POST":
        form = PostingForm(request.POST, instance=posting)
        if form.is_valid():
            try:
                posting = actions.change(posting=posting, by=request.user, seen=form.seen_at(), **form.as_fields())
            except Refused as refusal:
                add_refusal(form, refusal)
            else:
                return _after_saving(request, posting)
        return _form_page(request, member, form, posting)
    if "check" not in request.GET:
        return _form_page(request, member, PostingForm(instance=posting), posting)
    form = PostingForm(stored_as_typed(posting), instance=posting)
    if form.is_valid() and (found := gates.gaps(posting)):
        add_refusal(form, Incomplete(found))
    return _form_page(request, member, form, posting)


def _after_saving(request: HttpRequest, posting: JobPosting) -> HttpResponse:
    """Where the pressed button leads, once what was typed is safe.

    What may be unlawful is shown before it is handed in; whoever has seen it and presses again hands it in as it is.
    """
    then = request.POST.get("then", "")
    edit = reverse("employers:posting_edit", args=[posting.pk])
    if then == "submit" and posting.state in (S.DRAFT, S.REJECTED):
        told = flags.to_mend(posting=posting)
        if told and request.POST.get("flags_seen") != _seal(told):
            messages.warning(request, f"已存为草稿，还没有提交：有 {len(told)} 处说法可能违法，请看一下。")
            return redirect(f"{edit}?check=1")
        try:
            actions.submit(posting=posting, by=request.user)
        except Incomplete:
            messages.warning(request, "已存为草稿，下面标红的地方填好就能提交。")
            return redirect(f"{edit}?check=1")
        except Refused as refusal:
            messages.warning(request, f"已存为草稿。{refusal.message}")
            return redirect(edit)
        doubt = f"其中 {len(told)} 处说法审核人员会看，可能要您改。" if told else ""
        messages.success(request, f"已提交审核，通过后自动发布。{doubt}")
        return redirect("employers:postings")
    if posting.state == S.REVIEW:
        messages.success(request, "已保存。改动的内容要重新审核，通过后继续招聘。")
        return redirect("employers:postings")
    messages.success(request, "已保存。")
    return redirect("employers:posting_preview", pk=posting.pk) if then == "preview" else redirect(edit)


def _seal(told: list[Hit]) -> str:
    """The same for the same flags: by it the form tells which ones its reader has seen."""
    return hashlib.sha256(repr([(hit.field, hit.text, hit.excerpt) for hit in told]).encode()).hexdigest()[:16]


def _form_page(request: HttpRequest, member: Member, form: PostingForm, posting: JobPosting | None) -> HttpResponse:
    told = flags.to_mend(posting=posting) if posting else []
    for hit in told:
        field: Any = form[hit.field]
        field.flags = [*getattr(field, "flags", []), hit]
    context = {
        "told": [{"hit": hit, "field": form[hit.field]} for hit in told],
        "flags_seen": _seal(told) if told else "",
        "member": member,
        "employer": member.employer,
        "posting": posting,
        "form": form,
        "sections": list(form.sections()),
        "wrong": [form[name] for name in form.errors if name in form.fields],
        "is_out": posting is not None and posting.state in actions.OUT,
        "deeds": deeds_for(posting) if posting else [],
        "events": posting.events.select_related("by").order_by("-pk")[:10] if posting else [],
    }
    status = 422 if form.errors and request.method == "POST" else 200
    return render(request, "employers/posting_form.html", context, status=status)


@members
@require_safe
def posting_preview(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """The posting as workers will see it."""
    posting = _own(request, pk)
    problems = gates.gaps(posting) if posting.state in (S.DRAFT, S.REJECTED) else {}
    context = {
        "member": member,
        "posting": posting,
        "sections": sections(posting),
        "problems": problems,
        "answers": list(posting.answers.shown()),
        "told": flags.to_mend(posting=posting) if posting.state not in ENDED else [],
        "deeds": deeds_for(posting),
        "edit_url": reverse("employers:posting_edit", args=[posting.pk]) + ("?check=1" if problems else ""),
        "may_edit": posting.state in actions.WRITABLE,
    }
    return render(request, "employers/posting_preview.html", context)


# Moves ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Deed:
    """Something that a member may do to a posting: its words, and where it leads."""

    key: str
    word: str
    to: PostingState | None
    question: str
    done: str
    act: Callable[..., Any]
    asks_reason: bool = False
    danger: bool = False


DEEDS = {
    deed.key: deed
    for deed in (
        Deed("submit", "提交审核", S.REVIEW, "审核通过后自动发布。", "已提交审核。", actions.submit),
        Deed(
            "take_back", "撤回修改", S.DRAFT, "撤回后变成草稿，改好再提交。", "已撤回，可以修改了。", actions.take_back
        ),
        Deed(
            "pause", "暂停招聘", S.PAUSED, "暂停后新人看不到这个岗位，已报名的照常处理。", "已暂停。", actions.pause,
            asks_reason=True,
        ),
        Deed("resume", "恢复招聘", S.PUBLISHED, "恢复后工人马上能看到。", "已恢复招聘。", actions.resume),
        Deed("filled", "标记招满", S.FILLED, "招满后不再收新的报名。", "已标记招满。", actions.mark_filled),
        Deed("renew", "续期", None, "内容没有变化的岗位可以直接续期。", "已续期。", actions.renew),
        Deed(
            "archive", "结束招聘", S.ARCHIVED, "结束后不能恢复，没录用的报名会一起结束并通知本人。", "招聘已结束。",
            actions.archive, asks_reason=True, danger=True,
        ),
    )
}  # fmt: skip


def _is_over(posting: JobPosting) -> bool:
    return posting.valid_until is not None and posting.valid_until < today()


def _always(posting: JobPosting) -> bool:
    return True


# What the table of moves allows and would be refused or pointless all the same.
SENSIBLE: dict[str, Callable[[JobPosting], bool]] = {
    "submit": lambda posting: posting.state in (S.DRAFT, S.REJECTED),
    "pause": lambda posting: not _is_over(posting),
    "resume": lambda posting: (
        posting.state in (S.PAUSED, S.FILLED) and posting.seats_left > 0 and not _is_over(posting)
    ),
    "filled": lambda posting: posting.state == S.PUBLISHED and not _is_over(posting),
}


def deeds_for(posting: JobPosting) -> list[Deed]:
    """What a member may do to the posting now."""
    found = []
    for deed in DEEDS.values():
        allowed = posting.state in actions.OUT if deed.to is None else can_move(posting.state, deed.to, MEMBER)
        if allowed and SENSIBLE.get(deed.key, _always)(posting):
            found.append(deed)
    return found


def next_deed(posting: JobPosting, deeds: list[Deed]) -> Deed | None:
    """The one deed that a row of the list offers by itself."""
    wanted = ("renew", "take_back") if posting.is_expired else ("submit", "take_back", "resume")
    return next((deed for deed in deeds if deed.key in wanted), None)


@members
@require_http_methods(["GET", "HEAD", "POST"])
def posting_move(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """Asks about a move (`?move=pause`), then makes it."""
    posting = _own(request, pk)
    deed = DEEDS.get(request.POST.get("move") or request.GET.get("move", ""))
    if deed is None:
        raise Http404
    form = _form_for(deed, posting, request.POST if request.method == "POST" else None)
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            deed.act(posting=posting, by=request.user, **(form.cleaned_data if form else {}))
        except Incomplete:
            messages.warning(request, "还有几处没填好，标红的地方填好就能提交。")
            return redirect(f"{reverse('employers:posting_edit', args=[posting.pk])}?check=1")
        except Refused as refusal:
            if form is None or refusal.field not in form.fields:
                raise
            add_refusal(form, refusal)
        else:
            messages.success(request, f"“{posting.title or '未命名岗位'}”{deed.done}")
            if deed.key == "take_back":
                return redirect("employers:posting_edit", pk=posting.pk)
            return redirect("employers:postings")
    told = flags.to_mend(posting=posting) if deed.key == "submit" else []
    doubt = "".join(f"“{hit.text}”：{hit.advice}" for hit in told)
    context = {
        "title": f"{deed.word}：{posting.title or '未命名岗位'}",
        "text": f"{deed.question}有 {len(told)} 处说法可能违法，最好先改：{doubt}" if told else deed.question,
        "yes": deed.word,
        "danger": deed.danger,
        "form": form,
        "fields": [("move", deed.key)],
        "action": request.path,
        "back_url": reverse("employers:postings"),
    }
    return render(request, "confirm.html", context, status=422 if form is not None and form.errors else 200)


def _form_for(deed: Deed, posting: JobPosting, data: Any) -> forms.Form | None:
    if deed.key == "renew":
        return RenewForm(data, initial={"valid_until": posting_rules.last_day(today())})
    return ReasonForm(data, required=False, help_text="同事能看到，可不填。") if deed.asks_reason else None


@members
@require_POST
def posting_copy(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """A new draft that says the same."""
    copied = actions.copy(posting=_own(request, pk), by=request.user)
    messages.success(request, "已复制成新的草稿，请检查后提交。")
    return redirect("employers:posting_edit", pk=copied.pk)


def _own(request: HttpRequest, pk: int) -> JobPosting:
    """A posting of the member's own employer; another's does not exist for him."""
    own = JobPosting.objects.seen_by(request.user)
    rows = own.select_related("employer", "region", "zone", "trade").defer("search")
    return get_object_or_404(rows, pk=pk)
