"""Video rooms: an interview with everybody seated, and browsers that came by their links."""

from typing import Any

from django.test import Client

from labor.interviews.actions import seating
from labor.interviews.choices import SeatKind
from labor.interviews.models import Interview, Seat
from tests.factories.interviews import InterviewFactory


def room(**fields: Any) -> Interview:
    """An interview that begins in ten minutes, its room open and its seats made; `fields` as of InterviewFactory."""
    if not {"confirmed", "live"} & fields.keys():
        fields["confirmed"] = True
    interview: Interview = InterviewFactory(**fields)
    seating.seat_all(interview=interview)
    return interview


def room_without_account(**fields: Any) -> Interview:
    """The same of a worker who has no account."""
    return room(application__worker__unclaimed=True, **fields)


def seat(interview: Interview, kind: str) -> Seat:
    """The valid seat of that kind."""
    return Seat.objects.valid().select_related("interview", "user").get(interview=interview, kind=kind)


def by_link(at: Seat) -> Client:
    """A browser without account in which that seat's link was opened."""
    client = Client()
    response = client.post(seating.link_path(at))
    assert response.status_code == 302, response.status_code
    return client


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def recruiter_of(interview: Interview) -> Client:
    return signed_in(seat(interview, SeatKind.RECRUITER).user)


def admitted(interview: Interview) -> Interview:
    """The recruiter let everybody in, as if it were so for a while."""
    Seat.objects.valid().filter(interview=interview).update(admitted_at=interview.starts_at)
    return interview
