"""Who may speak, when and how fast; what is held; and that a line is said once."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from employers.actions import lexicon
from jinba.core.errors import Refused
from labor.live.actions import moderating, saying
from labor.live.choices import EntryKind, MessageKind, MessageState
from labor.live.models import Ban, Card, LiveSession, Message
from tests.factories.accounts import UserFactory
from tests.factories.employers import JobPostingFactory
from tests.factories.interviews import in_minutes
from tests.factories.live import CardFactory, LiveSessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> LiveSession:
    made: LiveSession = LiveSessionFactory(live=True, anchor=True, slow_seconds=0)
    return made


def say(session: LiveSession, by: Any = None, text: str = "有夫妻房吗", kind: str = "chat", **more: Any) -> Message:
    more.setdefault("client_id", uuid4())
    return saying.say(session=session, by=by or UserFactory(name="王大力"), text=text, kind=kind, **more)


def seconds_ago(seconds: int) -> None:
    """What was said lies so long back."""
    Message.objects.update(at=timezone.now() - timedelta(seconds=seconds))


def test_a_line_is_an_entry_of_the_room(session: LiveSession, nudges: list[str]) -> None:
    message = say(session, text="  车间\u200b有\n空调吗 ")
    assert (message.shown_name, message.text, message.is_crew) == ("王**", "车间有 空调吗", False)
    entry = session.entries.get()
    assert (entry.seq, entry.kind, entry.message) == (1, EntryKind.SAID, message)


def test_a_question_bears_its_card(session: LiveSession) -> None:
    card = CardFactory(session=session)
    message = say(session, kind=MessageKind.QUESTION, card=card)
    assert message.card == card and session.entries.get().kind == EntryKind.ASKED


def test_a_double_tap_is_one_line(session: LiveSession) -> None:
    who, client_id = UserFactory(), UUID("00000000-0000-4000-8000-000000000001")
    session.slow_seconds = 60
    session.save(update_fields=["slow_seconds"])
    assert say(session, who, client_id=client_id) == say(session, who, "别的话", client_id=client_id)
    assert session.entries.count() == 1
    assert say(session, UserFactory(), client_id=client_id).pk, "another author's numbers are his own"


def test_names_tell_nobody_who_it_is(session: LiveSession) -> None:
    nameless, anchor = UserFactory(name="", phone="13912345678"), session.crew.get().user
    first, again = say(session, nameless), say(session, nameless, "再问一句")
    assert first.shown_name == again.shown_name and first.shown_name.startswith("网友")
    assert "5678" not in first.shown_name and len(first.shown_name) == 6
    elsewhere = say(LiveSessionFactory(live=True), nameless)
    assert elsewhere.shown_name != first.shown_name
    assert say(session, UserFactory(broker=True, name="欧阳建国")).shown_name == "欧阳**·劳务经纪人"
    said = say(session, anchor, "大家好")
    assert (said.shown_name, said.is_crew) == ("主播小林", True)
    assert say(session, UserFactory(park=True), "我也在").shown_name == "园区工作人员"


def test_only_who_has_shown_that_a_telephone_is_his_speaks(session: LiveSession) -> None:
    with pytest.raises(Refused, match="手机号登录"):
        say(session, UserFactory(phone=""))
    assert say(session, UserFactory())


def test_length_counts_what_is_left_after_trimming(session: LiveSession) -> None:
    for text, sentence in (("", "写点什么"), ("\u200b \n", "写点什么"), ("好" * 201, "200 个字，现在有 201 个字")):
        with pytest.raises(Refused, match=sentence) as refusal:
            say(session, text=text)
        assert refusal.value.field == "text"
    assert say(session, text=" " + "好" * 200 + "\u200b").text == "好" * 200


@pytest.mark.parametrize(
    ("minutes", "fields", "can_chat", "can_ask"),
    [
        (29, {"announced": True}, True, True),
        (31, {"announced": True}, False, False),
        (-10, {"live": True}, True, True),
        (-100, {"ended": True}, False, True),
        (-400, {"ended": True}, False, False),
        (-400, {"replay": True}, False, True),
        (29, {}, False, False),
    ],
)
def test_when_one_may_speak(minutes: int, fields: Any, can_chat: bool, can_ask: bool) -> None:
    session = LiveSessionFactory(**fields, starts_at=in_minutes(minutes))
    for kind, can in ((MessageKind.CHAT, can_chat), (MessageKind.QUESTION, can_ask)):
        if can:
            assert say(session, kind=kind)
        else:
            with pytest.raises(Refused):
                say(session, kind=kind)
    assert session.entries.count() == can_chat + can_ask


def test_a_card_of_another_session_or_one_taken_down_is_not_asked_about(session: LiveSession) -> None:
    strange, gone = CardFactory(), CardFactory(session=session, removed_at=timezone.now())
    for card in (strange, gone):
        with pytest.raises(Refused) as refusal:
            say(session, kind=MessageKind.QUESTION, card=card)
        assert refusal.value.field == "card"
    assert not Message.objects.exists()


def test_slow_mode_says_how_long_to_wait_and_spares_the_crew(session: LiveSession) -> None:
    LiveSession.objects.update(slow_seconds=20)
    who, anchor = UserFactory(), session.crew.get().user
    say(session, who)
    seconds_ago(5)
    with pytest.raises(saying.TooFast, match=r"请等 1[45] 秒") as refusal:
        say(session, who, "还有吗")
    assert refusal.value.retry in (14, 15)
    assert say(session, UserFactory(), "我是别人")
    assert say(session, anchor, "第一句") and say(session, anchor, "第二句")
    seconds_ago(20)
    assert say(session, who, "还有吗")


def test_ten_lines_a_minute_and_no_more(session: LiveSession) -> None:
    who = UserFactory()
    for number in range(10):
        say(session, who, f"第{number}个问题")
    seconds_ago(20)
    with pytest.raises(saying.TooFast, match="一分钟最多说 10 句") as refusal:
        say(session, who, "又一个问题")
    assert 39 <= refusal.value.retry <= 40
    seconds_ago(60)
    assert say(session, who, "又一个问题")


def test_the_same_words_again_are_held(session: LiveSession) -> None:
    who = UserFactory()
    assert say(session, who, "有夫妻房吗").state == MessageState.SHOWN
    again = say(session, who, "有夫妻房 吗？？")
    assert (again.state, again.held_for) == (MessageState.HELD, "同一句话发了几遍")
    assert say(session, UserFactory(), "有夫妻房吗").state == MessageState.SHOWN
    assert session.entries.count() == 2


@pytest.mark.parametrize(
    ("text", "why"),
    [("打我电话13857900001", "留了联系方式"), ("这厂只招女的", "可能是歧视的说法"), ("看 www.a.cn", "有网址")],
)
def test_what_should_be_read_first_is_held_and_no_entry(session: LiveSession, text: str, why: str) -> None:
    lexicon.load()
    message = say(session, text=text)
    assert (message.state, message.held_for) == (MessageState.HELD, why)
    assert not session.entries.exists()


def test_the_crew_is_not_held_but_told(session: LiveSession) -> None:
    lexicon.load()
    anchor = session.crew.get().user
    assert say(session, anchor, "咨询打 0827-5261234").state == MessageState.SHOWN
    with pytest.raises(Refused, match="换个说法") as refusal:
        say(session, anchor, "这个岗位只招女工")
    assert refusal.value.field == "text"


def test_a_ban_holds_in_its_session_to_its_end(session: LiveSession) -> None:
    who, anchor = UserFactory(), session.crew.get().user
    other = LiveSessionFactory(live=True, slow_seconds=0)
    moderating.ban(session=session, user=who, by=anchor, reason="abuse", minutes=10)
    with pytest.raises(Refused, match=r"这场直播里不能说话，到.*为止。原因：骂人、吵架。还可以看"):
        say(session, who)
    assert say(other, who) and say(session, UserFactory())
    Ban.objects.update(until=timezone.now())
    assert say(session, who)


def test_a_ban_in_all_sessions_holds_everywhere_until_it_is_lifted(session: LiveSession) -> None:
    who, officer = UserFactory(), UserFactory(officer=True)
    other = LiveSessionFactory(live=True)
    ban = moderating.ban(session=session, user=who, by=officer, reason="fraud", everywhere=True)
    for room in (session, other):
        with pytest.raises(Refused, match="直播里不能说话。原因：疑似骗人"):
            say(room, who)
    moderating.unban(ban=ban, by=officer)
    assert say(session, who) and say(other, who)


def test_what_was_said_before_the_ban_is_answered_the_same_when_sent_again(session: LiveSession) -> None:
    who, client_id = UserFactory(), uuid4()
    said = say(session, who, client_id=client_id)
    moderating.ban(session=session, user=who, by=session.crew.get().user, reason="abuse")
    assert say(session, who, client_id=client_id) == said


def test_a_removed_card_leaves_its_question(session: LiveSession) -> None:
    card = CardFactory(session=session, posting=JobPostingFactory())
    message = say(session, kind=MessageKind.QUESTION, card=card)
    Card.objects.filter(pk=card.pk).delete()
    message.refresh_from_db()
    assert message.card is None and message.text
