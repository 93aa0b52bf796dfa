from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from employers.models import JobPosting
from jinba.accounts.choices import Role
from jinba.core.access import roles
from labor.applications import actions as applications
from labor.applications.models import Application, PostingInvitation
from labor.matching import suggestions
from labor.workers.models import Worker


def page_of(request: HttpRequest) -> int:
    """The page asked for; anything that is no page is the first."""
    text = request.GET.get("page", "1")
    return min(max(number_in(text), 1), 50)


def number_in(text: str) -> int:
    """A number as pages write it; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def neighbours(page: int, has_more: bool) -> dict[str, str]:
    return {
        "previous_url": f"?page={page - 1}" if page > 1 else "",
        "next_url": f"?page={page + 1}" if has_more else "",
    }


@roles(Role.SEEKER)
@require_GET
def jobs_for_me(request: HttpRequest) -> HttpResponse:
    worker = Worker.objects.seen_by(request.user).first()
    if worker is None:
        return redirect(f"{reverse('workers:start')}?next={request.path}")
    page = page_of(request)
    jobs = suggestions.jobs_for(worker, page=page)
    applied = {
        application.posting_id: application.public_word
        for application in Application.objects.filter(
            worker=worker, posting__in=[one.posting.pk for one in jobs.suggestions]
        ).live()
    }
    for one in jobs.suggestions:
        one.applied = applied.get(one.posting.pk, "")
    context = {"worker": worker, "jobs": jobs, "page": page, **neighbours(page, jobs.has_more)}
    return render(request, "matching/jobs_for_me.html", context)


@roles(Role.EMPLOYER)
@require_GET
def people(request: HttpRequest, posting_id: int) -> HttpResponse:
    posting = get_object_or_404(JobPosting.objects.seen_by(request.user).with_card(), pk=posting_id)
    page = page_of(request)
    found, has_more = suggestions.people_for(posting, page=page)
    ids = [one.worker.pk for one in found]
    applied = set(posting.applications.live().filter(worker__in=ids).values_list("worker_id", flat=True))
    invitations = PostingInvitation.objects.filter(posting=posting, worker__in=ids)
    invited = dict(invitations.values_list("worker_id", "declined_at"))
    for one in found:
        one.has_applied = one.worker.pk in applied
        one.is_invited = one.worker.pk in invited
        one.has_declined = bool(invited.get(one.worker.pk))
    context = {"posting": posting, "people": found, "page": page, **neighbours(page, has_more)}
    return render(request, "matching/people.html", context)


@roles(Role.EMPLOYER)
@require_POST
def invite(request: HttpRequest, posting_id: int) -> HttpResponse:
    """Invite one of the people suggested for this posting; anybody else is not found."""
    posting = get_object_or_404(JobPosting.objects.seen_by(request.user), pk=posting_id)
    worker_id = number_in(request.POST.get("worker", ""))
    if worker_id not in suggestions.ids_for(posting):
        raise Http404
    worker = get_object_or_404(Worker.objects.matched(), pk=worker_id)
    applications.invite(posting=posting, worker=worker, by=request.user)
    messages.success(request, f"已邀请{worker.masked_name}，对方会收到消息。")
    return redirect(f"{reverse('suggestions:people', args=[posting.pk])}?page={page_of(request)}")
