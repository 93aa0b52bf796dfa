"""What a worker has to choose: one of the times that are left, from where he takes part, who comes along."""

from datetime import datetime
from typing import Any

from jinba.accounts.choices import Role
from jinba.core.spoken import by_day, clock_of, near
from labor.interviews.choices import Mode
from labor.interviews.models import Booth, Interview, Sitting, Slot
from labor.interviews.opening import free_booths
from labor.workers.models import Delegation

# The place that is no booth.
OWN = "own"


def pick_of(
    interview: Interview, *, reader: Any, now: datetime, chosen: dict[str, str], error: str = ""
) -> dict[str, Any]:
    """The times that are left, the places and the company to choose; what was chosen stays chosen."""
    sitting = interview.sitting
    slots = [] if sitting.is_queue else list(Slot.objects.free().filter(sitting=sitting).order_by("starts_at"))
    slot = next((one for one in slots if str(one.pk) == chosen.get("slot")), None)
    days = [
        (day, [{"pk": one.pk, "text": clock_of(one.starts_at), "is_chosen": one is slot} for one in rows])
        for day, rows in by_day(slots, now)
    ]
    when = near(sitting.starts_at, now)
    return {
        "days": days,
        "is_queue": sitting.is_queue,
        "queue_words": f"{when} 开始，来的人排队，一个一个面，每人约 {sitting.minutes} 分钟。轮到您会提醒。",
        "error": error,
        **places_of(interview, slots=slots, slot=slot, reader=reader, chosen=chosen),
    }


def places_of(
    interview: Interview, *, slots: list[Slot], slot: Slot | None, reader: Any, chosen: dict[str, str]
) -> dict[str, Any]:
    """From where, and with whom. Before a time is chosen all booths stand there; the booking decides in any case."""
    sitting, picked = interview.sitting, chosen.get("place", OWN)
    if interview.mode != Mode.VIDEO:
        booths: list[Booth] = []
    elif sitting.is_queue:
        booths = booths_at(sitting.starts_at, sitting.ends_at, sitting)
    elif slot is None and len(slots) != 1:
        booths = list(Booth.objects.in_use())
    else:
        only = slot or slots[0]
        booths = booths_at(only.starts_at, only.ends_at, sitting)
    return {
        "places": [{"pk": one.pk, "booth": one, "is_chosen": picked == str(one.pk)} for one in booths],
        "is_own": picked == OWN or all(picked != str(one.pk) for one in booths),
        "company": company_of(interview, reader) if interview.mode != Mode.PHONE else [],
        "with": chosen.get("helper", ""),
    }


def booths_at(starts_at: datetime, ends_at: datetime, sitting: Sitting) -> list[Booth]:
    return [booth for booth, _ in free_booths(starts_at=starts_at, ends_at=ends_at, sitting=sitting)]


def company_of(interview: Interview, reader: Any) -> list[dict[str, str]]:
    """Who may come along: the reader, if he is a helper, else those whom the worker has entrusted himself to."""
    if reader.role != Role.SEEKER:
        return [{"value": str(reader.pk), "text": "我陪他一起面"}]
    rows = Delegation.objects.live().filter(worker=interview.application.worker_id).select_related("helper")
    return [{"value": str(row.helper_id), "text": f"请{row.helper.name or '帮我办的人'}陪我一起"} for row in rows]
