"""The recruiter's card: a draft that is never lost, and one tap that ends the interview."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from employers.actions import lexicon
from jinba.core.errors import Refused
from jinba.notices.models import Notice
from labor.applications.choices import Stage
from labor.interviews.actions.scoring import STEPS, CardData, Stale, hand_in, may_write, save_card
from labor.interviews.choices import NextStep, Result, State
from labor.interviews.models import Criterion, Interview, Question, Scorecard
from labor.interviews.scoring import in_words, mean, total
from tests.factories.employers import JobPostingFactory, MemberFactory
from tests.factories.interviews import InterviewFactory

pytestmark = pytest.mark.django_db

THANKS = "谢谢您来面试，请看录用通知。"


def make(**fields: Any) -> Interview:
    fields = fields or {"live": True}
    interview: Interview = InterviewFactory(**fields)
    return interview


def criteria(interview: Interview, *weights: int) -> list[Criterion]:
    posting = interview.application.posting
    return [Criterion.objects.create(posting=posting, name=f"第{one}项", weight=one) for one in weights]


def data(**fields: Any) -> CardData:
    passed = {"result": Result.PASSED, "next_step": NextStep.OFFER, "feedback": THANKS}
    return CardData(**(passed | fields))  # type: ignore[typeddict-item]


def test_the_total_is_the_weighted_mean_to_a_tenth() -> None:
    assert str(total([(3, 5), (1, 2)])) == "4.3"  # 17 / 4 = 4.25
    assert total([]) is None
    assert in_words(total([(1, 4)])) == "4.0 分（好）"
    assert in_words(None) == ""
    assert str(mean([total([(1, 5)]), None, total([(1, 2)])])) == "3.5"
    with pytest.raises(ValueError, match="no score"):
        total([(1, 6)])


def test_a_draft_is_kept_with_its_points_weights_and_version() -> None:
    interview = make()
    heavy, light = criteria(interview, 3, 1)
    question = Question.objects.create(posting=interview.application.posting, text="最快什么时候能到岗？")
    draft = CardData(notes="手稳", asked=[question.pk], scores={heavy.pk: 4, light.pk: 2})
    card = save_card(interview=interview, by=interview.recruiter, data=draft, version=0)
    assert (card.version, card.notes, card.asked, card.handed_in_at) == (1, "手稳", [question.pk], None)
    assert set(card.scores.values_list("criterion_id", "weight", "points")) == {(heavy.pk, 3, 4), (light.pk, 1, 2)}
    card = save_card(interview=interview, by=interview.recruiter, data=CardData(scores={heavy.pk: 5}), version=1)
    assert list(card.scores.values_list("criterion_id", "points")) == [(heavy.pk, 5)]
    interview.refresh_from_db()
    assert interview.state == State.LIVE, "a draft moves nothing"


def test_an_older_page_does_not_write_over_a_newer_card() -> None:
    interview = make()
    by = interview.recruiter
    save_card(interview=interview, by=by, data=CardData(notes="先写的"), version=0)
    save_card(interview=interview, by=by, data=CardData(notes="后写的"), version=1)
    with pytest.raises(Stale, match="别的页面") as stale:
        save_card(interview=interview, by=by, data=CardData(notes="旧页面写的"), version=1)
    assert stale.value.card.version == 2
    assert Scorecard.objects.get().notes == "后写的"
    again = save_card(interview=interview, by=by, data=CardData(notes="后写的"), version=1)
    assert again.version == 2, "the same sent again, because the answer was lost"


def test_what_belongs_to_another_posting_is_left_out_and_numbers_are_masked() -> None:
    interview = make()
    foreign = Criterion.objects.create(posting=JobPostingFactory(), name="别家的", weight=1)
    text = "电话 13712345678，身份证 511921199001011234"
    sent = CardData(notes=text, feedback=text, scores={foreign.pk: 3}, result="nonsense")
    card = save_card(interview=interview, by=interview.recruiter, data=sent, version=0)
    assert card.scores.count() == 0
    assert card.result == ""
    for kept in (card.notes, card.feedback):
        assert "13712345678" not in kept
        assert "511921199001011234" not in kept


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"notes": "长" * 1001}, "1000 个字"),
        ({"feedback": "长" * 301}, "300 个字"),
        ({"scores": {1: 6}}, "1 到 5"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(sent: CardData, sentence: str) -> None:
    interview = make()
    with pytest.raises(Refused, match=sentence):
        save_card(interview=interview, by=interview.recruiter, data=sent, version=0)


def test_only_the_recruiter_and_an_owner_of_his_firm_write() -> None:
    interview = make()
    employer = interview.application.posting.employer
    colleague = MemberFactory(employer=employer, recruiter=True).user
    stranger = MemberFactory().user
    assert may_write(interview=interview, by=interview.recruiter)
    assert may_write(interview=interview, by=MemberFactory(employer=employer).user)
    for by, sentence in ((colleague, "面试官本人"), (stranger, "不是您单位的")):
        with pytest.raises(Refused, match=sentence):
            save_card(interview=interview, by=by, data=CardData(), version=0)
        with pytest.raises(Refused, match=sentence):
            hand_in(interview=interview, by=by, data=data())


@pytest.mark.parametrize(
    ("sent", "stage"),
    [
        (data(), Stage.OFFERED),
        (data(next_step=NextStep.PRIOR), Stage.PRIOR_TO_HIRE),
        (data(next_step=NextStep.AGAIN), Stage.INTERVIEWED),
        (data(result=Result.UNDECIDED, next_step=NextStep.WAIT), Stage.INTERVIEWED),
        (data(result=Result.UNDECIDED, next_step=NextStep.POOL, close_reason="full"), Stage.POOL),
        (data(result=Result.FAILED, next_step=NextStep.REJECT, close_reason="skills"), Stage.REJECTED),
        (data(result=Result.FAILED, next_step=NextStep.REJECT, close_reason="other"), Stage.REJECTED),
    ],
)
def test_handing_in_ends_the_interview_and_moves_the_application(sent: CardData, stage: Stage) -> None:
    interview = make()
    card = hand_in(interview=interview, by=interview.recruiter, data=sent)
    interview.refresh_from_db()
    application = interview.application
    application.refresh_from_db()
    assert card.handed_in_at is not None
    assert (interview.state, interview.feedback) == (State.DONE, THANKS)
    assert application.stage == stage
    notice = Notice.objects.get(kind="interview.result", recipient=application.worker.user)
    assert THANKS in notice.body
    if stage == Stage.REJECTED:
        assert application.close_note == THANKS


def test_the_worker_reads_the_result_in_plain_words() -> None:
    interview = make()
    hand_in(interview=interview, by=interview.recruiter, data=data())
    notice = Notice.objects.get(kind="interview.result", recipient=interview.application.worker.user)
    assert "通过了" in notice.title


def test_a_second_tap_changes_nothing() -> None:
    interview = make()
    first = hand_in(interview=interview, by=interview.recruiter, data=data())
    notices = Notice.objects.count()
    again = hand_in(
        interview=interview, by=interview.recruiter, data=data(result=Result.FAILED, next_step=NextStep.REJECT)
    )
    assert (again.pk, again.result, again.handed_in_at) == (first.pk, Result.PASSED, first.handed_in_at)
    assert Notice.objects.count() == notices
    with pytest.raises(Refused, match="已经交了"):
        save_card(interview=interview, by=interview.recruiter, data=CardData(notes="晚了"), version=first.version)


@pytest.mark.parametrize(
    ("sent", "field", "sentence"),
    [
        (data(result=""), "result", "请选结果"),
        (data(next_step=""), "next_step", "请选下一步"),
        (data(next_step=NextStep.REJECT), "next_step", "“通过”，下一步可以选"),
        (data(result=Result.FAILED), "next_step", "“未通过”，下一步可以选"),
        (data(result=Result.FAILED, next_step=NextStep.REJECT), "close_reason", "请选一个原因"),
        (data(next_step=NextStep.POOL), "close_reason", "请选一个原因"),
        (data(next_step=NextStep.AGAIN, feedback=" "), "feedback", "写一句话"),
        (data(feedback="您快要生孩子了，不方便"), "feedback", "妇女权益保障法第四十三条"),
        (data(feedback="只限男，对不起"), "feedback", "限男"),
    ],
)
def test_what_is_missing_or_unlawful_is_said_and_nothing_moves(sent: CardData, field: str, sentence: str) -> None:
    lexicon.load()
    interview = make()
    with pytest.raises(Refused, match=sentence) as refused:
        hand_in(interview=interview, by=interview.recruiter, data=sent)
    assert refused.value.field == field
    interview.refresh_from_db()
    assert interview.state == State.LIVE


def test_an_offer_needs_no_words() -> None:
    interview = make()
    hand_in(interview=interview, by=interview.recruiter, data=data(feedback=""))
    assert interview.application.__class__.objects.get().stage == Stage.OFFERED


def test_full_seats_keep_everything_as_it_was() -> None:
    interview = make()
    posting = interview.application.posting
    type(posting).objects.filter(pk=posting.pk).update(filled=posting.headcount)
    save_card(interview=interview, by=interview.recruiter, data=data(notes="留着"), version=0)
    with pytest.raises(Refused, match="录满"):
        hand_in(interview=interview, by=interview.recruiter, data=data(notes="留着"))
    interview.refresh_from_db()
    card = Scorecard.objects.get()
    assert (interview.state, card.handed_in_at, card.notes) == (State.LIVE, None, "留着")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"cancelled": True}, "已经取消"),
        ({"rescheduling": True}, "改期中"),
        ({"confirmed": True, "at": timezone.now().replace(second=0, microsecond=0) + timedelta(hours=3)}, "还没"),
        ({"live": True, "application__stage": Stage.WITHDRAWN}, "报名已经结束"),
    ],
)
def test_what_did_not_take_place_has_no_result(fields: dict[str, Any], sentence: str) -> None:
    interview = make(**fields)
    with pytest.raises(Refused, match=sentence):
        hand_in(interview=interview, by=interview.recruiter, data=data())
    assert not Scorecard.objects.filter(handed_in_at__isnull=False).exists()


def test_a_talk_by_telephone_or_after_a_no_show_can_be_handed_in() -> None:
    by_phone = make(confirmed=True, mode="phone", at=timezone.now().replace(second=0, microsecond=0))
    missed = make(no_show=True)
    for interview in (by_phone, missed):
        hand_in(interview=interview, by=interview.recruiter, data=data())
        interview.refresh_from_db()
        assert interview.state == State.DONE


def test_every_result_knows_what_may_follow() -> None:
    assert set(STEPS) == set(Result)
    assert {step for steps in STEPS.values() for step in steps} == set(NextStep)
