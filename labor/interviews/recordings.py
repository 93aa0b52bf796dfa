"""What a person in the room, or before its door, may know of its recording."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from labor.interviews.choices import RecordingState, SeatKind, State
from labor.interviews.models import Interview, Recording, RecordingConsent, Seat
from labor.interviews.recording_text import text_for

FILMS = (RecordingState.RUNNING, RecordingState.KEPT)


def recording_of(seat: Seat, *, is_in: bool) -> dict[str, Any] | None:
    """{"id", "state", "mine", "text"}: `text` for who has not answered; None when nothing is asked or recorded.

    The recruiter reads besides who else has not agreed: `missing` of those in the room, `outside` of those who wait
    before a room that is recorded. Who waits there is asked before he comes in.
    """
    rows = Recording.objects.filter(state__in=[RecordingState.ASKED, RecordingState.RUNNING])
    recording = rows.filter(interview=seat.interview_id).first()
    if recording is None or (not is_in and recording.state != RecordingState.RUNNING):
        return None
    consents = dict(RecordingConsent.objects.filter(recording=recording).values_list("seat", "is_given"))
    mine = consents.get(seat.pk)
    found: dict[str, Any] = {"id": recording.pk, "state": recording.state, "mine": mine, "text": ""}
    if mine is None:
        found["text"] = text_for(seat.interview)
    if seat.kind == SeatKind.RECRUITER:
        others = Seat.objects.valid().filter(interview=seat.interview_id).exclude(pk=seat.pk).order_by("number")
        lacking = [other for other in others if not consents.get(other.pk)]
        found["missing"] = [other.name for other in lacking if other.is_admitted]
        found["outside"] = [other.name for other in lacking if not other.is_admitted and other.connection]
    return found


def has_film(interview: Interview) -> bool:
    """Whether something was recorded that is still there; no question where nothing can be."""
    ended = (State.LIVE, State.DONE)
    return interview.state in ended and interview.recordings.filter(state__in=FILMS).exists()


def record_urls(pk: int) -> dict[str, str]:
    """Where the room's page records, by name; none where recordings are switched off."""
    names = ("ask", "answer", "start", "stop", "part") if settings.INTERVIEW_RECORDING else ()
    return {f"record_{name}": reverse(f"rooms:record_{name}", args=[pk]) for name in names}
