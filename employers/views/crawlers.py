"""What search engines read: a map of the public pages in pages of at most 50,000, and what to leave alone."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F, Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import escape
from django.views.decorators.http import require_safe

from employers.models import Employer, JobPosting
from jinba.core.access import public
from jinba.core.page_cache import public_page

PER_PAGE = 50_000  # what the protocol allows; a page is a range of numbers, so that none needs counting or skipping
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
POSTINGS, EMPLOYERS = "postings", "employers"
PRIVATE = (
    "/accounts/",
    "/admin/",
    "/applications/",
    "/desk/",
    "/display/",
    "/employers/desk/",
    "/notices/",
    "/workers/",
)


def _xml(parts: Iterable[str]) -> HttpResponse:
    return HttpResponse(HEAD + "".join(parts), content_type="application/xml; charset=utf-8")


def _entry(tag: str, address: str, changed: datetime | None) -> str:
    lastmod = f"<lastmod>{changed.isoformat(timespec='seconds')}</lastmod>" if changed else ""
    return f"<{tag}><loc>{escape(address)}</loc>{lastmod}</{tag}>\n"


@public
@require_safe
@public_page(seconds=300)
def sitemap(request: HttpRequest) -> HttpResponse:
    pages = (
        JobPosting.objects.visible()
        .order_by()
        .values_list(F("pk") / PER_PAGE)
        .annotate(changed=Max("updated_at"))
        .order_by(F("pk") / PER_PAGE)
    )
    entries = [
        _entry("sitemap", request.build_absolute_uri(reverse("sitemap_page", args=[POSTINGS, number])), changed)
        for number, changed in pages
    ]
    entries.append(_entry("sitemap", request.build_absolute_uri(reverse("sitemap_page", args=[EMPLOYERS, 0])), None))
    return _xml([f"<sitemapindex {SPACE}>\n", *entries, "</sitemapindex>\n"])


@public
@require_safe
@public_page(seconds=300, keep=False)
def sitemap_page(request: HttpRequest, section: str, number: int) -> HttpResponse:
    """The visible postings with numbers from `number` × 50,000 on; or the employers that have such postings."""
    if number > 10**6:
        raise Http404
    host = request.build_absolute_uri("/").rstrip("/")
    if section == POSTINGS:
        first = number * PER_PAGE
        rows: QuerySet[Any] = JobPosting.objects.visible().filter(pk__gte=first, pk__lt=first + PER_PAGE).order_by("pk")
        path = reverse("postings:detail", args=[0])
    elif section == EMPLOYERS:
        hiring = JobPosting.objects.visible().order_by().values("employer_id")
        first = number * PER_PAGE
        rows = Employer.objects.public().filter(pk__in=hiring).filter(pk__gte=first, pk__lt=first + PER_PAGE)
        rows = rows.order_by("pk")
        path = reverse("employers:detail", args=[0])
    else:
        raise Http404
    before = path.rpartition("0")[0]
    entries = [
        _entry("url", f"{host}{before}{pk}/", changed)
        for pk, changed in rows.values_list("pk", "updated_at").iterator()
    ]
    if section == EMPLOYERS and number == 0:
        entries = [_entry("url", f"{host}{path}", None) for path in ("/", reverse("postings:list"))] + entries
    return _xml([f"<urlset {SPACE}>\n", *entries, "</urlset>\n"])


@public
@require_safe
@public_page(seconds=300)
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *[f"Disallow: {path}" for path in PRIVATE]]
    lines += ["Disallow: /postings/?*after=", "Disallow: /postings/?*before="]
    lines += ["", f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
