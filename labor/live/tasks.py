from celery import shared_task

from labor.live.actions import enforcing, lapsing, pictures, pinning, replaying, reserving


@shared_task(name="labor.live.tasks.call_reserved")
def call_reserved(session_id: int) -> None:
    """Tell who reserved that it is on air."""
    reserving.call(session_id=session_id)


@shared_task(name="labor.live.tasks.remind")
def remind() -> None:
    """Tell who reserved that it begins soon, and whom a lost letter left without the word that it has begun."""
    reserving.remind()
    reserving.call_all()


@shared_task(name="labor.live.tasks.lapse")
def lapse() -> None:
    lapsing.lapse()


@shared_task(name="labor.live.tasks.enforce")
def enforce() -> None:
    """Stop what is on air without the papers for it."""
    enforcing.enforce()


@shared_task(name="labor.live.tasks.watch_pictures")
def watch_pictures() -> None:
    """Say off air where no picture comes any more, and end what everybody has left."""
    pictures.watch()


@shared_task(name="labor.live.tasks.make_replay")
def make_replay(session_id: int) -> None:
    """Make the replay of a session that ended; who comes too early or second does nothing."""
    replaying.make(session_id=session_id)


@shared_task(name="labor.live.tasks.clear_replay")
def clear_replay(session_id: int) -> None:
    """Delete the files of a replay that was withdrawn or is over."""
    replaying.clear(session_id=session_id)


@shared_task(name="labor.live.tasks.sweep_replays")
def sweep_replays() -> None:
    replaying.sweep()


@shared_task(name="labor.live.tasks.tidy_pictures")
def tidy_pictures() -> None:
    replaying.tidy()


@shared_task(name="labor.live.tasks.retire_replays")
def retire_replays() -> None:
    replaying.retire()


@shared_task(name="labor.live.tasks.notice_closed_cards")
def notice_closed_cards() -> None:
    """Tell the rooms that are live which cards nobody can apply to any more."""
    pinning.notice_closed()
