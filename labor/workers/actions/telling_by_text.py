"""Who has no account yet is told by one text that somebody acts for him, and how to object.

Registered by word of mouth, on paper or by a list he has nowhere to read it. Rows fall due by `tell_at`, go out by day
at a bounded pace, and are tried again as notices are (`jinba.notices.actions.sending`): who is killed between asking
the vendor and writing it down leaves `tell_asked_at`, and the vendor is asked whether the text went out.
"""

import logging
import time
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from jinba.core import sms
from jinba.core.masking import masked_text
from jinba.notices import quiet
from jinba.notices.actions.sending import MOST_TRIES, RESTING, pause_after
from jinba.notices.letters import LONGEST_VALUE, absolute
from labor.workers.models import Delegation

logger = logging.getLogger(__name__)

KIND = "delegation_told"
A_TURN = 10.0  # seconds; then other work of the queue has its turn
TURNS_A_MINUTE = 2  # that the schedule gives
LONGEST_NAME = 6  # of a helper in the text, which shall be one


def tell_by_text(*, seconds: float = A_TURN, clock: Callable[[], float] = time.monotonic) -> int:
    """Send what is due, so many a minute as DELEGATION_TEXTS_A_MINUTE says; returns how many were tried.

    Nothing by night. With two beats or a lost turn the pace is another; no text is sent twice for that.
    """
    if quiet.ends_at(timezone.now()):
        return 0
    until, tried = clock() + seconds, 0
    most = max(1, settings.DELEGATION_TEXTS_A_MINUTE // TURNS_A_MINUTE) if settings.DELEGATION_TEXTS_A_MINUTE else 0
    while tried < most and clock() < until:
        row = _claim()
        if row is None:
            break
        tried += 1
        try:
            outcome = _send(row)
        except Exception:
            logger.exception("delegations: text for %s", row.pk)
            outcome = "waiting", pause_after(attempt=row.tell_tries)
        _write_down(row, *outcome)
    return tried


def text_of(*, row: Delegation) -> tuple[str, dict[str, str]]:
    """The words, and the values for a vendor's template. On a family's phone the name says whom it is about."""
    helper = masked_text(row.helper.name or row.helper.get_role_display())
    helper = helper if len(helper) <= LONGEST_NAME else helper[: LONGEST_NAME - 1] + "…"
    worker, link, phone = row.worker.masked_name, absolute(""), settings.SITE["phone"]
    way = f"{link} 或打 {phone}" if phone else link
    words = f"【{settings.SITE['name']}】{helper}受{worker}委托帮忙找工作。不同意请登录 {way}"
    title = f"{helper}受{worker}委托帮忙找工作"[:LONGEST_VALUE]
    return words, {"title": title, "number": "", "link": link, "name": helper, "worker": worker, "service": phone}


@transaction.atomic(durable=True)
def _claim() -> Delegation | None:
    """One that nobody else will send, counted before it is; those that need no text any more are done with."""
    due = Delegation.objects.filter(tell_at__lte=timezone.now()).order_by("tell_at", "pk")
    locked = due.select_related("worker", "helper").select_for_update(of=("self",), skip_locked=True)
    while (row := locked.first()) is not None:
        worker = row.worker
        is_wanted = row.is_live and worker.user_id is None and worker.is_active and worker.phone
        if is_wanted and row.tell_tries < MOST_TRIES:
            break
        Delegation.objects.filter(pk=row.pk).update(tell_at=None)
    if row is None:
        return None
    now, row.tell_tries = timezone.now(), row.tell_tries + 1
    lease = timedelta(seconds=settings.NOTICES_LEASE_SECONDS)
    # The row keeps in memory when it was asked for before; in the database it says now.
    Delegation.objects.filter(pk=row.pk).update(tell_tries=row.tell_tries, tell_asked_at=now, tell_at=now + lease)
    return row


def _send(row: Delegation) -> tuple[str, timedelta | None]:
    """What came of it: sent, failed, unheard or waiting, and for the last how long."""
    phone, out_id = str(row.worker.phone), f"delegation{row.pk}"
    if row.tell_asked_at is not None:
        known = sms.was_sent(phone, out_id=out_id, at=row.tell_asked_at)
        if known:
            return "sent", None
        if known is None and row.tell_tries > 2:  # asked once more at most
            return "failed", None
    words, values = text_of(row=row)
    try:
        sms.send_sms(phone, words, kind=KIND, values=values, out_id=out_id, once=True)
    except sms.WrongNumber:
        return "failed", None
    except sms.SmsUnheard:
        return "unheard", pause_after(attempt=row.tell_tries)
    except sms.AllResting:
        return "resting", RESTING
    except sms.SmsFailed:
        return "waiting", pause_after(attempt=row.tell_tries)
    return "sent", None


def _write_down(row: Delegation, outcome: str, pause: timedelta | None) -> None:
    """Nothing when the claim was over and another has it in hand."""
    now = timezone.now()
    mine = Delegation.objects.filter(pk=row.pk, tell_tries=row.tell_tries, told_at=None)
    if outcome == "sent":
        mine.update(told_at=now, tell_at=None, tell_asked_at=None)
    elif pause is None or (row.tell_tries >= MOST_TRIES and outcome != "resting"):
        logger.warning("delegations: no text for %s after %s tries", row.pk, row.tell_tries)
        mine.update(tell_at=None)
    elif outcome == "unheard":
        mine.update(tell_at=now + pause)
    else:
        tries = row.tell_tries - (outcome == "resting")
        mine.update(tell_at=now + pause, tell_asked_at=None, tell_tries=tries)
