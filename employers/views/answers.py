"""What job seekers asked about a posting in public, as its employer sees and corrects it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from employers.actions import answers as actions
from employers.forms import AnswerForm, add_refusal
from employers.models import JobPosting, Member, PostingAnswer
from employers.views.doors import members
from jinba.core.errors import Refused

MOST = 200


@members
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def posting_answers(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """All of them, hidden ones too; POST changes the words of one, hides it or shows it again."""
    posting = get_object_or_404(JobPosting.objects.seen_by(request.user), pk=pk)
    tried: AnswerForm | None = None
    if request.method == "POST":
        answer = _chosen(request, posting)
        deed = request.POST.get("deed", "")
        if deed in DEEDS:
            act, done = DEEDS[deed]
            act(answer=answer, by=request.user)
            messages.success(request, done)
            return redirect("employers:posting_answers", pk=posting.pk)
        tried = AnswerForm(request.POST, answer=answer)
        if tried.is_valid():
            try:
                actions.change(answer=answer, by=request.user, **tried.cleaned_data)
            except Refused as refusal:
                add_refusal(tried, refusal)
            else:
                messages.success(request, "改好了，岗位页上马上就是新的答复。")
                return redirect("employers:posting_answers", pk=posting.pk)
    rows = list(posting.answers.select_related("hidden_by")[:MOST])
    context = {
        "posting": posting,
        "rows": [(row, tried if tried and tried.answer.pk == row.pk else AnswerForm(answer=row)) for row in rows],
    }
    return render(request, "employers/answers.html", context, status=422 if tried else 200)


DEEDS: dict[str, tuple[Any, str]] = {
    "hide": (actions.hide, "隐藏了，岗位页上不再显示。"),
    "show": (actions.show, "又显示出来了。"),
}


def _chosen(request: HttpRequest, posting: JobPosting) -> PostingAnswer:
    number = request.POST.get("answer", "")
    pk = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
    return get_object_or_404(PostingAnswer.objects.select_related("posting"), posting=posting, pk=pk)
