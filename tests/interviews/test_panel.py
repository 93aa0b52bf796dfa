"""The pages on which recruiters write: the card, criteria and questions, results side by side."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from employers.actions import lexicon
from jinba.core.errors import Refused
from labor.interviews.actions.criteria import PRESETS, SUGGESTIONS, Wanted, set_criteria
from labor.interviews.actions.scoring import hand_in, save_card
from labor.interviews.choices import NextStep, Result
from labor.interviews.comparing import compared
from labor.interviews.lawful import objection
from labor.interviews.models import Criterion, Interview, Question, Scorecard
from labor.interviews.panel import SAYINGS, panel_context
from tests.factories.accounts import user_in
from tests.factories.employers import JobPostingFactory, MemberFactory, owner_of
from tests.factories.interviews import InterviewFactory, days_ahead
from tests.factories.rooms import signed_in

pytestmark = pytest.mark.django_db

JSON = {"Accept": "application/json"}


def live(**fields: Any) -> Interview:
    interview: Interview = InterviewFactory(live=True, **fields)
    return interview


def address(interview: Interview, name: str = "scorecard") -> str:
    return reverse(f"interviewing:{name}", args=[interview.pk])


def fields(**more: Any) -> dict[str, Any]:
    sent = {"version": 0, "result": "passed", "next_step": "offer", "feedback": "", **more}
    return {f"card-{name}": value for name, value in sent.items()}


def client_of(interview: Interview) -> Client:
    return signed_in(interview.recruiter)


# The card ------------------------------------------------------------------------------------------------------------


def test_the_page_shows_who_it_is_masked_what_to_ask_and_the_form() -> None:
    interview = live(application__worker__name="欧阳小凤")
    posting = interview.application.posting
    Criterion.objects.create(posting=posting, name="手艺", weight=3)
    Question.objects.create(posting=posting, text="最快什么时候能到岗？")
    InterviewFactory(no_show=True, application__worker=interview.application.worker)
    page = client_of(interview).get(address(interview))
    text = page.content.decode()
    for words in ("欧阳**", "爽约 1 次", "手艺", "按 3 倍算", "最快什么时候能到岗？", posting.title, "很好", "交结果"):
        assert words in text
    for secret in ("欧阳小凤", interview.application.worker.phone):
        assert secret not in text


def test_the_page_asks_the_database_seldom(django_assert_max_num_queries: Any) -> None:
    interview = live()
    for number in range(8):
        Criterion.objects.create(posting=interview.application.posting, name=f"第{number}项", weight=1)
    client = client_of(interview)
    client.get(address(interview))
    with django_assert_max_num_queries(27):
        client.get(address(interview))


def test_who_took_his_consent_back_is_not_described() -> None:
    interview = live()
    application = interview.application
    application.consent_withdrawn_at = timezone.now()
    application.save(update_fields=["consent_withdrawn_at"])
    shown = panel_context(interview, interview.recruiter)
    assert (shown["facts"], shown["phone"]) == ([], "")


def test_a_draft_is_saved_and_an_older_one_is_told() -> None:
    interview = live()
    client = client_of(interview)
    saved = client.post(address(interview, "scorecard_draft"), fields(notes="手稳"), headers=JSON)
    assert saved.json()["version"] == 1
    assert ":" in saved.json()["saved_at"]
    old = client.post(address(interview, "scorecard_draft"), fields(notes="旧的"), headers=JSON)
    assert (old.status_code, old.json()["version"]) == (409, 1)
    long = client.post(address(interview, "scorecard_draft"), fields(notes="长" * 1001, version=1), headers=JSON)
    assert long.status_code == 422
    assert Scorecard.objects.get().notes == "手稳"


def test_handing_in_by_script_and_without() -> None:
    for headers in (JSON, {}):
        interview = live()
        client = client_of(interview)
        missing = client.post(address(interview), fields(next_step="", notes="留着"), headers=headers)
        assert missing.status_code == 422
        said = missing.json()["detail"] if headers else missing.content.decode()
        assert "请选下一步" in said
        assert Scorecard.objects.get(interview=interview).notes == "留着", "what was written is kept"
        done = client.post(address(interview), fields(version=1, notes="留着"), headers=headers)
        assert done.status_code == (200 if headers else 302)
        assert Scorecard.objects.get(interview=interview).handed_in_at is not None
        again = client.post(address(interview), fields(version=1), headers=headers)
        assert again.status_code == (200 if headers else 302)
        text = client.get(address(interview)).content.decode()
        assert "留着" in text
        assert "交结果" not in text


def test_without_scripts_it_can_be_kept_and_not_handed_in() -> None:
    interview = live()
    client = client_of(interview)
    kept = client.post(address(interview), {**fields(notes="先存"), "keep": "1"})
    assert kept.status_code == 302
    card = Scorecard.objects.get()
    assert (card.notes, card.handed_in_at) == ("先存", None)
    stale = client.post(address(interview), {**fields(notes="旧页面", version=0), "keep": "1"})
    assert stale.status_code == 409
    assert "旧页面" in stale.content.decode(), "what he wrote is still on the page"
    assert Scorecard.objects.get().notes == "先存"


def test_another_round_leads_to_where_it_is_arranged() -> None:
    interview = live()
    sent = fields(next_step="again", feedback="还想请您再面一次。")
    done = client_of(interview).post(address(interview), sent, headers=JSON)
    page = client_of(interview).get(done.json()["url"])
    assert interview.application.worker.name in page.content.decode()


def test_who_reads_and_writes_the_card() -> None:
    interview = live()
    employer = interview.application.posting.employer
    save_card(
        interview=interview, by=interview.recruiter, data={"notes": "只给自己看的", "result": "passed"}, version=0
    )
    colleague = signed_in(MemberFactory(employer=employer, recruiter=True).user)
    page = colleague.get(address(interview)).content.decode()
    assert "只给自己看的" in page
    assert "交结果" not in page
    refused = colleague.post(address(interview, "scorecard_draft"), fields(version=1), headers=JSON)
    assert "面试官本人" in refused.json()["detail"]
    officer = signed_in(user_in("officer"))
    assert "通过" not in officer.get(address(interview)).content.decode(), "a draft is nobody's result"
    hand_in(
        interview=interview, by=interview.recruiter,
        data={"notes": "只给自己看的", "result": Result.PASSED, "next_step": NextStep.OFFER, "feedback": "欢迎您来"},
    )  # fmt: skip
    read = officer.get(address(interview)).content.decode()
    assert "欢迎您来" in read
    assert "只给自己看的" not in read
    assert officer.post(address(interview)).status_code == 405
    for user, status in (
        (interview.application.worker.user, 403), (user_in("broker"), 403), (MemberFactory().user, 404),
    ):  # fmt: skip
        assert signed_in(user).get(address(interview)).status_code == status
        assert signed_in(user).get(address(interview, "recording")).status_code in (403, 404)


# Criteria and questions ----------------------------------------------------------------------------------------------


def test_criteria_and_questions_are_kept_in_their_order() -> None:
    posting = JobPostingFactory()
    by = owner_of(posting.employer)
    kept, asked = set_criteria(
        posting=posting, by=by, criteria=[Wanted("手艺", 3), Wanted(" 沟 通 ", 1)], questions=[Wanted("几点能到？")]
    )
    assert [(row.name, row.weight, row.ordinal) for row in kept] == [("手艺", 3, 0), ("沟 通", 1, 1)]
    again, same = set_criteria(
        posting=posting, by=by, criteria=[Wanted("沟 通", 2, kept[1].pk), Wanted("手艺", 3, kept[0].pk)],
        questions=[Wanted("怎么来？"), Wanted("几点能到？")],
    )  # fmt: skip
    assert [row.pk for row in again] == [kept[1].pk, kept[0].pk], "nothing was scored by them: they change"
    assert same[1].pk == asked[0].pk
    assert posting.criteria.count() == 2


def test_a_criterion_with_scores_is_retired_and_old_cards_stay() -> None:
    interview = live()
    posting, by = interview.application.posting, interview.recruiter
    (old,), _ = set_criteria(posting=posting, by=by, criteria=[Wanted("手艺", 3)], questions=[])
    save_card(interview=interview, by=by, data={"scores": {old.pk: 4}}, version=0)
    (new,), _ = set_criteria(posting=posting, by=by, criteria=[Wanted("手艺", 5, old.pk)], questions=[])
    old.refresh_from_db()
    assert (old.is_used, old.weight, new.weight) == (False, 3, 5)
    assert Scorecard.objects.get().scores.get().criterion_id == old.pk
    set_criteria(posting=posting, by=by, criteria=[], questions=[])
    assert not posting.criteria.filter(is_used=True).exists()
    assert posting.criteria.filter(pk=old.pk).exists()
    assert not posting.criteria.filter(pk=new.pk).exists()


def test_two_criteria_may_swap_their_names() -> None:
    posting = JobPostingFactory()
    by = owner_of(posting.employer)
    (one, two), _ = set_criteria(posting=posting, by=by, criteria=[Wanted("甲"), Wanted("乙")], questions=[])
    set_criteria(
        posting=posting, by=by, criteria=[Wanted("丙", 1, one.pk), Wanted("甲", 1, two.pk)], questions=[]
    )  # fmt: skip
    assert sorted(posting.criteria.filter(is_used=True).values_list("name", flat=True)) == ["丙", "甲"]


@pytest.mark.parametrize(
    ("criteria", "questions", "field", "sentence"),
    [
        ([Wanted(f"第{one}项") for one in range(9)], [], "criteria", "最多 8 个"),
        ([], [Wanted(f"第{one}问？") for one in range(13)], "questions", "最多 12 个"),
        ([Wanted("手艺"), Wanted("手艺")], [], "criteria", "写了两遍"),
        ([Wanted("长" * 21)], [], "criteria", "20 个字"),
        ([], [Wanted("长" * 121)], "questions", "120 个字"),
        ([Wanted("手艺", 6)], [], "criteria", "1 到 5"),
        ([Wanted("年龄")], [], "criteria", "年龄"),
        ([Wanted("婚姻状况")], [], "criteria", "妇女权益保障法第四十三条"),
        ([], [Wanted("您结婚了吗？")], "questions", "妇女权益保障法第四十三条"),
        ([], [Wanted("打算什么时候要孩子？")], "questions", "婚姻和生育"),
        ([], [Wanted("您是哪里人？")], "questions", "籍贯"),
        ([], [Wanted("限男，行吗")], "questions", "限男"),
        ([], [Wanted("先交 200 元押金行不行？")], "questions", "押金"),
    ],
)
def test_what_is_too_much_or_unlawful_is_refused_in_a_sentence(
    criteria: list[Wanted], questions: list[Wanted], field: str, sentence: str
) -> None:
    lexicon.load()
    posting = JobPostingFactory()
    with pytest.raises(Refused, match=sentence) as refused:
        set_criteria(posting=posting, by=owner_of(posting.employer), criteria=criteria, questions=questions)
    assert refused.value.field == field
    assert not Criterion.objects.exists()


def test_strangers_set_nothing() -> None:
    with pytest.raises(Refused):
        set_criteria(posting=JobPostingFactory(), by=MemberFactory().user, criteria=[], questions=[])


def test_what_we_suggest_is_lawful() -> None:
    lexicon.load()
    matcher = lexicon.current()
    words = [*SUGGESTIONS, *(name for name, _ in PRESETS), *(text for texts in SAYINGS.values() for text in texts)]
    assert {text: objection(text, matcher, also_demands=True) for text in words} == dict.fromkeys(words, "")


@pytest.mark.parametrize(
    "words",
    [
        "户口本带上就行",
        "您带过几个孩子？",
        "要站着干 8 小时，您行吗？",
        "满 18 周岁了吗？",
        "家里离车站远不远？",
        "会看图纸吗",
    ],
)
def test_what_may_be_asked_is_let_through(words: str) -> None:
    lexicon.load()
    assert objection(words, lexicon.current(), also_demands=True) == ""


def test_the_page_of_criteria_keeps_what_was_typed() -> None:
    posting = JobPostingFactory()
    url = reverse("interviewing:criteria", args=[posting.pk])
    client = signed_in(owner_of(posting.employer))
    wrong = client.post(url, {"name_0": "手艺", "weight_0": "3", "question_0": "您结婚了吗？"})
    assert wrong.status_code == 422
    assert "您结婚了吗？" in wrong.content.decode()
    assert "妇女权益保障法第四十三条" in wrong.content.decode()
    done = client.post(url, {"name_0": "手艺", "weight_0": "3", "name_1": "", "question_0": "会看图纸吗？"})
    assert done.status_code == 302
    assert (Criterion.objects.get().weight, Question.objects.get().text) == (3, "会看图纸吗？")
    page = client.get(url).content.decode()
    assert "会看图纸吗？" in page


# Results -------------------------------------------------------------------------------------------------------------


def interviewed(posting: Any, points: int, days: int, result: str = Result.PASSED, **more: Any) -> Interview:
    more.setdefault("application__posting", posting)
    interview: Interview = InterviewFactory(done=True, at=days_ahead(-days), **more)
    criterion, _ = Criterion.objects.get_or_create(posting=posting, name="手艺", defaults={"weight": 2})
    card = Scorecard.objects.create(
        interview=interview, by=interview.recruiter, result=result, next_step=NextStep.WAIT,
        handed_in_at=days_ahead(-days),
    )  # fmt: skip
    card.scores.create(criterion=criterion, weight=2, points=points)
    return interview


def test_those_interviewed_stand_side_by_side() -> None:
    posting = JobPostingFactory()
    low = interviewed(posting, 2, days=1, result=Result.FAILED)
    high = interviewed(posting, 5, days=3)
    interviewed(posting, 3, days=2, application=high.application)
    interviewed(JobPostingFactory(), 5, days=1)
    found = compared(posting, "total")
    assert [(row.total, row.rounds) for row in found.rows] == [(Decimal("4.0"), 2), (Decimal("2.0"), 1)]
    assert found.mean_words == "3.0 分（还行）"
    assert found.criteria == [("手艺", "3.3 分（还行）")]
    assert compared(posting, "new").rows[0].interview_id == low.pk
    assert compared(posting, "result").rows[-1].interview_id == low.pk
    page = signed_in(owner_of(posting.employer)).get(reverse("interviewing:results", args=[posting.pk]))
    text = page.content.decode()
    assert low.application.worker.masked_name in text
    assert low.application.worker.name not in text
    assert signed_in(owner_of(posting.employer)).get(
        reverse("interviewing:results", args=[posting.pk]), {"sort": "nonsense"}
    ).status_code == 200  # fmt: skip


def test_the_comparison_asks_the_database_as_often_for_many(django_assert_num_queries: Any) -> None:
    posting = JobPostingFactory()
    for number in range(3):
        interviewed(posting, 1 + number, days=1 + number)
    with django_assert_num_queries(2):
        compared(posting, "total")
