"""What people read about an application: the worker's plain words, and the texts of notices to either side."""

from django.conf import settings

from employers.choices import InterviewMode
from employers.models import JobPosting
from labor.applications.choices import CloseReason, Stage, Via
from labor.applications.models import Application, ApplicationEvent

# The worker's road, in the words of `PUBLIC_WORDS`, and which stages lie on each piece of it.
ROAD: tuple[tuple[str, tuple[Stage, ...]], ...] = (
    ("已报名", (Stage.APPLIED,)),
    ("企业在看", (Stage.PROCESSING, Stage.NEED_INFO, Stage.SHORTLISTED)),
    ("等你面试", (Stage.INTERVIEW_SCHEDULED,)),
    ("等结果", (Stage.INTERVIEWED, Stage.PRIOR_TO_HIRE)),
    ("已录用", (Stage.OFFERED, Stage.ACCEPTED, Stage.ONBOARDED)),
)

NEXT_STEPS = {
    Stage.APPLIED: "企业会看您的报名，有消息就在这里告诉您。",
    Stage.PROCESSING: "企业正在看您的资料，有结果就告诉您。",
    Stage.NEED_INFO: "企业想多了解一点：把“我的”里的资料填全，或者直接打电话说。",
    Stage.SHORTLISTED: "资料过了，等企业约您面试。",
    Stage.INTERVIEW_SCHEDULED: "企业约您面试，时间、地点看“面试”。去不了，提前说一声。",
    Stage.INTERVIEWED: "面试完了，等企业给结果。",
    Stage.PRIOR_TO_HIRE: "企业打算要您了，按企业说的去体检或培训。",
    Stage.OFFERED: "企业要您了！请回答：去，还是不去。",
    Stage.ACCEPTED: "说好了要去。按约好的日子到岗；有事去不了，早点在这里说。",
    Stage.ONBOARDED: "您已经到岗，祝工作顺利。",
    Stage.REJECTED: "这次没成，不要紧，再看看别的岗位。",
    Stage.POOL: "这次没成，企业留下了您的资料，有合适的岗位会再找您。",
    Stage.RETRACTED: "企业取消了录用。可以打电话问清楚，也再看看别的岗位。",
    Stage.WITHDRAWN: "您已经取消。想法变了，岗位还在招就可以再报。",
    Stage.OBSOLETE: "您去了别的单位，这个报名自动结束。",
    Stage.TIMED_OUT: "太久没有消息，自动结束了。再看看别的岗位。",
    Stage.JOB_CANCELLED: "这个岗位不招了，不是您的问题。再看看别的岗位。",
}

_HAPPENED = {
    Stage.APPLIED: "您报了名",
    Stage.PROCESSING: "企业开始看您的报名",
    Stage.NEED_INFO: "企业想多了解您",
    Stage.SHORTLISTED: "资料过了初审",
    Stage.INTERVIEW_SCHEDULED: "企业约您面试",
    Stage.INTERVIEWED: "面试完了",
    Stage.PRIOR_TO_HIRE: "企业打算录用您",
    Stage.OFFERED: "企业录用您了",
    Stage.ACCEPTED: "您答应去上班",
    Stage.ONBOARDED: "您到岗了",
    Stage.REJECTED: "这次没通过",
    Stage.POOL: "这次没通过",
    Stage.RETRACTED: "企业取消了录用",
    Stage.WITHDRAWN: "您取消了报名",
    Stage.OBSOLETE: "您去了别的单位，报名自动结束",
    Stage.TIMED_OUT: "太久没有消息，自动结束",
    Stage.JOB_CANCELLED: "岗位不招了",
}
_HAPPENED_FROM = {
    (Stage.INTERVIEW_SCHEDULED, Stage.SHORTLISTED): "面试取消了，等企业重新约",
    (Stage.INTERVIEWED, Stage.INTERVIEW_SCHEDULED): "企业约您再面试一次",
    (Stage.OFFERED, Stage.WITHDRAWN): "您没有接受录用",
    (Stage.ACCEPTED, Stage.WITHDRAWN): "您说不去了",
}

# What a helper did for him.
_DONE_FOR = {
    Stage.APPLIED: "报了名",
    Stage.ACCEPTED: "答应了录用",
    Stage.ONBOARDED: "说您已经到岗",
    Stage.WITHDRAWN: "取消了报名",
}

# Reasons as a worker would give them himself.
WITHDRAW_WORDS = {
    CloseReason.HIRED_ELSEWHERE: "找到别的活了",
    CloseReason.STAYS_HOME: "家里有事，不出门了",
    CloseReason.NOT_INTERESTED: "不想去这家了",
    CloseReason.IN_TRAINING: "在学习培训",
    CloseReason.OTHER: "别的原因",
}


def next_step(application: Application) -> str:
    """What the worker may expect or should do now, in one sentence."""
    stage = Stage(application.stage)
    if stage == Stage.SHORTLISTED and application.posting.interview_mode == InterviewMode.NONE:
        return "资料过了，这家不用面试，等企业发录用。"
    return NEXT_STEPS[stage]


def happened(event: ApplicationEvent) -> str:
    """A step of the history, told to the worker."""
    to_stage = Stage(event.to_stage)
    if event.from_stage == Stage.OBSOLETE:
        return "这个报名恢复了"
    if event.for_worker and event.by and to_stage in _DONE_FOR:
        done = "谢绝了录用" if (event.from_stage, to_stage) == (Stage.OFFERED, Stage.WITHDRAWN) else _DONE_FOR[to_stage]
        return f"{event.by.name or '受您委托的人'}替您{done}"
    if not event.from_stage and event.application.via in (Via.BROKER, Via.KIOSK):
        return "工作人员帮您报了名"
    if not event.from_stage:
        return _HAPPENED[to_stage]
    return _HAPPENED_FROM.get((Stage(event.from_stage), to_stage), _HAPPENED[to_stage])


def closing_words(reason: str, note: str, *, own: bool = False) -> str:
    """Why it ended: the reason, and the words that came with it. His `own` reasons the worker reads as he gave them."""
    words = CloseReason(reason).label if reason else ""
    if own and reason:
        words = WITHDRAW_WORDS.get(CloseReason(reason), words)
    if reason == CloseReason.OTHER and note:
        return note
    return f"{words}。{note}" if words and note else words or note


def reminder(application: Application) -> tuple[str, str]:
    """Title and body of the notice that the next word is the worker's."""
    title = application.posting.title
    days = settings.SILENCE_CLOSE_DAYS
    if application.stage == Stage.OFFERED:
        return f"{title}：企业要您了，去不去请回答", f"满 {days} 天不回答，这份录用就失效了。不去也没关系，说一声就行。"
    return (
        f"{title}：企业还在等您补充",
        f"把“我的”里的资料填全，或者直接打电话说。满 {days} 天没有进展，报名会自动结束。",
    )


def timed_out(event: ApplicationEvent, posting: JobPosting) -> tuple[str, str]:
    """An honest word: whose silence it was."""
    days = settings.SILENCE_CLOSE_DAYS
    if event.from_stage == Stage.OFFERED:
        return f"{posting.title}：录用失效了", f"{days} 天没有回答。还想去，就打电话问问企业；也看看这些岗位。"
    if event.from_stage == Stage.NEED_INFO:
        return (
            f"{posting.title}：报名结束了",
            f"等补充资料等了 {days} 天，没有进展。还想去，可以再报一次；也看看这些岗位。",
        )
    told = f"企业 {days} 天没有回复，系统帮您结束了这次报名。不是您的问题，看看这些岗位。"
    return f"{posting.title}：企业没有回复，报名结束了", told


def to_worker(event: ApplicationEvent, posting: JobPosting) -> tuple[str, str]:
    """Title and body of the notice by which the worker learns of a step that somebody else made."""
    if event.to_stage == Stage.TIMED_OUT:
        return timed_out(event, posting)
    title = f"{posting.title}：{happened(event)}"
    ends = closing_words(event.reason, event.note) if event.reason else event.note
    body = "。".join(part.rstrip("。") for part in (ends, next_step(event.application)) if part) + "。"
    return title, body


def to_helper(event: ApplicationEvent, posting: JobPosting, name: str) -> tuple[str, str]:
    """The same for those who look after the worker: about him, not to him."""
    title, body = to_worker(event, posting)
    return f"{name}：{title.replace('您', '他')}", body.replace("您", "他")


def to_employer(event: ApplicationEvent, posting: JobPosting, name: str) -> tuple[str, str]:
    """Title and body of the notice by which an employer's members learn of a step that the worker made."""
    title = {
        Stage.ACCEPTED: f"{name} 接受了“{posting.title}”的录用",
        Stage.ONBOARDED: f"{name} 说已到岗“{posting.title}”",
        Stage.OBSOLETE: f"{name} 去了别的单位，“{posting.title}”的报名自动结束",
        Stage.TIMED_OUT: f"{name} 一直没有回答“{posting.title}”的录用，自动失效了",
    }.get(Stage(event.to_stage))
    if event.from_stage == Stage.OBSOLETE:
        return f"{name} 又可以来了，“{posting.title}”的报名恢复", "对方没有去别的单位，请接着办理。"
    if event.to_stage == Stage.WITHDRAWN:
        gave_up = {
            Stage.OFFERED: f"{name} 没有接受“{posting.title}”的录用",
            Stage.ACCEPTED: f"{name} 接受后又放弃了“{posting.title}”，名额已退回",
        }
        title = gave_up.get(Stage(event.from_stage), f"{name} 取消了“{posting.title}”的报名")
    return title or f"{name}：{event.get_to_stage_display()}", closing_words(event.reason, event.note)
