"""Pages that anybody may read: the list of postings, one posting, one employer; and what search engines read."""

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from employers import filters, listing
from employers.cards import cards
from employers.choices import EmployerState, OrgType, PostingState
from employers.facts import sections
from employers.json_ld import json_ld
from employers.listing import Cursor
from employers.models import Employer, JobPosting, JobPostingQuerySet
from employers.sharing import share_text, shared_url
from employers.views.posters import may_advertise
from jinba.core.access import public
from jinba.core.memory import Memory
from jinba.core.page_cache import public_page

SIMILAR = 4
ANSWERS = 30
CHANGING = ("企业正在修改这个岗位", "改好并审核以后会再出现。可以先看看下面差不多的岗位。")
# What became of a posting that was public once and is not now.
ENDED = {
    PostingState.PAUSED: ("这个岗位暂停招聘了", "企业暂时不收报名。可以先看看下面差不多的岗位。"),
    PostingState.FILLED: ("这个岗位已经招满了", "可以看看下面差不多的岗位。"),
    PostingState.REVIEW: CHANGING,
    PostingState.DRAFT: CHANGING,
    PostingState.REJECTED: CHANGING,
}
EXPIRED = ("这个岗位已经过期了", "有效期到了，企业没有再续。可以看看下面差不多的岗位。")
REMOVED = ("这个岗位已经下架了", "它不再招人，请不要再和发布的人联系。可以看看下面的岗位。")
# Those may still be read; the rest show no more than that they are gone.
READABLE = (PostingState.PAUSED, PostingState.FILLED)


@public
@require_safe
@public_page(seconds=10)
def posting_list(request: HttpRequest) -> HttpResponse:
    asked = filters.read(request.GET)
    after, before = _cursor(request, "after", asked), _cursor(request, "before", asked)
    page = listing.page(asked, after=after, before=None if after else before)
    context: dict[str, Any] = {
        "filters": asked,
        "q": asked.q,
        "page": page,
        "cards": cards(page.rows),
        "is_first": not after and not page.newer,
        "filter_form": filter_form(asked),
        "chosen": [{"text": item.text, "href": asked.address(without=item)} for item in asked.chosen],
        "next_url": asked.address(after=str(page.older)) if page.older else "",
        "previous_url": asked.address(before=str(page.newer)) if page.newer else "",
        "ignored": "、".join(asked.ignored),
        "keep_url": f"{reverse('saved_searches:list')}{asked.address()}" if asked.q or asked.chosen else "",
        "feed_url": f"{reverse('postings:feed')}{asked.address()}".removesuffix("?"),
        "kept_nav": kept_nav(request),
    }
    if not page.rows and not after:
        context |= _way_out(asked)
    is_part = bool(request.htmx) and request.headers.get("HX-Target") == "listing"  # type: ignore[attr-defined]
    return render(request, "postings/_listing.html" if is_part else "postings/list.html", context)


# The filters as they stand on the page, for the choices that are made most.
forms_kept = Memory(size=200, seconds=600)


def filter_form(asked: filters.Filters) -> SafeString:
    def make() -> SafeString:
        context = {"filters": asked, "form": filters.form(asked), "q": asked.q, "clear_url": asked.address_of_words()}
        return render_to_string("postings/_filters.html", context)

    return forms_kept.get_or_make(asked.address(), make)


def kept_nav(request: HttpRequest) -> SafeString | None:
    """The way about as a reader sees it who is not signed in; None for the others, who have one of their own."""
    if request.user.is_authenticated:
        return None
    return forms_kept.get_or_make(
        ("nav", request.path), lambda: render_to_string("components/nav.html", request=request)
    )


def _cursor(request: HttpRequest, parameter: str, asked: filters.Filters) -> Cursor | None:
    text = request.GET.get(parameter, "")
    cursor = Cursor.read(text)
    if text and cursor is None:
        asked.ignored.append(filters.NAMES[parameter])
    return cursor


def _way_out(asked: filters.Filters) -> dict[str, Any]:
    """One sentence for a reader who found nothing: what to leave out, and what he finds then."""
    way = listing.way_out(asked)
    if way:
        what = f"“{asked.q}”这几个字" if way.choice is filters.WORDS else f"“{way.choice.text}”"
        return {
            "empty_text": f"去掉{what}，就有 {way.found_text} 个岗位。",
            "empty_url": asked.address(without=way.choice),
            "empty_link": f"去掉{what}再看",
        }
    if asked.q and not asked.chosen:
        text = "换个短一点的说法试试，比如“缝纫”“电焊”“包装”，或者只写地方。"
    elif asked.chosen or asked.q:
        text = "这几个条件放在一起没有岗位，请去掉一些再看。"
    else:
        text = "新岗位审核后就会出现在这里，请过一会儿再来。"
    has_any = bool(asked.chosen or asked.q)
    return {"empty_text": text, "empty_url": reverse("postings:list") if has_any else "", "empty_link": "看全部岗位"}


@public
@require_safe
@public_page(seconds=10)
def posting_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A posting as the public sees it; 410 when it was public and is over, 404 when it never was."""
    posting = get_object_or_404(
        JobPosting.objects.select_related("employer__region", "region", "zone", "trade").defer(
            "search", "employer__contact_phone"
        ),
        pk=pk,
        published_at__isnull=False,
    )
    is_visible = JobPosting.objects.visible().filter(pk=pk).exists()
    similar = list(_similar(posting))
    if not is_visible:
        return _ended(request, posting, similar)
    share_url = shared_url(request, posting.pk)
    context = {
        "posting": posting,
        "share_url": share_url,
        "share_words": share_text(posting, share_url),
        "can_advertise": may_advertise(request.user, posting.employer),
        "sections": sections(posting),
        "answers": list(posting.answers.shown()[:ANSWERS]),
        "can_apply": posting.employer.is_trusted and posting.seats_left > 0,
        "json_ld": json_ld(posting, request.build_absolute_uri),
        "similar": similar,
    }
    return render(request, "postings/detail.html", context)


def _ended(request: HttpRequest, posting: JobPosting, similar: list[JobPosting]) -> HttpResponse:
    is_readable = posting.state in READABLE and posting.employer.is_trusted
    title, text = EXPIRED if posting.is_expired else REMOVED
    if posting.employer.is_trusted:
        title, text = ENDED.get(PostingState(posting.state), (title, text))
    context = {
        "posting": posting if is_readable or posting.is_expired else None,
        "sections": sections(posting) if is_readable else None,
        "title": title,
        "text": text,
        "similar": similar,
    }
    # What is being changed comes back: gone (410) would tell search engines to forget it.
    is_changing = (title, text) == CHANGING
    return render(request, "postings/ended.html", context, status=200 if is_readable else 404 if is_changing else 410)


def _similar(posting: JobPosting) -> JobPostingQuerySet:
    """The newest visible postings of the same trade, or else in the same county."""
    near = Q(region__code__startswith=(posting.region_id or "")[:6]) if posting.region_id else Q()
    alike = Q(trade_id=posting.trade_id) if posting.trade_id else near
    others = JobPosting.objects.visible().with_card().exclude(pk=posting.pk)
    return others.filter(alike).order_by("-published_at", "-pk")[:SIMILAR]


@public
@require_safe
@public_page(seconds=30)
def employer_detail(request: HttpRequest, pk: int) -> HttpResponse:
    employer = get_object_or_404(
        Employer.objects.public().select_related("region", "zone").defer("contact_phone"), pk=pk
    )
    if employer.state in (EmployerState.SUSPENDED, EmployerState.BANNED):
        raise Http404
    newest = JobPosting.objects.visible().with_card().filter(employer=employer).order_by("-published_at", "-pk")
    postings = list(newest[: listing.PAGE + 1])
    context = {
        "employer": employer,
        "postings": postings[: listing.PAGE],
        "more_url": f"{reverse('postings:list')}?employer={pk}" if len(postings) > listing.PAGE else "",
        "facts": [
            ("行业", employer.industry),
            ("规模", employer.get_scale_display()),
            ("类型", employer.get_org_type_display()),
            ("地址", f"{employer.region.path if employer.region else ''}{employer.address}"),
            ("园区", employer.zone.name if employer.zone else ""),
            *_licence(employer),
        ],
    }
    return render(request, "employers/detail.html", context)


def _licence(employer: Employer) -> list[tuple[str, object]]:
    """An agency shows under which licence it places workers (人力资源市场暂行条例 §32)."""
    if employer.org_type != OrgType.AGENCY:
        return []
    licence = employer.licences.valid().to_place().order_by("-valid_to").first()
    if licence is None:
        return [("许可证", "没有在有效期内的许可证，暂停招聘")]
    return [
        ("许可证", f"{licence.number}，{licence.issuer}"),
        ("许可有效期至", f"{licence.valid_to:%Y-%m-%d}"),
        ("服务范围", licence.scope),
        ("收费标准", licence.fee_note),
        ("监督电话", licence.supervision_phone),
    ]
