"""Order in the room: nothing is deleted, all of it has who and why, and the crew is safe from itself."""

from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from employers.actions import lexicon
from employers.models import PostingAnswer
from jinba.core.errors import Refused
from labor.live.actions import answering, moderating, saying
from labor.live.choices import EntryKind, MessageState
from labor.live.desk import desk
from labor.live.models import Ban, LiveSession, Message
from tests.factories.accounts import UserFactory
from tests.factories.employers import JobPostingFactory, MemberFactory
from tests.factories.live import LiveSessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def anchor() -> Any:
    return UserFactory(park=True)


@pytest.fixture
def session(anchor: Any) -> LiveSession:
    made: LiveSession = LiveSessionFactory(live=True, anchor=anchor, slow_seconds=0, cards=[JobPostingFactory()])
    return made


def say(session: LiveSession, text: str = "食堂一顿饭多少钱", kind: str = "chat", **more: Any) -> Message:
    who = more.pop("by", None) or UserFactory()
    return saying.say(session=session, by=who, text=text, kind=kind, client_id=uuid4(), **more)


def kinds(session: LiveSession) -> list[str]:
    return list(session.entries.values_list("kind", flat=True))


def test_hidden_words_stay_with_who_and_why(session: LiveSession, anchor: Any) -> None:
    message = say(session)
    hidden = moderating.hide(message=message, by=anchor, reason="off_topic")
    assert (hidden.text, hidden.state, hidden.hide_reason) == (message.text, MessageState.HIDDEN, "off_topic")
    assert hidden.moderated_by == anchor and hidden.moderated_at
    entry = session.entries.last()
    assert (entry.kind, entry.message, entry.data) == (
        EntryKind.HIDDEN,
        message,
        {"by": anchor.pk, "reason": "off_topic"},
    )


def test_hiding_twice_is_once_and_keeps_the_first_reason(session: LiveSession, anchor: Any) -> None:
    message = say(session)
    moderating.hide(message=message, by=anchor, reason="abuse")
    assert moderating.hide(message=message, by=anchor, reason="advert").hide_reason == "abuse"
    assert kinds(session) == [EntryKind.SAID, EntryKind.HIDDEN]


def test_hiding_needs_a_reason_and_a_right(session: LiveSession, anchor: Any) -> None:
    message, outsider = say(session), MemberFactory().user
    for reason in ("", "because"):
        with pytest.raises(Refused, match="原因") as refusal:
            moderating.hide(message=message, by=anchor, reason=reason)
        assert refusal.value.field == "reason"
    for stranger in (UserFactory(), outsider):
        with pytest.raises(Refused, match="工作人员"):
            moderating.hide(message=message, by=stranger, reason="abuse")
        with pytest.raises(Refused, match="工作人员"):
            moderating.show(message=message, by=stranger)
    assert moderating.hide(message=message, by=UserFactory(officer=True), reason="abuse")


def test_a_held_line_goes_out_under_the_number_of_that_moment(session: LiveSession, anchor: Any) -> None:
    held, later = say(session, "打我电话13857900001"), say(session)
    shown = moderating.show(message=held, by=anchor)
    assert (shown.state, shown.moderated_by) == (MessageState.SHOWN, anchor)
    assert [entry.message for entry in session.entries.all()] == [later, held]
    moderating.show(message=held, by=anchor)
    assert session.entries.count() == 2


def test_a_held_line_that_is_hidden_never_reached_the_room(session: LiveSession, anchor: Any) -> None:
    held = say(session, "打我电话13857900001")
    assert moderating.hide(message=held, by=anchor, reason="contact").state == MessageState.HIDDEN
    assert kinds(session) == []


def test_what_was_hidden_by_mistake_comes_back(session: LiveSession, anchor: Any) -> None:
    message = say(session)
    moderating.hide(message=message, by=anchor, reason="other")
    shown = moderating.show(message=message, by=anchor)
    assert (shown.state, shown.hide_reason) == (MessageState.SHOWN, "")
    assert kinds(session) == [EntryKind.SAID, EntryKind.HIDDEN, EntryKind.SAID]


def test_words_of_somebody_forgotten_do_not_come_back(session: LiveSession, anchor: Any) -> None:
    message = say(session)
    moderating.hide(message=message, by=anchor, reason="other")
    Message.objects.update(text="")
    with pytest.raises(Refused, match="已经删除"):
        moderating.show(message=message, by=anchor)


def test_a_question_that_is_hidden_leaves_the_postings_page(session: LiveSession, anchor: Any) -> None:
    card = session.cards.get()
    message = say(session, "工价是多少", "question", card=card)
    answering.answer(message=message, by=anchor, text="一件三毛五。")
    moderating.hide(message=message, by=anchor, reason="off_topic")
    assert PostingAnswer.objects.get().hidden_at is not None


def test_nobody_bans_the_crew_or_officers(session: LiveSession, anchor: Any) -> None:
    officer = UserFactory(officer=True)
    for user in (anchor, UserFactory(park=True), officer):
        with pytest.raises(Refused, match="工作人员"):
            moderating.ban(session=session, user=user, by=anchor, reason="abuse")
    assert not Ban.objects.exists()


def test_a_ban_has_who_why_and_until_when(session: LiveSession, anchor: Any) -> None:
    message = say(session)
    ban = moderating.ban(
        session=session, user=message.author, by=anchor, reason="advert", minutes=30, message=message, note=" 发广告 "
    )
    assert (ban.by, ban.reason, ban.message, ban.note, ban.session) == (anchor, "advert", message, "发广告", session)
    assert ban.until and 29 * 60 < (ban.until - timezone.now()).total_seconds() <= 30 * 60


def test_banning_again_makes_it_longer_or_changes_nothing(session: LiveSession, anchor: Any) -> None:
    who = UserFactory()
    half = moderating.ban(session=session, user=who, by=anchor, reason="abuse", minutes=30)
    assert moderating.ban(session=session, user=who, by=anchor, reason="abuse", minutes=10) == half
    for_good = moderating.ban(session=session, user=who, by=anchor, reason="abuse")
    assert for_good != half and for_good.until is None
    assert moderating.ban(session=session, user=who, by=anchor, reason="abuse", minutes=10) in (half, for_good)


def test_only_officers_ban_everywhere_and_lift_it(session: LiveSession, anchor: Any) -> None:
    who, officer = UserFactory(), UserFactory(officer=True)
    with pytest.raises(Refused, match="主管部门"):
        moderating.ban(session=session, user=who, by=anchor, reason="fraud", everywhere=True)
    ban = moderating.ban(session=session, user=who, by=officer, reason="fraud", everywhere=True)
    with pytest.raises(Refused, match="主管部门"):
        moderating.unban(ban=ban, by=anchor)
    lifted = moderating.unban(ban=ban, by=officer)
    assert lifted.lifted_by == officer and lifted.lifted_at
    assert moderating.unban(ban=ban, by=UserFactory(officer=True)).lifted_by == officer


def test_strangers_neither_ban_nor_lift(session: LiveSession, anchor: Any) -> None:
    ban = moderating.ban(session=session, user=UserFactory(), by=anchor, reason="abuse")
    for stranger in (UserFactory(), MemberFactory().user):
        with pytest.raises(Refused, match="工作人员"):
            moderating.ban(session=session, user=UserFactory(), by=stranger, reason="abuse")
        with pytest.raises(Refused, match="工作人员"):
            moderating.unban(ban=ban, by=stranger)
    assert moderating.unban(ban=ban, by=anchor).lifted_at


@pytest.mark.parametrize("minutes", [0, -1, 60 * 24 * 366])
def test_a_ban_of_no_time_or_of_years_is_refused(session: LiveSession, anchor: Any, minutes: int) -> None:
    with pytest.raises(Refused, match="禁言最短"):
        moderating.ban(session=session, user=UserFactory(), by=anchor, reason="abuse", minutes=minutes)


def test_an_announcement_stands_until_another(session: LiveSession, anchor: Any) -> None:
    moderating.announce(session=session, by=anchor, text=" 今天报名的\n都有车接 ")
    assert (
        moderating.announce(session=session, by=anchor, text="今天报名的 都有车接").announcement
        == "今天报名的 都有车接"
    )
    assert moderating.announce(session=session, by=anchor, text="").announcement == ""
    assert [entry.data["text"] for entry in session.entries.all()] == ["今天报名的 都有车接", ""]


def test_what_an_announcement_must_not_be(session: LiveSession, anchor: Any) -> None:
    lexicon.load()
    for text, sentence in (("字" * 121, "120 个字，现在有 121"), ("今天只招女工", "换个说法")):
        with pytest.raises(Refused, match=sentence) as refusal:
            moderating.announce(session=session, by=anchor, text=text)
        assert refusal.value.field == "text"
    with pytest.raises(Refused, match="工作人员"):
        moderating.announce(session=session, by=UserFactory(officer=True), text="好")
    assert moderating.announce(session=session, by=anchor, text="字" * 120)


def test_the_pace_is_said_once(session: LiveSession, anchor: Any) -> None:
    for _ in range(2):
        assert moderating.slow(session=session, by=anchor, seconds=30).slow_seconds == 30
    assert [entry.data["seconds"] for entry in session.entries.all()] == [30]
    for seconds in (-1, 61):
        with pytest.raises(Refused) as refusal:
            moderating.slow(session=session, by=anchor, seconds=seconds)
        assert refusal.value.field == "seconds"
    with pytest.raises(Refused, match="工作人员"):
        moderating.slow(session=session, by=UserFactory(), seconds=5)


@pytest.mark.parametrize("state", ["planned", "ended", "replay"])
def test_nothing_is_announced_to_an_empty_room(state: str, anchor: Any) -> None:
    session = LiveSessionFactory(anchor=anchor, **({} if state == "planned" else {state: True}))
    with pytest.raises(Refused, match="没有人在房间里"):
        moderating.announce(session=session, by=anchor, text="好")
    with pytest.raises(Refused, match="没有人在房间里"):
        moderating.slow(session=session, by=anchor, seconds=5)
    assert not session.entries.exists()


def test_the_crew_of_another_room_reads_the_reason_of_a_ban_and_not_the_words(session: LiveSession) -> None:
    elsewhere, who = LiveSessionFactory(live=True, slow_seconds=0), UserFactory()
    held = say(session, "加我微信13912345678", by=who)
    say(elsewhere, by=who)
    moderating.ban(
        session=session, user=who, by=UserFactory(officer=True), reason="contact", message=held, everywhere=True
    )
    here, there = (desk(one)["bans"] for one in (session, elsewhere))
    assert [ban["text"] for ban in here] == [held.text]
    assert [(ban["text"], ban["reason"]) for ban in there] == [("", "留联系方式")]
