"""The booth's own screen: a host lets the worker who stands before him sit down. Locks: interview, booth."""

import logging
from typing import Any

from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

from jinba.accounts.choices import Role
from jinba.core.errors import Refused
from jinba.core.locks import locked_one, patient
from labor.interviews.actions import changing
from labor.interviews.choices import Compared, SeatKind, Side
from labor.interviews.links import new_key
from labor.interviews.models import Booth, Interview, LetIn, Seat
from labor.interviews.screen import Guest, compared, expected

logger = logging.getLogger(__name__)

PARK_ONLY = "请进面试间由服务专区的工作人员办。"
MOST_WRONG, COUNTED, SHUT = 3, 600, 60  # tries, and seconds
TOO_MANY = "连着三次对不上，请过 1 分钟再试。"


@patient
def let_in(*, interview: Interview, booth: Booth, said: str, by: Any) -> LetIn:
    """Open the worker's seat on the screen of `booth`; he counts as come, and who let him in by what is written down.

    `said` is the end of his phone number, as he says it, or the name on his card. Asked twice it is one.
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
    seat = Seat.objects.valid().filter(interview=interview, kind=SeatKind.WORKER).first()
    if seat is None:
        raise Refused("这场面试的座位收回了，请找用人单位重新约。")
    by_what = _compare(interview, said)
    sitting = LetIn.objects.filter(booth=booth, over_at=None).first()
    if sitting is not None and sitting.seat_id == seat.pk:
        return sitting
    LetIn.objects.filter(booth=booth, over_at=None).update(over_at=now)
    made = LetIn.objects.create(interview=interview, seat=seat, booth=booth, by=by, compared=by_what, at=now)
    Seat.objects.filter(pk=seat.pk, opened_at=None).update(opened_at=now)
    seat.hold = new_key()  # it is on this screen now, and not on the phone where its link was opened
    seat.save(update_fields=["hold"])
    changing.came(interview=interview, side=Side.WORKER, at=now)
    return made


def _compare(interview: Interview, said: str) -> Compared:
    """Refused when it is not he. After three wrong tries nothing counts for a minute; with Redis away nobody waits."""
    key = f"let-in:{interview.pk}"
    try:
        if int(cache.get(key) or 0) >= MOST_WRONG:
            raise Refused(TOO_MANY, field="said")
    except (RedisError, OSError):
        pass
    if by_what := compared(interview, said):
        return by_what
    wrong = 0
    try:
        cache.add(key, 0, timeout=COUNTED)
        if (wrong := cache.incr(key)) >= MOST_WRONG:
            cache.touch(key, SHUT)
    except (RedisError, OSError, ValueError):
        pass
    if wrong < MOST_WRONG:
        raise Refused("对不上，请再问他一遍。", field="said")
    logger.warning("booths: three wrong answers for interview %s", interview.pk)
    raise Refused(TOO_MANY, field="said")


def over(*, booth_id: int) -> None:
    """Nobody sits before the screen any more. Asked again it changes nothing."""
    LetIn.objects.filter(booth=booth_id, over_at=None).update(over_at=timezone.now())
