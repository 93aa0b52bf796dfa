from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jinba.core.doors import local_url
from jinba.notices import actions as notices
from jinba.notices.models import Notice

PAGE = 20


@require_GET
def list_(request: HttpRequest) -> HttpResponse:
    """The reader's notices, the newest first."""
    rows = Notice.objects.of(request.user).delivered()
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    context = {
        "notices": shown,
        "has_unread": any(notice.read_at is None for notice in shown),
        "next_url": f"?before={shown[-1].pk}" if len(found) > PAGE else "",
        "first_url": reverse("notices:list") if before else "",
    }
    return render(request, "notices/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def open_(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a notice read and go where it leads."""
    notice = get_object_or_404(Notice.objects.of(request.user).delivered(), pk=pk)
    if request.method != "HEAD":
        notices.mark_read(user=request.user, notice_ids=[notice.pk])
    return redirect(local_url(request, notice.url, otherwise=reverse("notices:list")))


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    notices.mark_read(user=request.user)
    return redirect("notices:list")


@require_POST
@never_cache
def fresh(request: HttpRequest) -> HttpResponse:
    """What came since the last look, for the page to pop up; asked by htmx, answered once for each notice."""
    found = notices.show_new(user=request.user)
    if not found:
        return HttpResponse(status=204)
    return render(request, "notices/_fresh.html", {"notices": found})
