"""What the interviewers of a posting look at and ask. Cards that were written stay as they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from employers.actions import lexicon
from employers.models import JobPosting
from jinba.core.errors import Refused
from jinba.core.locks import locked_one, patient
from jinba.core.masking import masked_text
from labor.applications.actions.history import must_be_member
from labor.interviews.lawful import objection
from labor.interviews.models import Criterion, Question, Score
from labor.interviews.models.scorecards import MOST_CRITERIA, MOST_QUESTIONS

LONGEST_NAME, LONGEST_QUESTION, HEAVIEST = 20, 120, 5
PRESETS: tuple[tuple[str, int], ...] = (
    ("手艺", 3),
    ("经验", 2),
    ("沟通", 1),
    ("稳定性", 2),
    ("到岗时间", 1),
    ("肯学", 1),
    ("守时", 1),
    ("安全意识", 2),
)
SUGGESTIONS = (
    "这样的活您干过吗？干了多久？",
    "说一件您做得最好的活。",
    "机器出了毛病，您怎么办？",
    "干活时怎么防止受伤？",
    "能上哪些班？夜班行不行？",
    "最快什么时候能到岗？",
    "要不要安排住宿？",
    "工资怎么算，您还有什么不清楚？",
    "上一份活为什么不干了？",
    "打算在这里干多久？",
    "您有什么想问我们的？",
)


@dataclass(frozen=True)
class Wanted:
    """One line of the form: a criterion with its weight, or a question; `pk` of the row that it was."""

    text: str
    weight: int = 1
    pk: int | None = None


@patient
def set_criteria(
    *, posting: JobPosting, by: Any, criteria: Sequence[Wanted], questions: Sequence[Wanted]
) -> tuple[list[Criterion], list[Question]]:
    """From now on the interviewers look at these and ask these, in this order; returns them.

    A criterion that has scores is never changed: with another name or weight it is retired and another takes its place.
    """
    must_be_member(by=by, employer_id=posting.employer_id)
    names = [_line(one.text) for one in criteria]
    texts = [_line(one.text) for one in questions]
    _check(criteria, names, texts)
    locked_one(JobPosting.objects.defer("search"), pk=posting.pk)
    return _keep_criteria(posting, criteria, names), _keep_questions(posting, texts)


def _line(text: str) -> str:
    return masked_text(" ".join(text.split()))


def _check(criteria: Sequence[Wanted], names: list[str], texts: list[str]) -> None:
    if len(names) > MOST_CRITERIA:
        raise Refused(f"评分项最多 {MOST_CRITERIA} 个，多了打不过来。", field="criteria")
    if len(texts) > MOST_QUESTIONS:
        raise Refused(f"问题最多 {MOST_QUESTIONS} 个。", field="questions")
    if any(not name or len(name) > LONGEST_NAME for name in names):
        raise Refused(f"评分项写 1 到 {LONGEST_NAME} 个字。", field="criteria")
    if any(not text or len(text) > LONGEST_QUESTION for text in texts):
        raise Refused(f"问题写 1 到 {LONGEST_QUESTION} 个字。", field="questions")
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise Refused(f"“{twice}”写了两遍。", field="criteria")
    if any(not 1 <= one.weight <= HEAVIEST for one in criteria):
        raise Refused(f"轻重选 1 到 {HEAVIEST}。", field="criteria")
    matcher = lexicon.current()
    for field, words in (("criteria", names), ("questions", texts)):
        for one in words:
            if against := objection(one, matcher, also_demands=True):
                raise Refused(against, field=field)


def _keep_criteria(posting: JobPosting, wanted: Sequence[Wanted], names: list[str]) -> list[Criterion]:
    known = {row.name: row for row in posting.criteria.filter(is_used=True)}
    by_pk = {row.pk: row for row in known.values()}
    scored = set(Score.objects.filter(criterion__in=by_pk).values_list("criterion_id", flat=True))
    kept: list[Criterion | None] = []
    for one, name in zip(wanted, names, strict=True):
        row = known.get(name) or by_pk.get(one.pk or 0)
        if row in kept:
            row = None
        if row is not None and row.pk in scored and (row.name, row.weight) != (name, one.weight):
            row = None
        kept.append(row)
    # Names of those that go are free before others take them.
    gone = [row for row in by_pk.values() if row not in kept]
    Criterion.objects.filter(pk__in=[row.pk for row in gone if row.pk in scored]).update(is_used=False)
    Criterion.objects.filter(pk__in=[row.pk for row in gone if row.pk not in scored]).delete()
    renamed = [row.pk for row, name in zip(kept, names, strict=True) if row is not None and row.name != name]
    for pk in renamed:
        Criterion.objects.filter(pk=pk).update(name=f"#{pk}")
    made = []
    for ordinal, (one, name, row) in enumerate(zip(wanted, names, kept, strict=True)):
        if row is None:
            row = Criterion.objects.create(posting=posting, name=name, weight=one.weight, ordinal=ordinal)
        elif (row.name, row.weight, row.ordinal) != (name, one.weight, ordinal):
            row.name, row.weight, row.ordinal = name, one.weight, ordinal
            row.save(update_fields=["name", "weight", "ordinal"])
        made.append(row)
    return made


def _keep_questions(posting: JobPosting, texts: list[str]) -> list[Question]:
    """A question with the same words stays the same row: cards say by its number that it was asked."""
    known: dict[str, list[Question]] = {}
    for row in posting.questions.filter(is_used=True).order_by("pk"):
        known.setdefault(row.text, []).append(row)
    made = []
    for ordinal, text in enumerate(texts):
        row = known[text].pop(0) if known.get(text) else Question(posting=posting, text=text)
        row.ordinal = ordinal
        row.save()
        made.append(row)
    posting.questions.filter(is_used=True).exclude(pk__in=[row.pk for row in made]).update(is_used=False)
    return made
