"""A worker in live rooms: in his copy, and what of him goes when he is forgotten.

What he said, reserved and watched, and bans on him point to his account: the copy finds them by itself.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from jinba.privacy.persons import forgets, keeps
from labor.applications.actions.erasing import GONE
from labor.live.actions import entries
from labor.live.choices import OPEN_ROOM, EntryKind, HideReason, MessageState
from labor.live.models import Ban, LiveApplication, Message, Reservation, Viewing


@keeps
def applications(workers: Sequence[Any]) -> "Iterator[QuerySet[Any]]":
    """Out of which session he applied, and at which second."""
    yield LiveApplication.objects.filter(application__worker__in=workers)


@forgets
def words(worker: Any) -> None:
    """His words go from all rooms; their numbers stay, so that nobody who comes back finds a gap.

    A question that was kept at a posting bears no name and stays there with its answer.
    """
    if worker.user_id is None:
        return
    his = Message.objects.filter(author=worker.user_id)
    shown = his.filter(state=MessageState.SHOWN, session__state__in=OPEN_ROOM).order_by("session_id", "pk")
    read = list(shown.exclude(text=""))
    his.filter(state=MessageState.HELD).update(state=MessageState.HIDDEN, hide_reason=HideReason.OTHER)
    his.update(text="", shown_name=GONE)
    for message in read:  # pages that are open drop them at once
        entries.add(session_id=message.session_id, kind=EntryKind.HIDDEN, message=message)


@forgets
def traces(worker: Any) -> None:
    """Nobody is told of a session in his name any more; that somebody watched stays a figure."""
    if worker.user_id is None:
        return
    Reservation.objects.filter(user=worker.user_id).delete()
    Viewing.objects.filter(user=worker.user_id).update(user=None, region_code="", link_code="")
    Ban.objects.filter(user=worker.user_id).update(note="")
