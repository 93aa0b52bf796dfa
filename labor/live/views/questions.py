"""Questions that nobody has answered yet, to be answered when there is time for it; works without script."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from jinba.accounts.choices import STAFF_ROLES, Role
from jinba.core.access import roles
from jinba.core.errors import Refused
from labor.live.actions import answering
from labor.live.forms.answering import AnswerForm
from labor.live.models import Message
from labor.live.questions import waiting_for

MOST = 50


@roles(Role.PARK, Role.EMPLOYER, *STAFF_ROLES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def questions(request: HttpRequest) -> HttpResponse:
    """The oldest first; POST answers one of them. Officers only read."""
    user: Any = request.user
    waiting = waiting_for(user)
    tried: AnswerForm | None = None
    if request.method == "POST":
        message = get_object_or_404(waiting, pk=_number(request.POST.get("message", "")))
        tried = AnswerForm(request.POST, message=message)
        if tried.is_valid() and _answered(tried, message, user):
            messages.success(request, "答复好了，问的人会收到消息。")
            return redirect("studio:questions")
    rows = list(waiting[:MOST])
    context = {
        "rows": [(row, tried if tried and tried.message.pk == row.pk else AnswerForm(message=row)) for row in rows],
        "has_more": len(rows) == MOST,
        "can_answer": user.role not in STAFF_ROLES,
        "base": "base_employer.html" if user.role == Role.EMPLOYER else "base_staff.html",
    }
    return render(request, "studio/questions.html", context, status=422 if tried else 200)


def _answered(form: AnswerForm, message: Message, user: Any) -> bool:
    try:
        answering.answer(message=message, by=user, **form.cleaned_data)
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return False
    return True


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
