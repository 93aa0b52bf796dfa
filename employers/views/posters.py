"""Posters to print: for a posting, for an employer, for a village. Each bears a code that tells where it hung."""

import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from employers import filters, listing
from employers.forms import add_refusal
from employers.models import Employer, JobPosting, Member
from employers.poster_forms import PosterForm
from employers.sharing import pay_words, selling_points
from jinba.accounts.choices import Role
from jinba.core.access import public, roles
from jinba.core.errors import Refused
from jinba.links import actions as links
from jinba.links.addresses import leads_to_public_page
from jinba.links.models import ShortLink
from jinba.links.qr import svg

PER_POSTER = 5  # fits on one page, with long names too
ADVERTISERS = (Role.EMPLOYER, Role.BROKER, Role.PARK, Role.OFFICER, Role.ADMIN)
PATH = re.compile(r"/(postings|employers)/([0-9]{1,15})/")
LIVE = re.compile(r"/live/([0-9]{1,15})/")  # a live session has posters of its own


def may_advertise(user: Any, employer: Employer) -> bool:
    """Employers print posters for what is theirs; brokers, park staff and officers for anything public."""
    if not user.is_authenticated or user.role not in ADVERTISERS:
        return False
    return user.role != Role.EMPLOYER or Member.objects.filter(employer=employer, user=user).exists()


@roles(*ADVERTISERS)
@require_http_methods(["GET", "HEAD", "POST"])
def poster_new(request: HttpRequest) -> HttpResponse:
    """Says where the poster will hang, so that its code can tell; `?path=` is the page that it advertises."""
    path = request.GET.get("path", "/postings/")
    if found := LIVE.fullmatch(path):
        return redirect("studio:poster", pk=int(found[1]))
    subject = _subject(request, path)
    form = PosterForm(request.POST if request.method == "POST" else None, is_village=subject is None)
    if form.is_valid():
        try:
            link = links.make(path=path, by=request.user, **form.wish)
            return redirect("posters:poster", code=link.code)
        except Refused as refusal:
            add_refusal(form, refusal)
    context = {"form": form, "subject": subject, "path": path, "base": _base(request)}
    return render(request, "posters/new.html", context, status=422 if form.is_bound else 200)


def _base(request: HttpRequest) -> str:
    is_employer = request.user.role == Role.EMPLOYER  # type: ignore[union-attr]
    return "base_employer.html" if is_employer else "base_staff.html"


def _subject(request: HttpRequest, path: str) -> JobPosting | Employer | None:
    """What the poster is for; None for a list of postings. Employers advertise what is theirs, the others anything."""
    user: Any = request.user
    own = user.role == Role.EMPLOYER
    if found := PATH.fullmatch(path):
        if found[1] == "postings":
            postings = JobPosting.objects.seen_by(user) if own else JobPosting.objects.all()
            return get_object_or_404(postings.visible().select_related("employer"), pk=int(found[2]))
        employers = Employer.objects.seen_by(user) if own else Employer.objects.all()
        return get_object_or_404(employers.public(), pk=int(found[2]))
    if own or not leads_to_public_page(path):
        raise Http404
    return None


@public
@require_safe
def poster(request: HttpRequest, code: str) -> HttpResponse:
    """One A4 page. What it advertises may be over by now: then it says so instead of being printed."""
    link = get_object_or_404(ShortLink, code=code)
    if found := LIVE.fullmatch(link.path):
        return redirect("live:poster", pk=int(found[1]), code=link.code)
    url = request.build_absolute_uri(f"/s/{link.code}")
    context: dict[str, Any] = {"link": link, "url": url, "short_url": url.split("://", 1)[1], "qr": svg(url)}
    if found := PATH.fullmatch(link.path):
        kind = _posting_poster if found[1] == "postings" else _employer_poster
        return render(request, *kind(int(found[2]), context))
    asked = filters.read(QueryDict(link.path.partition("?")[2]))
    rows = [row.pk for row in listing.page(asked).rows]
    known = JobPosting.objects.visible().with_card().in_bulk(rows)
    postings = [known[pk] for pk in rows if pk in known]
    postings.sort(key=lambda posting: posting.is_repost)  # what can be applied for here comes first
    context |= {"rows": _rows(postings[:PER_POSTER]), "words": _words(asked)}
    return render(request, "posters/village.html", context)


def _posting_poster(pk: int, context: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    posting = JobPosting.objects.visible().with_card().filter(pk=pk).first()
    if posting is None:
        return "posters/over.html", context
    facts = {"posting": posting, "pay": pay_words(posting), "points": selling_points(posting)}
    return "posters/posting.html", {**context, **facts}


def _employer_poster(pk: int, context: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    employer = Employer.objects.public().filter(pk=pk).first()
    newest = JobPosting.objects.visible().with_card().filter(employer_id=pk).order_by("-published_at", "-pk")
    postings = list(newest[:PER_POSTER])
    if employer is None or not postings:
        return "posters/over.html", context
    return "posters/employer.html", {**context, "employer": employer, "rows": _rows(postings)}


def _rows(postings: list[JobPosting]) -> list[dict[str, Any]]:
    return [
        {"posting": posting, "pay": pay_words(posting), "points": selling_points(posting)[:3]} for posting in postings
    ]


def _words(asked: filters.Filters) -> str:
    return " · ".join([*([asked.q] if asked.q else []), *(choice.text for choice in asked.chosen)])
