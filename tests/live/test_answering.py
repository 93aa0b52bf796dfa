"""A question is answered for the room, and what is of use stays at the posting, once."""

from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from employers.actions import lexicon
from employers.models import PostingAnswer
from jinba.core.errors import Refused
from labor.live.actions import answering, moderating, saying
from labor.live.choices import EntryKind, MessageKind
from labor.live.models import LiveSession, Message
from tests.factories.accounts import UserFactory
from tests.factories.employers import JobPostingFactory, MemberFactory, owner_of
from tests.factories.live import CardFactory, LiveSessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def anchor() -> Any:
    return UserFactory(park=True)


@pytest.fixture
def session(anchor: Any) -> LiveSession:
    made: LiveSession = LiveSessionFactory(live=True, anchor=anchor, slow_seconds=0, cards=[JobPostingFactory()])
    return made


def ask(session: LiveSession, text: str = "有夫妻房吗", **more: Any) -> Message:
    more.setdefault("card", session.cards.first())
    return saying.say(session=session, by=UserFactory(), text=text, kind="question", client_id=uuid4(), **more)


def test_an_answer_is_for_the_room_and_for_the_posting(session: LiveSession, anchor: Any) -> None:
    message = ask(session)
    kept = answering.answer(message=message, by=anchor, text="有，月租两百。")
    assert kept is not None and kept.posting == session.cards.get().posting
    assert (kept.question, kept.answer, kept.source, kept.answered_by) == (
        "有夫妻房吗",
        "有，月租两百。",
        "直播问答",
        anchor,
    )
    message.refresh_from_db()
    assert message.answered_by == anchor and message.answered_at
    entry = session.entries.last()
    assert (entry.kind, entry.message, entry.data["name"]) == (EntryKind.ANSWERED, message, "主播小林")


def test_the_same_answer_twice_is_one_and_a_better_one_takes_its_place(session: LiveSession, anchor: Any) -> None:
    first, same_words = ask(session), ask(session)
    for text in ("有。", "有。", "有，要先登记。"):
        answering.answer(message=first, by=anchor, text=text)
    assert session.entries.filter(kind=EntryKind.ANSWERED).count() == 2
    answering.answer(message=same_words, by=anchor, text="有，先到先住。")
    assert PostingAnswer.objects.get().answer == "有，先到先住。"


@pytest.mark.parametrize("text", ["有夫妻房吗，我电话13857900001", "我511902199001011234，能报名吗"])
def test_a_question_with_somebodys_number_is_answered_and_never_stays_at_the_posting(
    session: LiveSession, anchor: Any, text: str
) -> None:
    message = ask(session, text)
    moderating.show(message=message, by=anchor)
    assert answering.answer(message=message, by=anchor, text="有。") is None
    message.refresh_from_db()
    assert message.answer == "有。" and not PostingAnswer.objects.exists()


def test_only_a_ticked_box_a_card_and_words_keep_it(session: LiveSession, anchor: Any) -> None:
    other = CardFactory(session=session)
    assert answering.answer(message=ask(session), by=anchor, text="有", keep_as_faq=False) is None
    assert answering.answer(message=ask(session, card=None), by=anchor, text="有") is None
    assert answering.answer(message=ask(session), by=anchor, by_voice=True) is None
    assert not PostingAnswer.objects.exists()
    kept = answering.answer(message=ask(session, card=None), by=anchor, text="有", card=other)
    assert kept is not None and kept.posting == other.posting


def test_a_guest_of_the_room_answers_and_keeps_nothing_at_the_postings_of_others(session: LiveSession) -> None:
    theirs, own = session.cards.get(), CardFactory(session=session)
    guest = owner_of(own.posting.employer)
    session.crew.create(user=guest, part="anchor", shown_name="李姐")
    message = ask(session, card=theirs)
    assert answering.answer(message=message, by=guest, text="那边没有。") is None
    message.refresh_from_db()
    assert message.answer and not PostingAnswer.objects.exists()
    assert answering.answer(message=ask(session, card=own), by=guest, text="有。") is not None


def test_answered_by_voice_is_said_so_and_never_in_place_of_words(session: LiveSession, anchor: Any) -> None:
    message = ask(session)
    answering.answer(message=message, by=anchor, by_voice=True)
    message.refresh_from_db()
    assert message.answer == answering.BY_VOICE
    answering.answer(message=message, by=anchor, text="有，月租两百。")
    answering.answer(message=message, by=anchor, by_voice=True)
    message.refresh_from_db()
    assert message.answer == "有，月租两百。"
    assert session.entries.filter(kind=EntryKind.ANSWERED).count() == 2


def test_what_an_answer_must_not_be(session: LiveSession, anchor: Any) -> None:
    lexicon.load()
    message = ask(session)
    for text, sentence in (
        ("", "请写答复"),
        ("字" * 301, "300 个字"),
        ("只招女工", "换个说法"),
        ("打 13857900001 问", "联系方式"),
    ):
        with pytest.raises(Refused, match=sentence) as refusal:
            answering.answer(message=message, by=anchor, text=text)
        assert refusal.value.field == "text"
    assert answering.answer(message=message, by=anchor, text="打 0827-5261234 问", keep_as_faq=False) is None


def test_held_and_hidden_questions_are_not_answered(session: LiveSession, anchor: Any) -> None:
    held, hidden = ask(session, "打我电话13857900001"), ask(session)
    moderating.hide(message=hidden, by=anchor, reason="off_topic")
    with pytest.raises(Refused, match="请先点“显示”"):
        answering.answer(message=held, by=anchor, text="好")
    with pytest.raises(Refused, match="已经隐藏"):
        answering.answer(message=hidden, by=anchor, text="好")
    assert not PostingAnswer.objects.exists()


def test_a_card_of_another_session_is_refused(session: LiveSession, anchor: Any) -> None:
    with pytest.raises(Refused, match="不在这场直播里"):
        answering.answer(message=ask(session), by=anchor, text="好", card=CardFactory())


def test_strangers_do_not_answer_but_the_firm_whose_posting_it_is_does(session: LiveSession, anchor: Any) -> None:
    message, member = ask(session), MemberFactory(employer=session.cards.get().posting.employer)
    for stranger in (UserFactory(), MemberFactory().user, UserFactory(officer=True)):
        with pytest.raises(Refused, match="工作人员"):
            answering.answer(message=message, by=stranger, text="有")
    kept = answering.answer(message=message, by=member.user, text="有")
    assert kept is not None and kept.answered_by == member.user
    assert session.entries.last().data["name"] == member.employer.name[:20]
    with pytest.raises(Refused, match="工作人员"):
        answering.answer(message=ask(session, card=None), by=member.user, text="有")


def test_questions_about_the_replay_are_answered_later(anchor: Any) -> None:
    session = LiveSessionFactory(replay=True, anchor=anchor, cards=[JobPostingFactory()])
    message = ask(session)
    assert message.kind == MessageKind.QUESTION
    assert answering.answer(message=message, by=anchor, text="有") is not None


def test_what_somebody_hid_stays_hidden(session: LiveSession, anchor: Any) -> None:
    answering.answer(message=ask(session), by=anchor, text="有")
    PostingAnswer.objects.update(hidden_at=timezone.now())
    kept = answering.answer(message=ask(session), by=anchor, text="没有了")
    assert kept is not None and kept.answer == "没有了" and kept.hidden_at is not None
