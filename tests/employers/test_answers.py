"""What was asked and answered in public stays at the posting: for readers, and for the employer to correct."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from employers.actions import answers, lexicon
from employers.models import JobPosting, PostingAnswer
from jinba.accounts.models import User
from jinba.core.errors import Refused
from tests.employers.test_views import signed_in, text
from tests.factories.accounts import UserFactory
from tests.factories.employers import JobPostingFactory, MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def answer(posting: JobPosting, owner: User) -> PostingAnswer:
    return answers.keep(posting=posting, question="有夫妻房吗", answer="有，月租两百。", source="直播问答", by=owner)


@pytest.fixture
def posting(employer: Any) -> JobPosting:
    made: JobPosting = JobPostingFactory(employer=employer)
    return made


@pytest.fixture
def desk(owner: User) -> Client:
    return signed_in(owner)


def page(posting: JobPosting) -> str:
    return reverse("employers:posting_answers", args=[posting.pk])


def public(posting: JobPosting) -> str:
    """The page as somebody reads it whom no cache serves."""
    return text(signed_in(UserFactory()).get(posting.get_absolute_url()))


def test_the_postings_page_shows_it_and_search_engines_read_the_same_as_before(
    posting: JobPosting, owner: User
) -> None:
    before = public(posting)
    answers.keep(posting=posting, question="<b>有夫妻房吗", answer="有，月租两百。", source="直播问答", by=owner)
    after = public(posting)
    assert "大家问过的" not in before
    assert "大家问过的" in after and "&lt;b&gt;有夫妻房吗" in after and "有，月租两百。" in after

    def structured(page: str) -> str:
        return page.split("application/ld+json")[1].split("</script>")[0]

    assert structured(before) == structured(after)


def test_hidden_ones_are_not_shown_until_they_are_again(answer: PostingAnswer, owner: User) -> None:
    hidden = answers.hide(answer=answer, by=owner)
    assert hidden.hidden_by == owner and "有夫妻房吗" not in public(answer.posting)
    answers.hide(answer=answer, by=UserFactory(officer=True))
    answer.refresh_from_db()
    assert answer.hidden_by == owner, "hidden once"
    shown = answers.show(answer=answer, by=owner)
    assert (shown.hidden_at, shown.hidden_by) == (None, None) and "有夫妻房吗" in public(answer.posting)


def test_what_an_officer_hid_the_employer_does_not_show(answer: PostingAnswer, owner: User) -> None:
    officer = UserFactory(officer=True)
    answers.hide(answer=answer, by=officer, reason="和岗位写的不一样")
    with pytest.raises(Refused, match="主管部门隐藏"):
        answers.show(answer=answer, by=owner)
    assert answers.show(answer=answer, by=officer).hidden_at is None


def test_one_row_a_question(answer: PostingAnswer, posting: JobPosting, owner: User) -> None:
    again = answers.keep(posting=posting, question="有夫妻房吗", answer="有，要登记。", source="直播问答", by=owner)
    elsewhere = answers.keep(
        posting=JobPostingFactory(), question="有夫妻房吗", answer="没有。", source="直播问答", by=owner
    )
    assert again == answer and again.answer == "有，要登记。" and elsewhere != answer


def test_what_cannot_stand_there(answer: PostingAnswer, owner: User) -> None:
    lexicon.load()
    for words, sentence in (
        ("  ", "请写答复"),
        ("字" * 301, "300 个字"),
        ("只招女工", "性别限制"),
        ("加微信 abc12345", "联系方式"),
        ("要交押金200元", "押金"),
    ):
        with pytest.raises(Refused, match=sentence) as refusal:
            answers.change(answer=answer, by=owner, text=words)
        assert refusal.value.field == "text"
    assert answers.change(answer=answer, by=owner, text="有，不收押金。").answer == "有，不收押金。"


def test_strangers_change_nothing(answer: PostingAnswer) -> None:
    for stranger in (MemberFactory().user, UserFactory(), UserFactory(park=True)):
        for act in (answers.hide, answers.show):
            with pytest.raises(Refused, match="不是您单位的"):
                act(answer=answer, by=stranger)
        with pytest.raises(Refused, match="不是您单位的"):
            answers.change(answer=answer, by=stranger, text="没有")


def test_a_member_corrects_hides_and_shows(answer: PostingAnswer, desk: Client) -> None:
    address = page(answer.posting)
    assert "有，月租两百。" in text(desk.get(address))
    changed = desk.post(address, {"answer": answer.pk, "text": "有，月租一百五。"}, follow=True)
    assert "改好了" in text(changed) and "有，月租一百五。" in text(changed)
    assert "已隐藏" in text(desk.post(address, {"answer": answer.pk, "deed": "hide"}, follow=True))
    assert "又显示出来了" in text(desk.post(address, {"answer": answer.pk, "deed": "show"}, follow=True))


def test_what_was_typed_stays_beside_the_reason(answer: PostingAnswer, posting: JobPosting, desk: Client) -> None:
    lexicon.load()
    other = PostingAnswer.objects.create(
        posting=posting, question="包吃吗", answer="包三餐。", answered_by=answer.answered_by
    )
    response = desk.post(page(posting), {"answer": answer.pk, "text": "只招女工"})
    assert response.status_code == 422
    assert "不能这样写" in text(response) and "只招女工" in text(response) and "包三餐。" in text(response)
    assert desk.post(page(posting), {"answer": other.pk, "text": ""}).status_code == 422
    answer.refresh_from_db()
    assert answer.answer == "有，月租两百。"


def test_another_firms_postings_and_answers_do_not_exist(answer: PostingAnswer, posting: JobPosting) -> None:
    stranger = MemberFactory()
    client, own = signed_in(stranger.user), JobPostingFactory(employer=stranger.employer)
    assert client.get(page(posting)).status_code == client.post(page(posting)).status_code == 404
    assert client.post(page(own), {"answer": answer.pk, "deed": "hide"}).status_code == 404
    assert signed_in(UserFactory()).get(page(posting)).status_code == 403
    assert Client().get(page(posting)).status_code == 302


def test_the_page_asks_little(answer: PostingAnswer, desk: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(10):
        PostingAnswer.objects.create(
            posting=answer.posting, question=f"第{number}问", answer="有", answered_by=answer.answered_by
        )
    desk.get(page(answer.posting))
    with django_assert_max_num_queries(7):
        desk.get(page(answer.posting))
