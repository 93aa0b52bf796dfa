"""None of the times suits: the worker says what would, before he has chosen any."""

from typing import Any

from jinba.core.errors import Refused
from jinba.core.locks import patient
from labor.interviews.actions import telling
from labor.interviews.actions.history import checked_note, gather, must_run, noted, part_of
from labor.interviews.choices import Side, State
from labor.interviews.models import Interview
from labor.workers.acting import record
from labor.workers.choices import ActKind


@patient
def wish(*, interview: Interview, by: Any, wish: str) -> Interview:
    """Keep the wish and tell the employer; the times that were offered stay, and so does the state.

    The same wish twice changes nothing. Once a time is agreed, `changing.ask_other_time` gives it back.
    """
    wish = checked_note(note=wish, field="wish")
    if not wish:
        raise Refused("请写一句什么时候方便。", field="wish")
    interview = gather(pk=interview.pk)
    side, delegation = part_of(interview=interview, by=by)
    if side != Side.WORKER:
        raise Refused("什么时候方便，由求职者，或者他委托的人来说。")
    must_run(interview=interview)
    if interview.state not in (State.PROPOSED, State.RESCHEDULING):
        raise Refused("时间已经定了。要改，请点“时间不行，想改”。")
    if interview.wish == wish:
        return interview
    event = noted(
        interview=interview, side=side, by=by, for_worker=delegation is not None, note=f"希望{wish}", wish=wish
    )
    telling.wished(interview=interview, event=event, by=by)
    record(
        worker=interview.application.worker, by=by, delegation=delegation, kind=ActKind.MOVE,
        note=f"“{interview.application.posting.title}”的面试：{event.note}", url=interview.get_absolute_url(),
    )  # fmt: skip
    return interview
