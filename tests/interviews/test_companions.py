"""Whoever comes along does so while the worker entrusts him: his time, his seat and his notices end with that."""

import pytest
from django.utils import timezone

from jinba.notices.models import Notice
from labor.interviews.actions import changing, sweeping
from labor.interviews.choices import CancelReason, Held, SeatKind
from labor.interviews.models import BookedTime, Interview, Seat
from labor.workers.models import Delegation
from tests.factories.accounts import user_in
from tests.factories.rooms import room

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", ["confirmed", "live"])
def test_who_is_not_entrusted_any_more_comes_along_no_more(state: str) -> None:
    helper = user_in("broker")
    interview = room(helper=helper, application__worker__helper=helper, **{state: True})
    assert sweeping.see_off_companions() == 0 and Interview.objects.get(pk=interview.pk).helper == helper
    Delegation.objects.filter(helper=helper).update(ended_at=timezone.now())
    assert sweeping.sweep() == 1
    interview = Interview.objects.get(pk=interview.pk)
    assert interview.helper is None and interview.state == state
    assert not BookedTime.objects.of(Held.USER, helper.pk).exists()
    assert BookedTime.objects.get(interview=interview).held == Held.WORKER
    seats = Seat.objects.valid().filter(interview=interview).order_by("number")
    assert [one.kind for one in seats] == [SeatKind.RECRUITER, SeatKind.WORKER]
    assert interview.events.latest("id").note == "陪同人的委托结束了，不再陪同"
    assert sweeping.sweep() == 0


def test_who_is_not_entrusted_any_more_hears_nothing_of_it() -> None:
    helper = user_in("broker")
    interview = room(helper=helper, application__worker__helper=helper)
    Delegation.objects.filter(helper=helper).update(ended_at=timezone.now())
    changing.cancel(interview=interview, by=interview.recruiter, reason=CancelReason.FULL)
    assert not Notice.objects.filter(recipient=helper).exists()
