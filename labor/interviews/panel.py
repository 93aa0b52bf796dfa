"""What a recruiter has beside the call: who the worker is, what is offered, what to ask, and the card that he fills."""

from typing import Any

from django.db.models import Prefetch, Q
from django.urls import reverse

from labor.applications.resume import resume
from labor.interviews.actions.scoring import ENDINGS, STEPS, may_write
from labor.interviews.choices import NextStep, Result, Side, State
from labor.interviews.forms.scorecard import ScorecardForm, initial_of
from labor.interviews.models import Criterion, Interview, Question, Score, Scorecard
from labor.interviews.scoring import POINTS, in_words, total

# What a recruiter may say by a tap; he goes on from there in his own words.
SAYINGS: dict[str, tuple[str, ...]] = {
    Result.PASSED: (
        "恭喜您，面试通过了。请在手机上看录用通知，去不去请回答一下。",
        "面试通过了，请按通知来体检，带上身份证。",
        "面试通过了，还要再见一次车间主任，时间马上发给您。",
    ),
    Result.UNDECIDED: (
        "谢谢您来面试。我们还要再看几位，三天内给您答复。",
        "谈得不错，还想请您再面一次，时间马上发给您。",
    ),
    Result.FAILED: (
        "谢谢您来面试。这个岗位要求的手艺您还差一点，学会了欢迎再来。",
        "谢谢您来面试。这个岗位的上班时间和您能上的对不上，可以看看我们别的岗位。",
        "谢谢您来面试。这个岗位已经招满，我们留下了您的资料，有合适的再找您。",
    ),
}


def interviews_for_panel() -> Any:
    """Interviews with all that the panel shows of them."""
    return Interview.objects.select_related(
        "application__posting__employer", "application__posting__region", "application__posting__zone",
        "application__posting__trade", "application__worker__home", "application__worker__group", "recruiter",
    ).defer("application__posting__search")  # fmt: skip


def card_of(interview: Interview) -> Scorecard | None:
    """What was written about the interview, with its points."""
    points = Prefetch("scores", Score.objects.select_related("criterion").order_by("criterion__ordinal", "criterion"))
    return Scorecard.objects.filter(interview=interview).select_related("by").prefetch_related(points).first()


def form_for(interview: Interview, card: Scorecard | None = None, data: Any = None) -> ScorecardForm:
    """The form of a card: what the posting asks for now, and what this card has points for already."""
    posting_id = interview.application.posting_id
    wanted = Q(is_used=True)
    if card is not None:
        wanted |= Q(pk__in=[score.criterion_id for score in card.scores.all()])
    criteria = Criterion.objects.filter(wanted, posting_id=posting_id).order_by("-is_used", "ordinal", "pk")
    asked = Q(is_used=True) | Q(pk__in=card.asked if card else [])
    questions = Question.objects.filter(asked, posting_id=posting_id).order_by("-is_used", "ordinal", "pk")
    return ScorecardForm(data, criteria=criteria, questions=questions, initial=initial_of(card))


def panel_context(interview: Interview, by: Any, form: ScorecardForm | None = None) -> dict[str, Any]:
    """What `interviews/_panel.html` shows as `panel`. `interview`: from `interviews_for_panel()`, or any other row."""
    application = interview.application
    worker, posting = application.worker, application.posting
    card = card_of(interview)
    is_final = card is not None and card.handed_in_at is not None
    writes = not is_final and may_write(interview=interview, by=by)
    points = [(score.weight, score.points) for score in card.scores.all()] if card else []
    return {
        "interview": interview,
        "card": card,
        "is_final": is_final,
        "writes": writes,
        "form": (form or form_for(interview, card)) if writes else None,
        "total": in_words(total(points)),
        "points": POINTS,
        "name": worker.masked_name,
        "phone": worker.masked_phone if application.allows_contact else "",
        "facts": resume(worker) if application.shows_person else [],
        "missed": f"爽约 {missed} 次" if (missed := missed_by(worker.pk)) else "",
        "posting": posting,
        "sayings": [(result, words) for result, lines in SAYINGS.items() for words in lines],
        # Which next steps follow from which result, for the page's script.
        "steps": {str(result): [str(step) for step in steps] for result, steps in STEPS.items()},
        "endings": [str(step) for step in ENDINGS],
        "draft_url": reverse("interviewing:scorecard_draft", args=[interview.pk]),
        "hand_in_url": reverse("interviewing:scorecard", args=[interview.pk]),
        "criteria_url": reverse("interviewing:criteria", args=[posting.pk]),
        "applicant_url": reverse("applicants:detail", args=[application.pk]),
        "written": _written(card) if card else None,
    }


def missed_by(worker_id: int) -> int:
    """How often the worker did not come to an interview."""
    rows = Interview.objects.filter(application__worker_id=worker_id, state=State.NO_SHOW, no_show_by=Side.WORKER)
    return rows.count()


def _written(card: Scorecard) -> dict[str, Any]:
    """A card to be read: without the private notes, which its page adds for the firm's own people."""
    asked = dict(Question.objects.filter(pk__in=card.asked).values_list("pk", "text"))
    return {
        "scores": [(score.criterion.name, POINTS[score.points], score.weight) for score in card.scores.all()],
        "asked": [asked[pk] for pk in card.asked if pk in asked],
        "result": card.get_result_display(),
        "next_step": NextStep(card.next_step).label if card.next_step else "",
        "reason": card.get_close_reason_display() if card.next_step in ENDINGS else "",
        "feedback": card.feedback,
    }
