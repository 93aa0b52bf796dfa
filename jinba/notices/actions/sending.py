"""Deliveries leave the house: claimed, sent, written down. No transaction is open while a vendor is asked.

Whoever is killed between asking and writing leaves `asked_at` set; the next one then asks the vendor whether the text
went out, before he sends it again with the same `out_id`. A vendor who cannot tell is asked to send at most once more.
"""

import logging
import random
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from jinba.core import sms
from jinba.core.errors import Refused
from jinba.core.later import later
from jinba.core.locks import locked
from jinba.notices import letters, quiet
from jinba.notices.choices import Channel, DeliveryState
from jinba.notices.models import Delivery, Preference
from jinba.notices.rules import is_on_at_first, rule_of

logger = logging.getLogger(__name__)

MOST_TRIES = 10  # together more than half a day
LONGEST_PAUSE = timedelta(hours=6)
RESTING = timedelta(seconds=30)  # when no vendor was asked
TOGETHER = 50  # notices in one text or letter
READERS = 50  # how far to look for one whom nobody else is serving
RECIPIENT_LOCK = 815  # first number of the advisory lock of one reader
A_TURN = 10.0  # seconds; then other work of the queue has its turn
SENDERS = 4  # that one sweep wakes

WAITING, SENT, FAILED, SKIPPED = (
    DeliveryState.WAITING,
    DeliveryState.SENT,
    DeliveryState.FAILED,
    DeliveryState.SKIPPED,
)


@dataclass(frozen=True)
class Parcel:
    """Deliveries to one reader that go out as one. `asked_at` is set when somebody asked before and wrote nothing;
    `unheard` counts how often that was so."""

    rows: list[Delivery]
    out_id: str
    attempt: int
    asked_at: datetime | None
    unheard: int
    vendor: str
    urgent: bool

    @property
    def channel(self) -> str:
        return self.rows[0].channel

    @property
    def is_vain(self) -> bool:
        return self.attempt >= MOST_TRIES


@dataclass(frozen=True)
class Outcome:
    """What came of it: a state, or None when nobody knows."""

    state: DeliveryState | None
    error: str = ""
    vendor: str = ""
    vendor_id: str = ""
    wait: timedelta | None = None  # until the next try; None: the longer the more tries there were
    counts: bool = True


def send_due(*, seconds: float = A_TURN) -> int:
    """Send what is due, one text or letter after the other, for at most about so long; returns how many were tried."""
    until, tried = time.monotonic() + seconds, 0
    while send_one():
        tried += 1
        if time.monotonic() >= until:
            later("jinba.notices.tasks.send_due")  # the rest, behind whatever else waits
            break
    return tried


def wake_senders() -> int:
    """Post letters when deliveries are due; returns how many. The sweep: letters of their own may have been lost."""
    due = Delivery.objects.due()[: SENDERS * 5].count()
    letters_needed = min(SENDERS, -(-due // 5))
    for _ in range(letters_needed):
        later("jinba.notices.tasks.send_due")
    return letters_needed


def send_one() -> bool:
    """Take something that is due, and send it or say why not; False when nothing is due."""
    claimed = _claim()
    if not isinstance(claimed, Parcel):
        return claimed
    try:
        outcome = _send(claimed)
    except Exception as error:
        logger.exception("notices: delivery %s", claimed.rows[0].pk)
        outcome = Outcome(WAITING, error=type(error).__name__)
    _write_down(claimed, outcome)
    return True


# Claiming ------------------------------------------------------------------------------------------------------------


@transaction.atomic(durable=True)
def _claim() -> Parcel | bool:
    """A parcel that nobody else will send; True when rows were done with otherwise, False when there was nothing.

    One reader's deliveries of a channel are decided upon by one process at a time, for the sake of his daily cap.
    """
    waiting = Delivery.objects.due().order_by("next_try_at").values_list("recipient_id", "channel")
    for recipient_id, channel in dict.fromkeys(waiting[:READERS]):
        if not _lock(recipient_id, channel):
            continue
        rows = list(
            Delivery.objects.due()
            .filter(recipient_id=recipient_id, channel=channel)
            .select_related("notice", "recipient")
            .order_by("next_try_at", "pk")
            .select_for_update(of=("self",), skip_locked=True)[: TOGETHER * 2]
        )
        if not rows:
            continue
        first = rows[0]
        # What was tried together is tried together again; what is new goes with its topic.
        same = [row for row in rows if row.out_id == first.out_id and (first.out_id or row.topic == first.topic)]
        if not first.out_id:  # nor with one whose link is his own
            alone = letters.own_link(first.notice)
            same = [first] if alone else [row for row in same if not letters.own_link(row.notice)]
        return _seal(same[:TOGETHER])
    return False


def _lock(recipient_id: int, channel: str) -> bool:
    number = RECIPIENT_LOCK + list(Channel).index(Channel(channel))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [number, recipient_id % 2**31])
        return bool(cursor.fetchone()[0])


def _seal(rows: list[Delivery]) -> Parcel | bool:
    now = timezone.now()
    if not rows[0].asked_at:
        rows = _worth_sending(rows, now)
        if not rows:
            return True
    first = rows[0]
    unheard = first.unheard + bool(first.asked_at)
    out_id = first.out_id or secrets.token_hex(12)
    parcel = Parcel(
        rows=rows,
        out_id=out_id,
        attempt=first.attempts + 1,
        asked_at=first.asked_at,
        unheard=unheard,
        vendor=first.vendor,
        urgent=any(rule_of(row.notice.kind).is_urgent for row in rows),
    )
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(
        out_id=out_id, attempts=parcel.attempt, asked_at=now, unheard=unheard, next_try_at=now + _lease()
    )
    return parcel


def _lease() -> timedelta:
    """How long a claim holds when nobody writes down what came of it."""
    return timedelta(seconds=settings.NOTICES_LEASE_SECONDS)


def _worth_sending(rows: list[Delivery], now: datetime) -> list[Delivery]:
    """Those that should still go out; the others are skipped, or wait for the morning."""
    left = []
    for row in rows:
        why_not = _why_not(row)
        if why_not:
            _skip([row], why_not)
        else:
            left.append(row)
    if not left or left[0].channel != Channel.SMS or any(rule_of(row.notice.kind).is_urgent for row in left):
        return left
    morning = quiet.ends_at(now)
    if morning:
        at = morning + timedelta(seconds=left[0].recipient_id % 600)
        Delivery.objects.filter(pk__in=[row.pk for row in left]).update(next_try_at=at)
        return []
    if _texts_today(left[0].recipient_id, now) >= settings.SMS_DAILY_CAP:
        _skip(left, f"今天已经发了 {settings.SMS_DAILY_CAP} 条短信")
        return []
    return left


def _why_not(row: Delivery) -> str:
    reader = row.recipient
    if not reader.is_active:
        return "账号已停用"
    if row.notice.read_at:
        return "已经在网站上看过"
    if not (reader.phone if row.channel == Channel.SMS else reader.email):
        return "没有手机号" if row.channel == Channel.SMS else "没有邮箱"
    said = Preference.objects.filter(user=reader, topic=row.topic, channel=row.channel).first()
    if not (said.is_on if said else is_on_at_first(row.topic, row.channel)):
        return "本人关闭了"
    return ""


def _skip(rows: list[Delivery], why: str) -> None:
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(state=SKIPPED, error=why)


def _texts_today(recipient_id: int, now: datetime) -> int:
    """Texts that went out to the reader since midnight, or are just going."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    texts = Delivery.objects.filter(recipient_id=recipient_id, channel=Channel.SMS)
    sent = texts.filter(state=SENT, sent_at__gte=midnight)
    going = texts.filter(state=WAITING).exclude(out_id="")
    return len({*sent.values_list("out_id", flat=True), *going.values_list("out_id", flat=True)})


# Sending -------------------------------------------------------------------------------------------------------------


def _send(parcel: Parcel) -> Outcome:
    return SEND[parcel.channel](parcel)


def _send_text(parcel: Parcel) -> Outcome:
    first = parcel.rows[0]
    phone, topic = str(first.recipient.phone), first.topic
    if parcel.asked_at:
        known = sms.was_sent(phone, out_id=parcel.out_id, at=parcel.asked_at, vendor=parcel.vendor)
        if known:
            return Outcome(SENT, vendor=parcel.vendor)
        if known is None and parcel.unheard > 1:
            return Outcome(FAILED, error="服务商没有回音，不知道发出去没有")
    text = letters.text_of([row.notice for row in parcel.rows], topic)
    try:
        receipt = sms.send_sms(phone, text.words, kind=text.kind, values=text.values, out_id=parcel.out_id, once=True)
    except sms.WrongNumber as error:
        return Outcome(FAILED, error=f"号码不对：{error}", vendor=error.vendor)
    except sms.SmsUnheard as error:
        return Outcome(None, error=f"没有回音：{error}", vendor=error.vendor)
    except sms.AllResting as error:
        return Outcome(WAITING, error=str(error), wait=RESTING, counts=False)
    except sms.SmsFailed as error:
        return Outcome(WAITING, error=str(error), vendor=error.vendor)
    return Outcome(SENT, vendor=receipt.vendor, vendor_id=receipt.vendor_id)


def _send_letter(parcel: Parcel) -> Outcome:
    first = parcel.rows[0]
    if parcel.asked_at and parcel.unheard > 1:
        return Outcome(FAILED, error="邮件服务器没有回音，不知道发出去没有")
    letter = letters.letter_of(
        [row.notice for row in parcel.rows],
        first.topic,
        to=str(first.recipient.email),
        user_id=first.recipient_id,
        out_id=parcel.out_id,
    )
    try:
        letter.send()
    except SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        return Outcome(FAILED if all(code >= 500 for code in codes) else WAITING, error=f"收件地址被拒：{codes}")
    except SMTPResponseException as error:
        return Outcome(WAITING, error=f"{type(error).__name__} {error.smtp_code}")
    except TimeoutError as error:
        return Outcome(None, error=type(error).__name__)
    except (SMTPException, OSError) as error:
        return Outcome(WAITING, error=type(error).__name__)
    return Outcome(SENT, vendor=settings.EMAIL_HOST or settings.EMAIL_BACKEND)


SEND: dict[str, Callable[[Parcel], Outcome]] = {Channel.SMS: _send_text, Channel.EMAIL: _send_letter}


# Writing down --------------------------------------------------------------------------------------------------------


@transaction.atomic(durable=True)
def _write_down(parcel: Parcel, outcome: Outcome) -> bool:
    """Write what came of it; False when the claim was over and another has it in hand."""
    now = timezone.now()
    rows = Delivery.objects.filter(
        pk__in=[row.pk for row in parcel.rows], out_id=parcel.out_id, attempts=parcel.attempt, state=WAITING
    )
    changes: dict[str, object] = {
        "vendor": outcome.vendor[:40],
        "vendor_id": outcome.vendor_id[:80],
        "error": outcome.error[:200],
    }
    if outcome.state == SENT:
        changes |= {"state": SENT, "sent_at": now, "asked_at": None}
    elif outcome.state == FAILED or (parcel.is_vain and outcome.counts):
        changes |= {"state": FAILED}
    else:
        changes |= {"next_try_at": now + (outcome.wait or pause_after(attempt=parcel.attempt))}
        if outcome.state is not None:
            changes |= {"asked_at": None}
        if not outcome.counts:
            changes |= {"attempts": parcel.attempt - 1}
    return bool(rows.update(**changes))


def pause_after(*, attempt: int) -> timedelta:
    """Twice as long after each try, and never the same for all: a vendor who comes back is not run over."""
    first = timedelta(seconds=settings.NOTICES_RETRY_SECONDS)
    return min(first * 2 ** (attempt - 1), LONGEST_PAUSE) * random.uniform(0.8, 1.2)


# Once more -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def send_again(*, delivery: Delivery, by: Any, reason: str = "") -> Delivery:
    """An officer has a failed delivery sent once more, from its first try on."""
    (row,) = locked(Delivery.objects.all(), ids=[delivery.pk])
    if row.state != FAILED:
        raise Refused("只有没发成的才能再发。")
    # A number of its own: what the old one stands for is over.
    row.state, row.attempts, row.out_id, row.asked_at, row.unheard = WAITING, 0, "", None, 0
    row.next_try_at = timezone.now()
    row.save(update_fields=["state", "attempts", "out_id", "asked_at", "unheard", "next_try_at"])
    logger.info("notices: delivery %s sent again by user %s", row.pk, by.pk)
    later("jinba.notices.tasks.send_due")
    return row
