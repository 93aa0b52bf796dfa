"""Texts to those who have no account: the link of their seat, in their hands in time.

Rows of `SeatText` fall due by `next_try_at` and go out as notices do (`jinba.notices.actions.sending`). Whoever is
killed between asking the vendor and writing it down leaves `asked_at`; the vendor is then asked whether it went out.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from jinba.core import sms
from jinba.core.masking import masked_text
from jinba.notices import quiet
from jinba.notices.actions.sending import MOST_TRIES, RESTING, pause_after
from jinba.notices.letters import LONGEST_VALUE, NEXT_PARTS, ROOM, absolute
from labor.interviews.actions.seating import number_of
from labor.interviews.choices import TIMED, TextWhy
from labor.interviews.links import link_path, token_of
from labor.interviews.models import SeatText

logger = logging.getLogger(__name__)

A_TURN = 10.0  # seconds; then other work of the queue has its turn
SOON = timedelta(hours=2)  # what begins so early in the morning cannot wait for the morning
LONGEST_ERROR = 120


def send(*, seconds: float = A_TURN, clock: Callable[[], float] = time.monotonic) -> int:
    """Send what is due; returns how many were tried."""
    until, tried = clock() + seconds, 0
    while clock() < until:
        row = _claim()
        if row is None:
            break
        if isinstance(row, bool):
            continue
        tried += 1
        try:
            outcome = _send(row)
        except Exception as error:
            logger.exception("interviews: text %s", row.pk)
            outcome = "waiting", pause_after(attempt=row.tries), type(error).__name__
        _write_down(row, *outcome)
    return tried


def text_of(*, row: SeatText) -> tuple[str, dict[str, str]]:
    """The words, in two parts at most, and the values for a vendor's template."""
    seat = row.seat
    link = "" if row.why == TextWhy.CANCELLED else absolute(link_path(seat))
    said = masked_text(row.words)
    words = f"【{settings.SITE['name']}】{said} {link}".strip()
    if len(words) > 2 * NEXT_PARTS:
        said = said[: 2 * NEXT_PARTS - (len(words) - len(said)) - 1] + "…"
        words = f"【{settings.SITE['name']}】{said} {link}".strip()
    number = token_of(seat) if link else ""
    return words, {"title": said[:LONGEST_VALUE], "number": number, "link": link}


def _why_not(row: SeatText, now: datetime) -> str:
    seat = row.seat
    if not number_of(seat=seat):
        return "没有手机号，或者有账号了"
    if row.why == TextWhy.CANCELLED:
        return ""
    if seat.revoked_at is not None or seat.link_ends_at <= now or seat.interview.state not in TIMED:
        return "座位已经收回，或者面试过去了"
    return ""


def _may_wait(row: SeatText, now: datetime) -> datetime | None:
    """Until when it waits for the morning; None when it is urgent, or day."""
    morning = quiet.ends_at(now)
    if morning is None or row.why == TextWhy.CALLED:
        return None
    starts_at = row.seat.interview.starts_at
    is_soon = starts_at is not None and starts_at < morning + SOON
    return None if is_soon and row.why != TextWhy.CANCELLED else morning


@transaction.atomic(durable=True)
def _claim() -> SeatText | bool | None:
    """One that nobody else will send, counted before it is; True when one was put off or done with, None at the end."""
    now = timezone.now()
    due = SeatText.objects.filter(next_try_at__lte=now).order_by("next_try_at", "pk")
    rows = due.select_related("seat__interview__application__worker").select_for_update(of=("self",), skip_locked=True)
    row = rows.first()
    if row is None:
        return None
    mine = SeatText.objects.filter(pk=row.pk)
    if row.asked_at is None:
        if why_not := _why_not(row, now) or ("试得太多次了" if row.tries >= MOST_TRIES else ""):
            mine.update(next_try_at=None, error=why_not)
            return True
        if morning := _may_wait(row, now):
            mine.update(next_try_at=morning + timedelta(seconds=row.pk % 600))
            return True
    row.tries += 1
    lease = timedelta(seconds=settings.NOTICES_LEASE_SECONDS)
    # The row keeps in memory when it was asked for before; in the database it says now.
    mine.update(tries=row.tries, asked_at=now, next_try_at=now + lease)
    return row


def _send(row: SeatText) -> tuple[str, timedelta | None, str]:
    """What came of it: sent, failed, unheard or waiting; for the last how long; and what the vendor said."""
    phone, out_id = number_of(seat=row.seat), f"seat{row.pk}"
    if row.asked_at is not None and phone:
        known = sms.was_sent(phone, out_id=out_id, at=row.asked_at)
        if known:
            return "sent", None, ""
        if known is None and row.tries > 2:  # asked once more at most
            return "failed", None, "服务商没有回音，不知道发出去没有"
    if why_not := _why_not(row, timezone.now()):
        return "failed", None, why_not
    words, values = text_of(row=row)
    try:
        sms.send_sms(phone, words, kind=ROOM, values=values, out_id=out_id, once=True)
    except sms.WrongNumber:
        return "failed", None, "号码不对"
    except sms.SmsUnheard as error:
        return "unheard", pause_after(attempt=row.tries), f"没有回音：{error}"
    except sms.AllResting as error:
        return "resting", RESTING, str(error)
    except sms.SmsFailed as error:
        return "waiting", pause_after(attempt=row.tries), str(error)
    return "sent", None, ""


@transaction.atomic(durable=True)
def _write_down(row: SeatText, outcome: str, pause: timedelta | None, error: str) -> None:
    """Nothing when the claim was over and another has it in hand."""
    now = timezone.now()
    mine = SeatText.objects.filter(pk=row.pk, tries=row.tries, sent_at=None)
    error = masked_text(error)[:LONGEST_ERROR]
    if outcome == "sent":
        mine.update(sent_at=now, next_try_at=None, asked_at=None, error="")
    elif pause is None or (row.tries >= MOST_TRIES and outcome != "resting"):
        logger.warning("interviews: text %s not sent after %s tries", row.pk, row.tries)
        mine.update(next_try_at=None, asked_at=None, error=error)
    elif outcome == "unheard":
        mine.update(next_try_at=now + pause, error=error)
    else:
        tries = row.tries - (outcome == "resting")
        mine.update(next_try_at=now + pause, asked_at=None, tries=tries, error=error)
