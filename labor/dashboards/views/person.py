"""One of a helper's people, all of him on one page: what he told, where he applied, what fits him, what was done."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from employers.models import JobPosting
from jinba.core.access import roles
from jinba.privacy.fields import PHONE, RESIDENT_ID
from jinba.privacy.forms import FOR_HELPERS
from jinba.privacy.revealing import piece
from labor.applications.models import Application, CompanionAsk, PostingInvitation
from labor.applications.words import next_step
from labor.matching import suggestions
from labor.workers import profile as told
from labor.workers.actions.coming import TRIES
from labor.workers.forms import QUESTIONS
from labor.workers.models import Delegation, Worker, WorkerAct
from labor.workers.views.entrusting import told as told_act
from labor.workers.views.people import HELPERS, own_person

JOBS, APPLICATIONS, ACTS = 5, 10, 10


@roles(*HELPERS)
@never_cache
@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    worker = own_person(request, pk)
    delegation = get_object_or_404(Delegation.objects.live(), worker=worker, helper=request.user)
    lines = told.lines(worker)
    missing = told.next_missing(lines)
    rows = Application.objects.filter(worker=worker).select_related("posting__employer").defer("posting__search")
    applications = sorted(rows.order_by("-pk")[:APPLICATIONS], key=lambda row: not row.is_live)
    open_postings = JobPosting.objects.open()
    invitations = PostingInvitation.objects.filter(
        worker=worker, declined_at__isnull=True, posting__in=open_postings
    ).exclude(posting__applications__worker=worker)
    asks = CompanionAsk.objects.filter(worker=worker, is_coming__isnull=True, together__posting__in=open_postings)
    jobs = suggestions.jobs_for(worker, size=JOBS)
    applied = {row.posting_id: row.public_word for row in applications if row.is_live}
    for one in jobs.suggestions:
        one.reasons = [_about_him(line) for line in one.reasons]
        one.applied = applied.get(one.posting.pk, "")
    jobs.openings = [_about_him(line) for line in jobs.openings]
    others = worker.group.workers.active().exclude(pk=worker.pk).order_by("pk") if worker.group else []
    mine = set(Worker.objects.seen_by(request.user).filter(group=worker.group_id or 0).values_list("pk", flat=True))
    percent = told.progress(lines)
    acts = WorkerAct.objects.filter(worker=worker).select_related("by").order_by("-id")[:ACTS]
    context = {
        "worker": worker,
        "delegation": delegation,
        "known": [line for line in lines if line.is_known],
        "unknown": [line for line in lines if not line.is_known],
        "percent": percent,
        "percent_words": f"{percent}%",
        "missing": missing and {"slug": missing, "title": QUESTIONS[missing].title},
        "applications": [{"application": row, "next_step": _about_him(next_step(row))} for row in applications],
        "invitations": list(invitations.select_related("posting__employer").order_by("-pk")[:JOBS]),
        "asks": list(asks.select_related("together__posting").order_by("-pk")[:JOBS]),
        "jobs": jobs,
        "others": [one.name if one.pk in mine else one.masked_name for one in others],
        "acts": [told_act(act) for act in acts],
        "reveal": piece(
            url=reverse("helpers:reveal", args=[worker.pk]),
            masked={PHONE: worker.masked_phone, RESIDENT_ID: worker.masked_resident_id},
            purposes=FOR_HELPERS,
        ),
        "is_new": "new" in request.GET,
        "is_locked": worker.user_id is None and worker.claim_tries >= TRIES,
        "may_unlock": request.user.role == "park",  # type: ignore[union-attr]
    }
    return render(request, "helpers/person.html", context)


def _about_him(words: str) -> str:
    """What is written to the worker, read by somebody else."""
    return words.replace("您", "他")
