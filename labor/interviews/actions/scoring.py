"""The recruiter's card of an interview: kept as a draft while it is written, handed in once."""

from collections.abc import Mapping
from typing import Any, TypedDict

from django.utils import timezone

from employers.actions import lexicon
from employers.models import JobPosting, Member
from jinba.core.errors import Refused
from jinba.core.locks import locked_one, patient
from jinba.core.masking import masked_text
from labor.applications import actions as applications
from labor.applications.choices import CloseReason, Stage
from labor.applications.models import Application
from labor.interviews.actions import changing, recording
from labor.interviews.actions.history import gather
from labor.interviews.choices import NextStep, Result
from labor.interviews.lawful import objection
from labor.interviews.models import Criterion, Interview, Question, Score, Scorecard
from labor.interviews.scoring import HIGHEST, LOWEST

LONGEST_NOTES, LONGEST_FEEDBACK, LONGEST_CLOSE_NOTE = 1000, 300, 200
HANDED_IN = "这张评分表已经交了，不能再改。"
NOT_YOURS = "这场面试不是您单位的。"
NOT_THE_RECRUITER = "评分表由面试官本人填；面试官换了，请单位负责人填。"
# What may follow from which result.
STEPS: dict[str, tuple[NextStep, ...]] = {
    Result.PASSED: (NextStep.OFFER, NextStep.PRIOR, NextStep.AGAIN, NextStep.WAIT, NextStep.POOL),
    Result.UNDECIDED: (NextStep.WAIT, NextStep.AGAIN, NextStep.POOL),
    Result.FAILED: (NextStep.REJECT, NextStep.POOL),
}
# Where a next step takes the application; those not named leave it where interviewed people are.
STAGES: dict[str, Stage] = {
    NextStep.OFFER: Stage.OFFERED,
    NextStep.PRIOR: Stage.PRIOR_TO_HIRE,
    NextStep.POOL: Stage.POOL,
    NextStep.REJECT: Stage.REJECTED,
}
ENDINGS = (NextStep.POOL, NextStep.REJECT)


class CardData(TypedDict, total=False):
    """What the form says; what is left out is empty. `scores`: points by criterion."""

    notes: str
    asked: list[int]
    scores: Mapping[int, int]
    result: str
    next_step: str
    close_reason: str
    feedback: str


class Stale(Refused):
    """Another page saved a newer card; nothing was overwritten. `card` is that one."""

    def __init__(self, card: Scorecard) -> None:
        super().__init__("这张评分表在别的页面或者设备上改过了。请载入最新的再写，您刚写的还在这一页。")
        self.card = card


@patient
def save_card(*, interview: Interview, by: Any, data: CardData, version: int) -> Scorecard:
    """Keep what is written so far; the card's version tells which save it was.

    `version`: the one that the page began with, 0 for none. Stale when there is a newer one that says something else.
    """
    interview = locked_one(_rows(), pk=interview.pk)
    must_write(interview=interview, by=by)
    card = Scorecard.objects.filter(interview=interview).first() or Scorecard(interview=interview, by=by)
    if card.handed_in_at:
        raise Refused(HANDED_IN)
    clean = _cleaned(interview, data)
    if card.version != version:
        if card.version and _is_same(card, clean):
            return card  # sent again, because the answer was lost
        raise Stale(card)
    return _write(card, clean)


@patient
def hand_in(*, interview: Interview, by: Any, data: CardData) -> Scorecard:
    """The card is final, the interview done, and the application goes where the next step says: all or nothing.

    Handed in twice, the second time changes nothing.
    """
    locked_one(JobPosting.objects.defer("search"), pk=interview.application.posting_id)  # before what comes after it
    interview = gather(pk=interview.pk)
    must_write(interview=interview, by=by)
    card = Scorecard.objects.filter(interview=interview).first() or Scorecard(interview=interview, by=by)
    if card.handed_in_at:
        return card
    clean = _cleaned(interview, data)
    _check_words(clean)
    card = _write(card, clean)
    card.by, card.handed_in_at = by, timezone.now()
    card.save(update_fields=["by", "handed_in_at"])
    # The application is one of interviewed people by this, and the worker reads result and words.
    interview = changing.finish(interview=interview, by=by, feedback=card.feedback)
    recording.end_of(interview=interview)
    _advance(interview.application, card, by)
    return card


def must_write(*, interview: Interview, by: Any) -> None:
    """Refused unless `by` may write this card: the recruiter himself, or an owner of his firm."""
    member = Member.objects.filter(employer_id=interview.application.posting.employer_id, user=by).first()
    if member is None:
        raise Refused(NOT_YOURS)
    if interview.recruiter_id != by.pk and not member.is_owner:
        raise Refused(NOT_THE_RECRUITER)


def may_write(*, interview: Interview, by: Any) -> bool:
    try:
        must_write(interview=interview, by=by)
    except Refused:
        return False
    return True


# Inside --------------------------------------------------------------------------------------------------------------


def _rows() -> Any:
    return Interview.objects.select_related("application__posting")


def _cleaned(interview: Interview, data: CardData) -> CardData:
    """Only what belongs to this posting, without numbers that would be personal data; too long is refused."""
    posting_id = interview.application.posting_id
    scores = dict(data.get("scores") or {})
    if any(not LOWEST <= points <= HIGHEST for points in scores.values()):
        raise Refused("分数只能选 1 到 5。", field="scores")
    ours = set(Criterion.objects.filter(posting_id=posting_id, pk__in=scores).values_list("pk", flat=True))
    asked = set(data.get("asked") or [])
    questions = Question.objects.filter(posting_id=posting_id, pk__in=asked).order_by("ordinal", "pk")
    notes, feedback = masked_text(data.get("notes", "").strip()), masked_text(data.get("feedback", "").strip())
    if len(notes) > LONGEST_NOTES:
        raise Refused(f"记录最多写 {LONGEST_NOTES} 个字。", field="notes")
    if len(feedback) > LONGEST_FEEDBACK:
        raise Refused(f"给求职者的话最多写 {LONGEST_FEEDBACK} 个字。", field="feedback")
    return CardData(
        notes=notes,
        asked=[row.pk for row in questions],
        scores={pk: points for pk, points in scores.items() if pk in ours},
        result=_one_of(Result.values, data.get("result", "")),
        next_step=_one_of(NextStep.values, data.get("next_step", "")),
        close_reason=_one_of(CloseReason.values, data.get("close_reason", "")),
        feedback=feedback,
    )


def _one_of(values: list[str], value: str) -> str:
    return value if value in values else ""


TEXTS = ("notes", "result", "next_step", "close_reason", "feedback")


def _is_same(card: Scorecard, clean: CardData) -> bool:
    scores = dict(card.scores.values_list("criterion_id", "points"))
    stored = {name: getattr(card, name) for name in (*TEXTS, "asked")}
    return {**stored, "scores": scores} == dict(clean)


def _write(card: Scorecard, clean: CardData) -> Scorecard:
    for name in (*TEXTS, "asked"):
        setattr(card, name, clean[name])  # type: ignore[literal-required]
    card.version, card.saved_at = card.version + 1, timezone.now()
    card.save()
    weights = dict(Criterion.objects.filter(pk__in=clean["scores"]).values_list("pk", "weight"))
    card.scores.exclude(criterion_id__in=weights).delete()
    Score.objects.bulk_create(
        [Score(scorecard=card, criterion_id=pk, weight=weights[pk], points=clean["scores"][pk]) for pk in weights],
        update_conflicts=True,
        unique_fields=["scorecard", "criterion"],
        update_fields=["weight", "points"],
    )
    return card


def _check_words(clean: CardData) -> None:
    result, step = clean["result"], clean["next_step"]
    if not result:
        raise Refused("请选结果：通过、待定还是未通过。", field="result")
    if not step:
        raise Refused("请选下一步。", field="next_step")
    if step not in STEPS[result]:
        allowed = "、".join(one.label for one in STEPS[result])
        raise Refused(f"结果是“{Result(result).label}”，下一步可以选：{allowed}。", field="next_step")
    if step in ENDINGS and not clean["close_reason"]:
        raise Refused("请选一个原因。", field="close_reason")
    if not clean["feedback"] and (result, step) != (Result.PASSED, NextStep.OFFER):
        raise Refused("请给求职者写一句话：他等着结果。", field="feedback")
    if against := objection(clean["feedback"], lexicon.current(), also_demands=True):
        raise Refused(against, field="feedback")


def _advance(application: Application, card: Scorecard, by: Any) -> None:
    """Where the next step leads. The words went with the result; whoever is turned down finds them at the end too."""
    to = STAGES.get(card.next_step)
    if to is None or application.stage == to:
        return
    reason, note = "", ""
    if card.next_step in ENDINGS:
        reason, note = card.close_reason, _shortened(card.feedback, LONGEST_CLOSE_NOTE)
    applications.move(application=application, to=to, by=by, reason=reason, note=note)


def _shortened(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1] + "…"
