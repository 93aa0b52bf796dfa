"""Questions get their answers, in words or by voice; what is of use to others stays at the posting."""

from typing import Any

from django.utils import timezone

from employers.actions import answers
from employers.models import Member, PostingAnswer
from jinba.accounts.choices import Role
from jinba.core.errors import Refused
from jinba.core.locks import locked_one, patient
from jinba.notices.actions import tell
from labor.live.actions import entries
from labor.live.actions.saying import OTHER_CARD, matcher
from labor.live.choices import OPEN_ROOM, EntryKind, MessageState, State
from labor.live.crew import is_crew
from labor.live.models import Card, LiveSession, Message, Room
from labor.live.names import shown_name
from labor.live.speaking_rules import clean, crew_must_not, leads_away

BY_VOICE = "主播在直播里当面答过了。"
LONGEST_ANSWER = 300
SOURCE = "直播问答"


@patient
def answer(
    *,
    message: Message,
    by: Any,
    text: str = "",
    by_voice: bool = False,
    keep_as_faq: bool = True,
    card: Card | None = None,
) -> PostingAnswer | None:
    """The question is answered, for the room to see; another text later takes the place of the first.

    With a card (its own, or the one given here) and words the answer is kept on the posting's page, once for each
    question, if `by` may speak for the posting; returns it then. A question with somebody's number is never kept.
    """
    session = LiveSession.objects.get(pk=message.session_id)
    text = _words(text, by_voice=by_voice)
    locked_one(Room.objects.all(), pk=session.pk)
    message = Message.objects.select_related("card__posting").get(pk=message.pk)
    if card is not None and card.session_id != session.pk:
        raise Refused(OTHER_CARD, field="card")
    crew = _must_answer(session, message, by)
    _must_be_answerable(session, message)
    card = card or message.card
    if by_voice and message.answered_at is not None:
        return None  # what was written says more
    said = BY_VOICE if by_voice else text
    if message.answer != said or message.answered_at is None or message.card != card:
        message.answer, message.card, message.answered_by, message.answered_at = said, card, by, timezone.now()
        message.save(update_fields=["answer", "card", "answered_by", "answered_at"])
        name = shown_name(session=session, user=by, is_crew=True) if crew else _employer_name(card)
        data = {"name": name, "by": by.pk}
        entries.add(session_id=session.pk, kind=EntryKind.ANSWERED, message=message, data=data)
        if session.state != State.LIVE:
            _tell(message, session)
    if by_voice or not keep_as_faq or card is None or not _may_keep(card, by) or leads_away(message.text):
        return None
    return answers.keep(posting=card.posting, question=message.text, answer=text, source=SOURCE, by=by)


def _tell(message: Message, session: LiveSession) -> None:
    """Who asked is not in the room any more."""
    tell(
        recipient=message.author,
        kind="live.answered",
        dedupe_key=f"live:{session.pk}:answered:{message.pk}",
        title=f"您问的有答复了：{message.text[:20]}",
        body=message.answer[:100],
        url=session.get_absolute_url(),
    )


def _words(text: str, *, by_voice: bool) -> str:
    text = clean(text)
    if by_voice:
        return ""
    if not text:
        raise Refused("请写答复，或者点“当面答过了”。", field="text")
    if len(text) > LONGEST_ANSWER:
        raise Refused(f"答复最多 {LONGEST_ANSWER} 个字，现在有 {len(text)} 个字。", field="text")
    if wrong := crew_must_not(text, matcher()):
        raise Refused(wrong, field="text")
    return text


def may_answer(*, session: LiveSession, message: Message, user: Any) -> bool:
    """The crew answers; and, of a session that others host, the firm whose posting is asked about."""
    if is_crew(session=session, user=user):
        return True
    if message.card is None:
        return False
    return Member.objects.filter(user=user, employer=message.card.posting.employer_id).exists()


def _may_keep(card: Card, by: Any) -> bool:
    """What stands at a posting is its employer's word, or the zone's: a guest in the room speaks for his own firm."""
    if by.role == Role.PARK:
        return True
    return Member.objects.filter(user=by, employer=card.posting.employer_id).exists()


def _must_answer(session: LiveSession, message: Message, by: Any) -> bool:
    """Whether the crew answers; Refused when it is nobody's question who asks here."""
    if not may_answer(session=session, message=message, user=by):
        raise Refused("您不在这场直播的工作人员里，不能答复。")
    return is_crew(session=session, user=by)


def _must_be_answerable(session: LiveSession, message: Message) -> None:
    if session.state not in OPEN_ROOM:
        raise Refused("这场直播已经关闭，不能再答复。")
    if message.state == MessageState.HELD:
        raise Refused("这句话还没有显示，请先点“显示”再答复。")
    if message.state != MessageState.SHOWN or not message.text:
        raise Refused("这句话已经隐藏，不用答复。")


def _employer_name(card: Card | None) -> str:
    return card.posting.employer.name[:20] if card is not None else "用人单位"
