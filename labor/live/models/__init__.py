from labor.live.models.cards import Card, Pin
from labor.live.models.rooms import Ban, Entry, Message, Room
from labor.live.models.sessions import CrewMember, LiveSession, Reservation, SessionEvent
from labor.live.models.streams import Part, Replay, StreamKey
from labor.live.models.studios import Studio, StudioTime
from labor.live.models.viewers import Audience, LiveApplication, Presence, Viewing

__all__ = [
    "Audience",
    "Ban",
    "Card",
    "CrewMember",
    "Entry",
    "LiveApplication",
    "LiveSession",
    "Message",
    "Part",
    "Pin",
    "Presence",
    "Replay",
    "Reservation",
    "Room",
    "SessionEvent",
    "StreamKey",
    "Studio",
    "StudioTime",
    "Viewing",
]
