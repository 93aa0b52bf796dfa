"""What people read about an interview: when it is, where it stands, what happened. Times are Beijing's."""

from datetime import datetime
from typing import Any

from jinba.core.spoken import near, when, when_range
from labor.interviews.choices import CancelReason, Mode, Side, State
from labor.interviews.models import Interview, InterviewEvent

WORKERS_WORDS = {
    State.PROPOSED: "请选时间",
    State.CONFIRMED: "时间定了",
    State.RESCHEDULING: "正在改时间",
    State.LIVE: "正在面试",
    State.DONE: "面试完了",
    State.NO_SHOW: "没见上面",
    State.CANCELLED: "取消了",
}
HOW = {
    Mode.VIDEO: "视频面试，不用装软件，点开链接就能进。",
    Mode.PHONE: "电话面试，到时候企业打给您，请保持手机畅通。",
    Mode.ONSITE: "到企业当面谈。",
}
NEXT_STEPS = {
    State.PROPOSED: "选一个您有空的时间，选好就定了。",
    State.CONFIRMED: "到时候点开就能进。去不了，早点在这里说一声。",
    State.RESCHEDULING: "等企业给新的时间；有合适的时间也可以现在就选。",
    State.LIVE: "企业在等您，请进面试室。",
    State.DONE: "面试完了，有结果就告诉您。",
    State.NO_SHOW: "这次没见上面。还想去，可以打电话问企业再约一次。",
    State.CANCELLED: "这场面试不进行了。",
}


def time_of(interview: Interview) -> str:
    """When it is; of a queue that one comes for all of it, and who one is in it."""
    if interview.starts_at is None or interview.ends_at is None:
        return "时间还没定"
    if interview.sitting.is_queue:
        number = f"，您是 {interview.queue_number} 号" if interview.queue_number else ""
        return f"{when_range(interview.starts_at, interview.ends_at)} 排队面试{number}"
    return when(interview.starts_at)


def public_word(interview: Interview) -> str:
    """The worker's own word for where it stands."""
    return WORKERS_WORDS[State(interview.state)]


def next_step(interview: Interview) -> str:
    """What the worker may expect or should do now, in one sentence."""
    if interview.state == State.CONFIRMED and interview.mode != Mode.VIDEO:
        return HOW[Mode(interview.mode)] + "去不了，早点在这里说一声。"
    if interview.state == State.PROPOSED and interview.sitting.is_queue:
        return f"{when_range(interview.sitting.starts_at, interview.sitting.ends_at)} 一个一个叫，能来就点“我来”。"
    return NEXT_STEPS[State(interview.state)]


def why_cancelled(interview: Interview) -> str:
    return CancelReason(interview.cancel_reason).label if interview.cancel_reason else ""


def _who(event: InterviewEvent, is_worker: bool) -> str:
    if event.side == Side.WORKER:
        if event.for_worker and event.by is not None:
            whom = "替您" if is_worker else "替求职者"
            return f"{event.by.name or '受委托的人'}{whom}"
        return "您" if is_worker else "求职者"
    if event.side == Side.EMPLOYER:
        return "企业" if is_worker else (event.by.name if event.by and event.by.name else "单位")
    return "服务专区" if event.side == Side.PARK else "系统"


def happened(event: InterviewEvent, *, is_worker: bool = True) -> str:
    """A step of the history, told to the worker or else to the employer."""
    who, start, end = _who(event, is_worker), event.from_state, event.to_state
    if start == end:
        return f"{who}：{event.note}" if event.note else who
    if end == State.CONFIRMED:
        time = f"，{when(event.starts_at)}" if event.starts_at else ""
        return f"{who}选了时间{time}"
    if end == State.LIVE:
        return "面试开始了"
    if end == State.NO_SHOW:
        return event.note or "没见上面"
    done = {
        State.PROPOSED: "约您面试" if is_worker else "约了面试",
        State.RESCHEDULING: "要改时间",
        State.DONE: "说面试完了",
        State.CANCELLED: "取消了面试",
    }[State(end)]
    return f"{who}{done}" + (f"：{event.note}" if event.note else "")


def history_words(interview: Interview, *, now: datetime, is_worker: bool = True) -> list[dict[str, Any]]:
    """Every step, the last one first: `title`, `text` and `when`."""
    return [
        {"title": happened(event, is_worker=is_worker), "text": "", "when": near(event.at, now)}
        for event in reversed(interview.events.select_related("by"))
    ]
