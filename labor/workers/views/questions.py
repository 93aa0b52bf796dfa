"""One question on a screen, for the worker himself or for somebody who asks him."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from jinba.core.errors import Refused
from labor.workers import actions as workers
from labor.workers import profile as told
from labor.workers.forms import QUESTIONS
from labor.workers.models import Worker


@dataclass(frozen=True)
class Way:
    """Where the questions stand, and where they lead back to. `asked_for`: whom a helper asks, else empty."""

    route: str = "workers:question"
    args: list[Any] = field(default_factory=list)
    home: str = "/workers/me/"
    home_text: str = "我的资料"
    base: str = "base_seeker.html"
    asked_for: str = ""

    def to(self, question: str, *, alone: bool) -> str:
        return reverse(self.route, args=[*self.args, question]) + ("?alone" if alone else "")


def ask_question(request: HttpRequest, worker: Worker, question: str, way: Way) -> HttpResponse:
    """An answer leads to the next question, or back to the profile when it was asked for from there."""
    alone = "alone" in request.GET
    form = QUESTIONS[question](request.POST if request.method == "POST" else None, worker=worker)
    if form.is_valid():
        try:
            workers.answer(worker=worker, by=request.user, question=question, **form.answers())
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, "记下了。")
            return redirect(_onward(worker, question, alone, way))
    slugs = [slug for slug, kind in QUESTIONS.items() if kind.short]
    number = slugs.index(question) + 1 if question in slugs else None
    context = {
        "form": form,
        "question": form,
        "skip_url": way.home if alone else _onward(worker, question, alone, way),
        "alone": alone,
        "number": number,
        "count": len(slugs),
        "where": f"{number} / {len(slugs)}",
        "way": way,
    }
    template = "workers/skills.html" if question == "skills" else "workers/question.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


def _onward(worker: Worker, question: str, alone: bool, way: Way) -> str:
    if alone and question != "skills":
        return way.home
    following = told.next_question(worker, question)
    if not following or (alone and following != "levels"):
        return way.home
    return way.to(following, alone=alone)
