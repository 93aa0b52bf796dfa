"""The papers that an employer shows: its owners send and read them, officers read them. Nobody else."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from employers import document_rules
from employers.actions import documents as actions
from employers.actions import employers
from employers.choices import DocumentKind, DocumentState, EmployerState
from employers.document_forms import DocumentForm
from employers.forms import add_refusal
from employers.models import EmployerDocument, Member
from employers.views.doors import owners
from jinba.accounts.choices import STAFF_ROLES, Role
from jinba.core.access import roles
from jinba.core.errors import Refused

RIGHT = "employers.view_employerdocument"


@dataclass
class Slot:
    """One kind of paper: what it is for, what was sent, what it was before, and the form to send another."""

    kind: DocumentKind
    help: str
    paper: EmployerDocument | None
    before: list[EmployerDocument]
    form: DocumentForm

    @property
    def may_wait(self) -> bool:
        """Nothing has to be sent now: the form is folded away."""
        is_fine = self.paper is not None and self.paper.state in (DocumentState.SUBMITTED, DocumentState.APPROVED)
        return is_fine and self.paper.is_in_force and not self.form.is_bound  # type: ignore[union-attr]

    @property
    def pages(self) -> list[str]:
        if self.paper is None:
            return []
        numbers = range(1, self.paper.pages + 1)
        return [reverse("employers:document_page", args=[self.paper.pk, number]) for number in numbers]


@owners
@require_safe
def document_list(request: HttpRequest, member: Member) -> HttpResponse:
    """Which papers are needed, what became of those that were sent, and the forms to send them."""
    return _page(request, member)


@owners
@require_POST
def document_upload(request: HttpRequest, member: Member, kind: str) -> HttpResponse:
    """Takes a paper in; what is wrong with it is said beside its form."""
    if kind not in document_rules.required_kinds(member.employer):
        raise Http404
    wanted = DocumentKind(kind)
    form = DocumentForm(request.POST, request.FILES, kind=wanted)
    if form.is_valid():
        try:
            actions.upload(employer=member.employer, by=request.user, kind=wanted, **form.cleaned_data)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, f"{wanted.label}已上传。")
            return redirect(f"{reverse('employers:documents')}#{wanted}")
    return _page(request, member, {wanted: form}, status=422)


@roles(Role.EMPLOYER, *STAFF_ROLES)
@require_safe
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper as a file."""
    return _sent(request, pk)


@roles(Role.EMPLOYER, *STAFF_ROLES)
@require_safe
def document_page(request: HttpRequest, pk: int, page: int) -> HttpResponse:
    """One page of it as a picture."""
    return _sent(request, pk, page=page or -1)


# Inside --------------------------------------------------------------------------------------------------------------


def _sent(request: HttpRequest, pk: int, page: int = 0) -> HttpResponse:
    user: Any = request.user
    if user.role in STAFF_ROLES and not user.has_perm(RIGHT):
        raise PermissionDenied
    paper = get_object_or_404(EmployerDocument.objects.seen_by(user), pk=pk)
    try:
        shown = actions.show(document=paper, by=user, page=page)
    except FileNotFoundError as error:
        raise Http404 from error
    if shown is None:
        raise Http404
    headers = {
        "Content-Disposition": content_disposition_header(True, shown.name) or "attachment",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(shown.content, content_type=shown.content_type, headers=headers)


def _page(
    request: HttpRequest, member: Member, forms: dict[DocumentKind, DocumentForm] | None = None, status: int = 200
) -> HttpResponse:
    employer = member.employer
    replaced: dict[str, list[EmployerDocument]] = {}
    for row in employer.documents.order_by("-pk").filter(state="replaced"):
        replaced.setdefault(row.kind, []).append(row)
    slots = [
        Slot(
            kind=kind,
            help=document_rules.EXPLAINED[kind],
            paper=paper,
            before=replaced.get(kind, [])[:5],
            form=(forms or {}).get(kind) or DocumentForm(kind=kind),
        )
        for kind, paper in document_rules.current_papers(employer).items()
    ]
    missing = document_rules.unsent(employer)
    context = {
        "member": member,
        "employer": employer,
        "slots": slots,
        "missing": len(missing),
        "may_send": employer.state != EmployerState.BANNED,
        "may_submit": not missing and employer.state in employers.MAY_CHANGE_IDENTITY,
    }
    return render(request, "employers/documents.html", context, status=status)
