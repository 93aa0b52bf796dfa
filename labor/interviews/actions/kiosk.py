"""The booth's own screen: a host lets the worker who stands before him sit down. Locks: interview, booth."""

from typing import Any

from django.utils import timezone

from jinba.accounts.choices import Role
from jinba.core.errors import Refused
from jinba.core.locks import locked_one, patient
from labor.interviews.actions import changing
from labor.interviews.choices import SeatKind, Side
from labor.interviews.models import Booth, Interview, LetIn, Seat
from labor.interviews.screen import Guest, expected, last_four

PARK_ONLY = "请进面试间由服务专区的工作人员办。"


@patient
def let_in(*, interview: Interview, booth: Booth, last_four_seen: str, by: Any) -> LetIn:
    """Open the worker's seat on the screen of `booth`; he counts as come, and who let him in is written down.

    `last_four_seen` are the digits that the host compared: of another person they are refused. Asked twice it is one.
    """
    if by.role != Role.PARK:
        raise Refused(PARK_ONLY)
    rows = Interview.objects.select_related("application__worker")
    interview = locked_one(rows, pk=interview.pk)
    booth = locked_one(Booth.objects.all(), pk=booth.pk)
    now = timezone.now()
    if not expected(booth=booth).filter(pk=interview.pk).exists():
        raise Refused(f"这场面试已经不在{booth}了，请刷新看看。")
    guest = Guest(interview, now)
    if not guest.is_video:
        raise Refused(f"这是{interview.get_mode_display()}面试，没有视频面试室。")
    if not guest.may_enter:
        raise Refused("还没到时间。开始前 30 分钟才能请进。")
    if last_four_seen != last_four(interview):
        raise Refused("手机尾号对不上，请重新核对。")
    seat = Seat.objects.valid().filter(interview=interview, kind=SeatKind.WORKER).first()
    if seat is None:
        raise Refused("这场面试的座位收回了，请找用人单位重新约。")
    sitting = LetIn.objects.filter(booth=booth, over_at=None).first()
    if sitting is not None and sitting.seat_id == seat.pk:
        return sitting
    LetIn.objects.filter(booth=booth, over_at=None).update(over_at=now)
    made = LetIn.objects.create(interview=interview, seat=seat, booth=booth, by=by, at=now)
    Seat.objects.filter(pk=seat.pk, opened_at=None).update(opened_at=now)
    changing.came(interview=interview, side=Side.WORKER, at=now)
    return made


def over(*, booth: Booth) -> None:
    """Nobody sits before the screen any more. Asked again it changes nothing."""
    LetIn.objects.filter(booth=booth, over_at=None).update(over_at=timezone.now())
