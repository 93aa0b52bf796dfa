"""Questions and answers on a posting's page: kept when somebody answered in public, corrected, hidden, shown again."""

from typing import Any

from django.utils import timezone

from employers.actions import lexicon
from employers.choices import PhraseFamily
from employers.models import JobPosting, Member, PostingAnswer
from jinba.accounts.choices import STAFF_ROLES
from jinba.core.errors import Refused
from jinba.core.locks import locked_one, patient

F = PhraseFamily
LONGEST = 300
NOT_YOURS = "这个岗位不是您单位的，不能改它的问答。"
# An answer that stands on the page has to be as lawful as the posting itself; years of age and the like are for flags.
MUST_NOT = frozenset(
    {
        *(F.GENDER, F.MARRIAGE, F.ETHNICITY, F.RELIGION, F.HOUSEHOLD, F.HEALTH),
        *(F.FEE, F.DEPOSIT, F.PAPERS, F.FRAUD, F.CONTACT),
    }
)


@patient
def keep(*, posting: JobPosting, question: str, answer: str, source: str, by: Any) -> PostingAnswer:
    """Answered in public: it stays at the posting, once for each question. What somebody hid stays hidden."""
    answer = _fit(answer)
    kept, is_new = PostingAnswer.objects.get_or_create(
        posting=posting, question=question, defaults={"answer": answer, "source": source, "answered_by": by}
    )
    if not is_new and kept.answer != answer:
        _write(kept, answer, by)
    return kept


@patient
def change(*, answer: PostingAnswer, by: Any, text: str) -> PostingAnswer:
    """Other words for the same question, by the employer's members or an officer."""
    _must_be_theirs(answer, by)
    text = _fit(text)
    answer = locked_one(PostingAnswer.objects.all(), pk=answer.pk)
    if answer.answer != text:
        _write(answer, text, by)
    return answer


@patient
def hide(*, answer: PostingAnswer, by: Any, reason: str = "") -> PostingAnswer:
    """It leaves the posting's page; the row stays, with who and why."""
    _must_be_theirs(answer, by)
    answer = locked_one(PostingAnswer.objects.all(), pk=answer.pk)
    if answer.hidden_at is None:
        answer.hidden_at, answer.hidden_by, answer.hidden_why = timezone.now(), by, reason.strip()[:200]
        answer.save(update_fields=["hidden_at", "hidden_by", "hidden_why"])
    return answer


@patient
def show(*, answer: PostingAnswer, by: Any) -> PostingAnswer:
    """It stands on the page again. What an officer hid, officers show."""
    _must_be_theirs(answer, by)
    answer = locked_one(PostingAnswer.objects.select_related("hidden_by"), pk=answer.pk)
    if answer.hidden_at is None:
        return answer
    if answer.hidden_by is not None and answer.hidden_by.role in STAFF_ROLES and by.role not in STAFF_ROLES:
        raise Refused("这条是主管部门隐藏的，不能自己放出来。有不同意见请联系主管部门。")
    answer.hidden_at, answer.hidden_by, answer.hidden_why = None, None, ""
    answer.save(update_fields=["hidden_at", "hidden_by", "hidden_why"])
    return answer


def _write(kept: PostingAnswer, text: str, by: Any) -> None:
    kept.answer, kept.answered_by, kept.answered_at = text, by, timezone.now()
    kept.save(update_fields=["answer", "answered_by", "answered_at"])


def _fit(text: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise Refused("请写答复。", field="text")
    if len(text) > LONGEST:
        raise Refused(f"答复最多 {LONGEST} 个字，现在有 {len(text)} 个字。", field="text")
    for hit in lexicon.current().find({"text": text}):
        if hit.family in MUST_NOT:
            why = "联系方式不能放到岗位页上" if hit.family == F.CONTACT else F(hit.family).label
            raise Refused(f"“{hit.text}”不能这样写：{why}。{hit.advice}"[:200], field="text")
    return text


def _must_be_theirs(answer: PostingAnswer, by: Any) -> None:
    if by.role in STAFF_ROLES:
        return
    if not Member.objects.filter(user=by, employer=answer.posting.employer_id).exists():
        raise Refused(NOT_YOURS)
