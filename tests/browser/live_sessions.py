"""Live sessions of the town: one of the owner's employer in each state that pages show differently, and the zone's."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from employers.models import JobPosting
from jinba.accounts.models import User
from jinba.links.choices import Channel
from jinba.links.models import ShortLink
from labor.live.actions import answering, moderating, saying
from labor.live.choices import CrewPart, ReplayState
from labor.live.models import Audience, LiveSession, Pin, Viewing
from tests.factories.accounts import UserFactory
from tests.factories.interviews import days_ahead
from tests.factories.live import LiveSessionFactory, ReplayFactory, StudioFactory

LONG_TITLE = "永康五金产业带秋季专场：进厂看车间、看宿舍、看食堂，夫妻房现场拍给您看（金巴协作第十二场）"


def sessions_of(owner: User, park: User, *, postings: list[JobPosting], more: list[JobPosting]) -> dict[str, Any]:
    """`live_<state>`: run by the owner, with the zone's `park` as moderator; `live_zone` is planned by the zone."""
    studio = StudioFactory(name="一号直播间", place="巴中人力资源服务产业园三楼西侧，电梯出来右手边")
    host = postings[0].employer
    made = {
        state: _of(host=host, title=LONG_TITLE, anchor=owner, made_by=owner, cards=postings, **fields)
        for state, fields in {
            "planned": {"rehearsed_at": None},
            "review": {"review": True},
            "announced": {"announced": True, "starts_at": days_ahead(2, 19, 30)},
            "live": {"live": True},
            "ended": {"ended": True},
            "replay": {"replay": True},
        }.items()
    }
    for session in made.values():
        session.crew.create(user=park, part=CrewPart.MODERATOR, shown_name="服务专区 小何")
    made["zone"] = _of(title="巴中区县联播：春节后第一场", anchor=park, made_by=park, cards=more, studio=studio)
    ShortLink.objects.create(
        code="livehh", path=made["announced"].get_absolute_url(), channel=Channel.VILLAGE, label="诺江镇王家村村口"
    )
    for name in ("live", "replay"):
        _spoken_of(made[name])
    _looked_back_on(made["replay"])
    for name in ("live", "replay"):
        _asked_in(made[name])
    ReplayFactory(session=made["ended"], state=ReplayState.FAILED, error="没有收到画面。")
    card = made["live"].cards.order_by("order")[0]
    ids = {f"live_{name}": session.pk for name, session in made.items()}
    ids["live_held"] = made["live"].messages.get(state="held").pk
    return ids | {"studio": studio.pk, "live_card": card.pk}


def _of(**fields: Any) -> LiveSession:
    intro = "厂长带您走一遍车间，工价当面说清。\n\n有问题直接问，主播当场答。"
    session: LiveSession = LiveSessionFactory(intro=intro, **fields)
    return session


def _spoken_of(session: LiveSession) -> None:
    """The first card was spoken of for five minutes; the second since, while it is on."""
    first, second = session.cards.order_by("order")[:2]
    assert session.live_at
    begin, turn = session.live_at, session.live_at + timedelta(minutes=5)
    Pin.objects.create(session=session, card=first, from_at=begin, to_at=turn, seats_left=120, by=session.made_by)
    end = None if session.is_on else session.ended_at
    Pin.objects.create(session=session, card=second, from_at=turn, to_at=end, seats_left=5, by=session.made_by)


def _asked_in(session: LiveSession) -> None:
    """One question has its answer, which stands at the posting; two wait; a line is held, and its author banned."""
    card, by = session.cards.order_by("order")[0], session.made_by
    asked = [
        saying.say(session=session, by=UserFactory(), text=text, kind="question", client_id=uuid4(), card=one)
        for text, one in (
            ("有夫妻房吗，带一个两岁的娃能不能一起住", card),
            ("长白班还是两班倒？一天干几个小时，周末休不休，加班怎么算钱，没经验的能学吗", card),
            ("从诺江镇过去有没有车接", None),
            ("打我电话13857900001", None),
        )
    ]
    answering.answer(message=asked[0], by=by, text="有，两人一间，月租两百；小孩可以一起住，附近有幼儿园。")
    card.posting.answers.get_or_create(question="包吃吗", defaults={"answer": "包三餐。", "answered_by": by})
    card.posting.answers.filter(question="包吃吗").update(hidden_at=session.live_at, hidden_by=by)
    moderating.ban(session=session, user=asked[3].author, by=by, reason="contact", message=asked[3], minutes=90)


def _looked_back_on(session: LiveSession) -> None:
    """Its replay, the viewers of each minute, and where they were."""
    assert session.live_at
    ReplayFactory(
        session=session, state=ReplayState.HIDDEN, hidden_reason="主播说错了工价，改好再放", hidden_by=session.made_by
    )
    for minute in range(60):
        at = session.live_at + timedelta(minutes=minute)
        Audience.objects.create(session=session, minute=at, viewers=40 + minute * 37 % 900)
    for number in range(24):
        county = ("511921", "511922", "")[number % 3] if number < 20 else "511902"
        Viewing.objects.create(session=session, visitor=str(number), region_code=county, seconds=60 * number)
