"""Who hears of a move of an interview, in plain words: parts of the other actions' transactions."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from employers.models import Member
from jinba.core.spoken import when, when_range
from jinba.notices.actions import tell, tell_all
from labor.interviews.actions import seating
from labor.interviews.cards import result_of
from labor.interviews.choices import Mode, SeatKind, Side, TextWhy
from labor.interviews.models import Interview, InterviewEvent, Seat
from labor.interviews.words import HOW, time_of, why_cancelled
from labor.workers.models import Delegation

MODES = {Mode.VIDEO: "视频面试", Mode.PHONE: "电话面试", Mode.ONSITE: "当面面试"}


def _key_of(event: InterviewEvent) -> str:
    return f"interview:{event.interview_id}:event:{event.pk}"


def seats_of(*, interview: Interview) -> list[Seat]:
    return list(Seat.objects.valid().filter(interview=interview).select_related("user", "interview"))


# Who -----------------------------------------------------------------------------------------------------------------


def to_worker(
    *, interview: Interview, kind: str, key: str, title: str, body: str, text: tuple[str, str] | None = None,
    but: Any = None, seat: Seat | None = None,
) -> None:  # fmt: skip
    """The worker reads it, and so do those who may act for him, except `but`, who did it.

    `text`: why and in which words somebody without an account gets it to his phone. With a seat the notice leads into
    the room itself.
    """
    worker = interview.application.worker
    url = seating.link_path(seat) if seat is not None else interview.get_absolute_url()
    if worker.user is not None and worker.user != but:
        tell(recipient=worker.user, kind=kind, dedupe_key=key, title=title, body=body, url=url)
    if worker.user is None and seat is not None and text is not None:
        seating.text(seat=seat, why=text[0], words=text[1], once=key)
    live = Delegation.objects.live().filter(worker=worker, helper__is_active=True)
    helpers = set(live.values_list("helper_id", flat=True))
    tell_all(
        recipient_ids=helpers - {but.pk if but is not None else None},
        kind=kind,
        dedupe_key=key,
        title=f"{worker.name}：{title}".replace("您", "他"),
        body=body.replace("您", "他"),
        url=interview.get_absolute_url(),
    )


def _employer_ids(interview: Interview) -> set[int]:
    """The recruiter and whoever arranged it; all members when neither is there any more."""
    members = Member.objects.filter(
        employer_id=interview.application.posting.employer_id, user__is_active=True
    ).values_list("user_id", flat=True)
    everybody = set(members)
    return everybody & {interview.recruiter_id, interview.made_by_id} or everybody


def to_employer(
    *, interview: Interview, kind: str, key: str, title: str, body: str = "", but: Any = None, seat: Seat | None = None
) -> int:
    """The recruiter and whoever arranged it read it; the recruiter's own notice may lead into the room.

    Returns for how many it is new.
    """
    ids = _employer_ids(interview) - {but.pk if but is not None else None}
    words = {"dedupe_key": key, "title": title, "body": body}
    page = reverse("interviewing:detail", args=[interview.pk])
    new = 0
    if seat is not None and seat.user_id in ids:
        new += tell_all(recipient_ids=[seat.user_id], kind=kind, url=seating.link_path(seat), **words)
        ids -= {seat.user_id}
    return new + tell_all(recipient_ids=ids, kind=kind, url=page, **words)


def to_company(
    *, interview: Interview, seats: Iterable[Seat], kind: str, key: str, title: str, body: str,
    text: tuple[str, str] | None, but: Any = None,
) -> None:  # fmt: skip
    """Those who come along: the host of the booth by notice, the invited by text.

    A companion with an account reads what the worker reads while he is entrusted, and after that nothing.
    """
    worker = interview.application.worker
    live = Delegation.objects.live().filter(worker=worker).values_list("helper_id", flat=True)
    told_already = set(live) | {but.pk if but is not None else None}
    for seat in seats:
        if seat.kind in (SeatKind.WORKER, SeatKind.RECRUITER):
            continue
        if seat.user is None:
            if text is not None:
                seating.text(seat=seat, why=text[0], words=text[1], once=key)
        elif seat.kind != SeatKind.HELPER and seat.user_id not in told_already:
            tell(
                recipient=seat.user, kind=kind, dedupe_key=key, title=f"{worker.name}：{title}".replace("您", "他"),
                body=body.replace("您", "他"), url=seating.link_path(seat),
            )  # fmt: skip


def _seat_for(seats: Iterable[Seat], kind: str) -> Seat | None:
    return next((seat for seat in seats if seat.kind == kind), None)


# What ----------------------------------------------------------------------------------------------------------------


def _times(interview: Interview) -> str:
    sitting = interview.sitting
    if sitting.is_queue:
        return f"{when_range(sitting.starts_at, sitting.ends_at)} 排队面试，一个一个叫。能来就点“我来”"
    slots = list(sitting.slots.free()[:4])
    some = "、".join(when(slot.starts_at) for slot in slots[:3])
    return f"可以选：{some}{' 等' if len(slots) > 3 else ''}"


def offered(*, interview: Interview, event: InterviewEvent, by: Any, again: bool = False) -> None:
    """The worker may pick a time."""
    posting, sitting = interview.application.posting, interview.sitting
    title = f"请选面试时间：{posting.title}" if not again else f"企业给了新的面试时间，请选：{posting.title}"
    until = f"最晚 {when(sitting.answer_by)} 前选。" if sitting.answer_by else ""
    note = f"企业说：{sitting.note.rstrip('。')}。" if sitting.note else ""
    body = f"{_times(interview)}。{until}{HOW[Mode(interview.mode)]}{note}"
    to_worker(interview=interview, kind="interview.offered", key=_key_of(event), title=title, body=body, but=by)


def confirmed(*, interview: Interview, event: InterviewEvent, by: Any, was_changed: bool) -> None:
    """Both sides, the host and the invited read when it is; each notice leads into the room."""
    application, seats = interview.application, seats_of(interview=interview)
    kind = "interview.changed" if was_changed else "interview.confirmed"
    why = TextWhy.CHANGED if was_changed else TextWhy.INVITED
    head, key = "面试改到 " if was_changed else "", _key_of(event)
    how = MODES[Mode(interview.mode)]
    assert interview.starts_at and interview.ends_at
    at = when(interview.starts_at)
    title = f"{head}{at} {how}：{application.posting.title}"
    body = f"{_in_queue(interview)}{_place(interview)}去不了，早点说一声。"
    words = f"{at} {how}：{application.posting.employer.name}，到时点开："
    worker_seat = _seat_for(seats, SeatKind.WORKER)
    to_worker(
        interview=interview, kind=kind, key=key, title=title, body=body, text=(why, words), seat=worker_seat
    )  # fmt: skip
    where = f"对方在服务专区的{interview.booth.name}里谈。" if interview.booth else ""
    told = f"{application.worker.masked_name} {'改' if was_changed else '选'}了面试时间：{at}"
    to_employer(
        interview=interview, kind=kind, key=key, title=told,
        body=f"“{application.posting.title}”，{how}。{where}",
    )  # fmt: skip
    to_company(interview=interview, seats=seats, kind=kind, key=key, title=title, body=body, text=(why, words))


def _in_queue(interview: Interview) -> str:
    return f"{time_of(interview)}。" if interview.sitting.is_queue else ""


def _place(interview: Interview) -> str:
    """Where and how, in full sentences."""
    if interview.booth is not None:
        return f"请早十分钟到{interview.booth.name}（{interview.booth.place}），工作人员帮您接通。"
    place = interview.sitting.place or interview.application.posting.address
    if interview.mode == Mode.ONSITE and place:
        return f"到企业当面谈，地址：{place}。"
    return HOW[Mode(interview.mode)]


def booth_changed(*, interview: Interview, event: InterviewEvent, by: Any, left: Any) -> None:
    """The new place; the host of the booth that is free again hears of that too."""
    application, seats, key = interview.application, seats_of(interview=interview), _key_of(event)
    assert interview.starts_at
    place = f"到{interview.booth.name}（{interview.booth.place}）" if interview.booth else "用自己的手机参加"
    title = f"面试地点改了：{application.posting.title}"
    body = f"{when(interview.starts_at)}，{place}。时间不变。"
    to_worker(
        interview=interview, kind="interview.changed", key=key, title=title, body=body, but=by,
        text=(TextWhy.CHANGED, f"{when(interview.starts_at)} 面试，{place}。也可以点开："),
        seat=_seat_for(seats, SeatKind.WORKER),
    )  # fmt: skip
    to_company(interview=interview, seats=seats, kind="interview.changed", key=key, title=title, body=body, text=None)
    if left is not None and left != by:
        tell(
            recipient=left, kind="interview.changed", dedupe_key=key, url=interview.get_absolute_url(),
            title=f"{application.worker.name} 不用面试间了：{when(interview.starts_at)}", body="",
        )  # fmt: skip


def wished(*, interview: Interview, event: InterviewEvent, by: Any) -> None:
    """The worker finds none of the times good: the employer reads which would be."""
    application = interview.application
    to_employer(
        interview=interview, kind="interview.changed", key=_key_of(event), but=by,
        title=f"{application.worker.masked_name} 说给的时间都不行：{application.posting.title}",
        body=f"说：{interview.wish.rstrip('。')}。请再给几个时间。",
    )  # fmt: skip


def rescheduling(
    *, interview: Interview, event: InterviewEvent, by: Any, seats: list[Seat], has_times: bool, offers: bool
) -> None:
    """The time does not count any more: the other side reads whose turn it is now. `seats` are those of before.

    With `offers` the worker reads of the new times instead, and only who has no account gets a text.
    """
    application, key = interview.application, _key_of(event)
    was = when(event.starts_at) if event.starts_at else "原来的时间"
    said = "原因" if event.side in (Side.PARK, Side.SYSTEM) else "说"
    wish = f"{said}：{event.note.rstrip('。')}。" if event.note else ""
    turn = "现在就可以选别的时间。" if has_times else "企业会再给时间，有了就告诉您。"
    yours = "对方可以选这一场别的时间。" if has_times else "请再给几个时间。"
    if event.side == Side.WORKER:
        to_employer(
            interview=interview, kind="interview.changed", key=key, but=by,
            title=f"{application.worker.masked_name} 想改面试时间：原来 {was}",
            body=f"“{application.posting.title}”。{wish}{yours}",
        )  # fmt: skip
    whose = {
        Side.WORKER: "您要改时间",
        Side.EMPLOYER: "企业要改时间",
        Side.PARK: "面试间用不了，要改时间",
        Side.SYSTEM: "要改时间",
    }[Side(event.side)]
    title, body = f"{was} 的面试不算了：{application.posting.title}", f"{whose}。{wish}{turn}"
    # The link is gone with the time: a text of this kind has none.
    told = (TextWhy.CANCELLED, f"{was} 的面试要改时间，定了再通知您。")
    _text_to_worker(interview, told, key, seats)
    if not offers:
        to_worker(interview=interview, kind="interview.changed", key=key, title=title, body=body, but=by)
    if event.side in (Side.PARK, Side.SYSTEM):
        to_employer(
            interview=interview, kind="interview.changed", key=key,
            title=f"{was} 的面试要改时间：{application.worker.masked_name}",
            body=f"“{application.posting.title}”。{wish}{yours}",
        )  # fmt: skip
    to_company(
        interview=interview, seats=seats, kind="interview.changed", key=key, title=title, body=body, text=told, but=by
    )


def _text_to_worker(interview: Interview, text: tuple[str, str], key: str, seats: list[Seat]) -> None:
    """Somebody without an account gets his text by the seat that he had: the notices of a closed room lead nowhere."""
    seat = _seat_for(seats, SeatKind.WORKER)
    if interview.application.worker.user is None and seat is not None:
        seating.text(seat=seat, why=text[0], words=text[1], once=key)


def cancelled(*, interview: Interview, event: InterviewEvent, by: Any, seats: list[Seat]) -> None:
    """Whoever did not do it himself reads that it does not take place, and why."""
    application, key = interview.application, _key_of(event)
    at = f"{when(interview.starts_at)} 的" if interview.starts_at else ""
    why = why_cancelled(interview) + (f"：{event.note}" if event.note else "")
    title = f"{at}面试取消了：{application.posting.title}"
    body = f"{why.rstrip('。')}。" + ("还想去，可以打电话问问企业。" if application.is_live else "")
    text = (TextWhy.CANCELLED, f"{at}面试取消了，不用来了。")
    _text_to_worker(interview, text, key, seats)
    to_worker(interview=interview, kind="interview.cancelled", key=key, title=title, body=body, but=by)
    to_employer(
        interview=interview, kind="interview.cancelled", key=key, but=by,
        title=f"{application.worker.masked_name}：{at}面试取消了", body=f"“{application.posting.title}”。{why}。",
    )  # fmt: skip
    to_company(
        interview=interview, seats=seats, kind="interview.cancelled", key=key, title=title, body=body, but=by, text=text
    )


def missed(*, interview: Interview, event: InterviewEvent, by: Any) -> None:
    """Both sides read that it counts as missed, and by whom."""
    application, key = interview.application, _key_of(event)
    assert interview.starts_at
    at = when(interview.starts_at)
    if interview.no_show_by == Side.EMPLOYER:
        title, body = (
            f"{at} 的面试企业没来：{application.posting.title}",
            "不是您的问题，已经记下来了。企业可以重新约。",
        )
        told = f"{at} 的面试记为单位没到：{application.worker.masked_name}"
    else:
        title = f"{at} 的面试您没到：{application.posting.title}"
        body = "有事去不了，下次早点说一声。还想去，可以打电话问问企业。"
        told = f"{application.worker.masked_name} 没有来面试：{at}"
    to_worker(interview=interview, kind="interview.no_show", key=key, title=title, body=body, but=by)
    to_employer(
        interview=interview, kind="interview.no_show", key=key, title=told, but=by,
        body=f"“{application.posting.title}”。其实谈过了，可以补交面试结果；也可以重新约时间。",
    )  # fmt: skip


def called(*, interview: Interview, event: InterviewEvent, by: Any) -> None:
    """It is his turn in the queue; in a booth its host lets him in."""
    seats = seats_of(interview=interview)
    if interview.booth is not None:
        to_company(
            interview=interview, seats=seats, kind="interview.called", key=_key_of(event), text=None, but=by,
            title=f"轮到您面试了：{interview.application.posting.title}",
            body=f"请您到{interview.booth.name}坐下，企业在等。",
        )  # fmt: skip
    to_worker(
        interview=interview, kind="interview.called", key=_key_of(event), but=by,
        title=f"轮到您面试了：{interview.application.posting.title}", body="现在就点开，企业在等您。",
        text=(TextWhy.CALLED, "轮到您面试了，现在就点开："), seat=_seat_for(seats, SeatKind.WORKER),
    )  # fmt: skip


def waiting(*, interview: Interview, before: int, key: str) -> None:
    """He is one of the next."""
    seats = seats_of(interview=interview)
    to_worker(
        interview=interview, kind="interview.waiting", key=key, seat=_seat_for(seats, SeatKind.WORKER),
        title="下一个就是您" if before == 0 else f"前面还有 {before} 个人",
        body=f"“{interview.application.posting.title}”的面试快轮到您了，请在面试室里等。",
    )  # fmt: skip


def moved_back(*, interview: Interview, event: InterviewEvent) -> None:
    """He was called, was not there, and is called again at the end."""
    seats = seats_of(interview=interview)
    to_worker(
        interview=interview, kind="interview.waiting", key=_key_of(event), seat=_seat_for(seats, SeatKind.WORKER),
        title=f"叫到您时您不在，排到后面了，现在是 {interview.queue_number} 号",
        body=f"“{interview.application.posting.title}”的面试还没结束，快点开链接进来等。",
    )  # fmt: skip


def by_phone(*, interview: Interview, event: InterviewEvent, by: Any) -> None:
    """The other side reads that it goes on by telephone. No number stands in it."""
    key, posting = _key_of(event), interview.application.posting
    if interview.by_phone_side == Side.WORKER:
        to_employer(
            interview=interview, kind="interview.by_phone", key=key, but=by,
            title=f"{interview.application.worker.masked_name} 请您改打电话",
            body=f"“{posting.title}”的面试视频不顺，对方想打电话谈。到面试页面上看号码。",
        )  # fmt: skip
    else:
        to_worker(
            interview=interview, kind="interview.by_phone", key=key, but=by,
            title=f"企业马上给您打电话：{posting.title}",
            body="视频不顺，改打电话谈。请保持手机畅通，陌生号码也接一下。",
        )  # fmt: skip


def result(*, interview: Interview, event: InterviewEvent, by: Any) -> None:
    """What the recruiter says to the worker; where it leads, the application says."""
    body, found = interview.feedback or "谢谢您来面试，有结果就告诉您。", result_of(interview)
    to_worker(
        interview=interview, kind="interview.result", key=_key_of(event), but=by,
        title=f"{f'面试结果：{found}' if found else '面试完了'}（{interview.application.posting.title}）", body=body,
    )  # fmt: skip


def result_wanted(*, interview: Interview, key: str) -> bool:
    """The time is over and nobody wrote down what came of it; whether this is news."""
    application = interview.application
    at = f"{when(interview.starts_at)} 的" if interview.starts_at else ""
    new = to_employer(
        interview=interview, kind="interview.result_wanted", key=key,
        title=f"请填面试结果：{application.worker.masked_name}",
        body=f"{at}面试（“{application.posting.title}”）谈了没有？请交结果，没谈成请改期或取消。",
    )  # fmt: skip
    return new > 0


def reminded(*, interview: Interview, lead: int, key: str) -> None:
    """It is soon: everybody who takes part reads it."""
    application, seats = interview.application, seats_of(interview=interview)
    assert interview.starts_at
    at, how = when(interview.starts_at), MODES[Mode(interview.mode)]
    soon = "interview.tomorrow" if lead >= 1440 else "interview.reminder"
    head = "快开始了：" if lead <= 15 else ""
    title = f"{head}{at} {how}：{application.posting.title}"
    body = f"{_in_queue(interview)}{_place(interview)}去不了，现在就说一声。"
    text = (
        None if lead >= 1440 else (TextWhy.REMINDED, f"{head}{at} {how}：{application.posting.employer.name}，点开：")
    )
    to_worker(
        interview=interview, kind=soon, key=key, title=title, body=body, text=text,
        seat=_seat_for(seats, SeatKind.WORKER),
    )  # fmt: skip
    to_employer(
        interview=interview, kind=soon, key=key, title=f"{head}{at} 面试 {application.worker.masked_name}",
        body=f"“{application.posting.title}”，{how}。", seat=_seat_for(seats, SeatKind.RECRUITER),
    )  # fmt: skip
    to_company(interview=interview, seats=seats, kind=soon, key=key, title=title, body=body, text=text)
