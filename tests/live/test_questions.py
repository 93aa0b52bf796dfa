"""Questions that nobody answered on air: who hears of them, who answers them later, and that the asker is told."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from jinba.notices.models import Notice
from labor.live.actions import answering, saying
from labor.live.models import LiveSession, Message
from tests.factories.accounts import UserFactory
from tests.factories.employers import JobPostingFactory, MemberFactory
from tests.factories.live import LiveSessionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nudges", "letters")]
PAGE = "/studio/questions/"


@pytest.fixture
def session() -> LiveSession:
    made: LiveSession = LiveSessionFactory(replay=True, anchor=True, slow_seconds=0, cards=[JobPostingFactory()])
    return made


def ask(session: LiveSession, text: str = "有夫妻房吗", **more: Any) -> Message:
    card = session.cards.first()
    return saying.say(
        session=session, by=UserFactory(), text=text, kind="question", client_id=uuid4(), **{"card": card, **more}
    )


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_question_at_the_replay_is_told_once_a_day_to_crew_and_firm(session: LiveSession) -> None:
    member = MemberFactory(employer=session.cards.get().posting.employer).user
    ask(session)
    ask(session, "几点下班")
    told = Notice.objects.filter(kind="live.asked")
    assert sorted(told.values_list("recipient", flat=True)) == sorted([member.pk, session.crew.get().user_id])
    assert {one.url for one in told} == {reverse("studio:questions")}


def test_on_air_nobody_is_sent_a_notice() -> None:
    live = LiveSessionFactory(live=True, anchor=True, cards=[JobPostingFactory()])
    answering.answer(message=ask(live), by=live.crew.get().user, text="有")
    assert not Notice.objects.exists()


def test_the_firm_answers_later_and_the_asker_hears_of_it(session: LiveSession) -> None:
    message, member = ask(session), MemberFactory(employer=session.cards.get().posting.employer).user
    MemberFactory(employer=member.membership.employer)
    client = signed_in(member)
    assert client.get(PAGE).content.decode().count("有夫妻房吗") == 1, "however many colleagues he has"
    done = client.post(PAGE, {"message": message.pk, "text": "有，月租两百。", "keep_as_faq": "on"}, follow=True)
    assert "答复好了" in done.content.decode() and "没有等答复的提问" in done.content.decode()
    assert session.cards.get().posting.answers.get().answer == "有，月租两百。"
    notice = Notice.objects.get(kind="live.answered")
    assert (notice.recipient, notice.body, notice.url) == (message.author, "有，月租两百。", session.get_absolute_url())


def test_without_the_tick_it_stays_out_of_the_postings_page(session: LiveSession) -> None:
    message = ask(session)
    signed_in(session.crew.get().user).post(PAGE, {"message": message.pk, "text": "有"})
    message.refresh_from_db()
    assert message.answer == "有" and not session.cards.get().posting.answers.exists()


def test_an_empty_answer_comes_back(session: LiveSession) -> None:
    message, client = ask(session), signed_in(session.crew.get().user)
    answer = client.post(PAGE, {"message": message.pk, "text": " "})
    assert answer.status_code == 422 and "请写答复" in answer.content.decode()


def test_everybody_sees_his_own_and_officers_only_read(session: LiveSession) -> None:
    mine, general = ask(session), ask(session, "坐什么车去", card=None)
    member = signed_in(MemberFactory(employer=session.cards.get().posting.employer).user)
    stranger, officer = signed_in(MemberFactory().user), signed_in(UserFactory(officer=True))
    assert "坐什么车去" not in member.get(PAGE).content.decode()
    assert member.post(PAGE, {"message": general.pk, "text": "有"}).status_code == 404
    assert "有夫妻房吗" not in stranger.get(PAGE).content.decode()
    assert stranger.post(PAGE, {"message": mine.pk, "text": "有"}).status_code == 404
    page = officer.get(PAGE).content.decode()
    assert "有夫妻房吗" in page and "坐什么车去" in page and 'name="text"' not in page
    assert officer.post(PAGE, {"message": mine.pk, "text": "有"}).status_code == 422
    assert signed_in(UserFactory()).get(PAGE).status_code == 403


def test_the_page_asks_little(session: LiveSession, django_assert_max_num_queries: Any) -> None:
    for number in range(6):
        ask(session, f"第{number}问")
    client = signed_in(session.crew.get().user)
    client.get(PAGE)
    with django_assert_max_num_queries(6):
        client.get(PAGE)
