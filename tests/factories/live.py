"""Live sessions at any state, with its event and the room. A state is written as it is, without the road there."""

import secrets
from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from labor.live.choices import OVER, CrewPart, ReplayState, Side, State
from labor.live.models import Card, CrewMember, LiveSession, Replay, Room, SessionEvent, Studio
from tests.factories.accounts import UserFactory
from tests.factories.employers import JobPostingFactory, make_sure_of_licence
from tests.factories.interviews import in_minutes


class StudioFactory(DjangoModelFactory):
    class Meta:
        model = Studio

    name = factory.Sequence(lambda number: f"直播间{number:04d}")
    place = "服务专区三楼"


class LiveSessionFactory(DjangoModelFactory):
    """A session of the zone, planned for tomorrow. Traits: `review`, `announced`, `live`, `ended`, `replay`.

    `host=employer` makes it that employer's; `cards=[posting, …]` fills the rundown; `anchor=user` (True: a new one).
    """

    class Meta:
        model = LiveSession
        skip_postgeneration_save = True

    class Params:
        review = factory.Trait(state=State.REVIEW)
        announced = factory.Trait(state=State.ANNOUNCED)
        live = factory.Trait(state=State.LIVE, starts_at=factory.LazyFunction(lambda: in_minutes(-10)))
        ended = factory.Trait(state=State.ENDED, starts_at=factory.LazyFunction(lambda: in_minutes(-120)))
        replay = factory.Trait(state=State.REPLAY, starts_at=factory.LazyFunction(lambda: in_minutes(-120)))

    title = factory.Sequence(lambda number: f"车间直播第{number:04d}场")
    starts_at = factory.LazyFunction(lambda: in_minutes(24 * 60))
    ends_at = factory.LazyAttribute(lambda made: made.starts_at + timedelta(minutes=60))
    state = State.PLANNED
    stream = factory.LazyFunction(lambda: secrets.token_hex(16))
    made_by = factory.LazyFunction(lambda: UserFactory(park=True))
    rehearsed_at = factory.LazyFunction(timezone.now)
    emergency_plan = "断线先放公告，场控接着答题。"

    @factory.lazy_attribute
    def approved_at(self) -> Any:
        return None if self.state in (State.PLANNED, State.REVIEW) else timezone.now()

    @factory.lazy_attribute
    def announced_for(self) -> Any:
        return self.starts_at if self.approved_at else None

    @factory.lazy_attribute
    def live_at(self) -> Any:
        return self.starts_at if self.state in (State.LIVE, *OVER) and self.state != State.CANCELLED else None

    @factory.lazy_attribute
    def ended_at(self) -> Any:
        return self.ends_at if self.state in (State.ENDED, State.REPLAY, State.ABORTED) else None

    @factory.post_generation
    def room(self: LiveSession, create: bool, extracted: Any, **kwargs: Any) -> None:
        make_sure_of_licence()
        Room.objects.create(session=self)
        SessionEvent.objects.create(session=self, to_state=self.state, side=Side.CREW, by=self.made_by)

    @factory.post_generation
    def anchor(self: LiveSession, create: bool, extracted: Any, **kwargs: Any) -> None:
        if extracted:
            user = UserFactory(park=True) if extracted is True else extracted
            CrewMember.objects.create(session=self, user=user, part=CrewPart.ANCHOR, shown_name="主播小林")

    @factory.post_generation
    def cards(self: LiveSession, create: bool, extracted: Any, **kwargs: Any) -> None:
        for order, posting in enumerate(extracted or ()):
            CardFactory(session=self, posting=posting, order=order)


class ReplayFactory(DjangoModelFactory):
    """Ready to be watched, 20 seconds in three pieces; the second part begins with the last. Files: not written."""

    class Meta:
        model = Replay

    session = factory.SubFactory(LiveSessionFactory, replay=True)
    state = ReplayState.READY
    folder = factory.LazyFunction(lambda: secrets.token_hex(16))
    segments = factory.LazyFunction(
        lambda: [["00001.ts", 8.0, False], ["00002.ts", 4.0, False], ["00003.ts", 8.0, True]]
    )
    seconds = 20
    made_at = factory.LazyFunction(timezone.now)
    retain_until = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=30))

    @factory.lazy_attribute
    def stretches(self) -> Any:
        began = self.session.live_at or self.session.starts_at
        return [[began.isoformat(), 12.0], [(began + timedelta(seconds=60)).isoformat(), 8.0]]


class CardFactory(DjangoModelFactory):
    class Meta:
        model = Card

    session = factory.SubFactory(LiveSessionFactory)
    posting = factory.SubFactory(JobPostingFactory)
    added_by = factory.LazyAttribute(lambda made: made.session.made_by)
