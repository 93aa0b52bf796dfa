"""What recruiters wrote about a posting's interviews, and a recording: for the pages that show them."""

from typing import Any

from django.utils import timezone

from employers.models import JobPosting
from labor.interviews.choices import NextStep, RecordingState, Result
from labor.interviews.models import Criterion, Interview, Question, Recording, RecordingPart, Score, Scorecard
from tests.factories.interviews import InterviewFactory, days_ahead

QUESTIONS = ("这样的活您干过吗？干了多久？", "能上哪些班？夜班行不行？", "机器出了毛病，您怎么办？")


def cards_of(posting: JobPosting, *, drafted: int, done: int, mine: int) -> dict[str, Any]:
    """Cards of the posting's interviews `drafted` and `done`, a few more to compare, and films of `done` and `mine`."""
    criteria = [
        Criterion.objects.create(posting=posting, name=name, weight=weight, ordinal=number)
        for number, (name, weight) in enumerate((("手艺", 3), ("稳定性", 2), ("沟通", 1), ("到岗时间", 1)))
    ]
    questions = [Question.objects.create(posting=posting, text=text) for text in QUESTIONS]
    draft = Scorecard.objects.create(
        interview_id=drafted, by_id=_recruiter(drafted), version=3, notes="手稳，问到夜班有点犹豫。",
        asked=[questions[0].pk], result=Result.FAILED, next_step=NextStep.REJECT,
    )  # fmt: skip
    for criterion, points in zip(criteria[:3], (4, 2, 5), strict=True):
        Score.objects.create(scorecard=draft, criterion=criterion, weight=criterion.weight, points=points)
    others = [
        InterviewFactory(application__posting=posting, done=True, at=days_ahead(-5 - number, 10)).pk
        for number in range(3)
    ]
    for number, pk in enumerate((done, *others)):
        passed = number != 2
        card = Scorecard.objects.create(
            interview_id=pk, by_id=_recruiter(pk), version=1, notes="见过车间主任。", handed_in_at=timezone.now(),
            result=Result.PASSED if passed else Result.FAILED, asked=[question.pk for question in questions],
            next_step=NextStep.OFFER if passed else NextStep.REJECT, close_reason="" if passed else "skills",
            feedback="手很稳，下周一来体检，带上身份证。" if passed else "谢谢您来，这次要会看图纸。",
        )  # fmt: skip
        for place, criterion in enumerate(criteria):
            points = 1 + (number + place) % 5
            Score.objects.create(scorecard=card, criterion=criterion, weight=criterion.weight, points=points)
    return {"recording": _film(done), "my_recording": _film(mine)}


def _recruiter(interview: int) -> int:
    return int(Interview.objects.values_list("recruiter", flat=True).get(pk=interview))


def _film(interview: int) -> int:
    now = timezone.now()
    recording = Recording.objects.create(
        interview_id=interview, state=RecordingState.KEPT, asked_by_id=_recruiter(interview), started_at=now,
        ended_at=now, retain_until=days_ahead(30).date(), content_type="video/webm",
    )  # fmt: skip
    RecordingPart.objects.create(recording=recording, number=1, file="recordings/none.bin", bytes=1)
    return int(recording.pk)
