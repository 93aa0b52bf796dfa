"""Interviews: when they are, who takes part, what came of them."""

from labor.interviews.models.booths import Booth, BoothDay, LetIn, OpeningHours, WalkIn
from labor.interviews.models.interviews import CalendarFeed, Interview, InterviewEvent, Reminder
from labor.interviews.models.recordings import Recording, RecordingConsent, RecordingPart
from labor.interviews.models.rooms import CallReport, ChatLine, Seat, SeatText
from labor.interviews.models.scorecards import Criterion, Question, Score, Scorecard
from labor.interviews.models.sittings import Sitting, Slot
from labor.interviews.models.times import BookedTime

__all__ = [
    "BookedTime",
    "Booth",
    "BoothDay",
    "CalendarFeed",
    "CallReport",
    "ChatLine",
    "Criterion",
    "Interview",
    "InterviewEvent",
    "LetIn",
    "OpeningHours",
    "Question",
    "Recording",
    "RecordingConsent",
    "RecordingPart",
    "Reminder",
    "Score",
    "Scorecard",
    "Seat",
    "SeatText",
    "Sitting",
    "Slot",
    "WalkIn",
]
