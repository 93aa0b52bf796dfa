"""Texts to phones. `SMS_BACKENDS` names classes with `send(phone, text, …)`; the first that works is enough,
except that the development backends (console, file) all write."""

import logging
from datetime import datetime
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from jinba.core.masking import masked_phone
from jinba.core.sms.base import (
    AllResting,
    NotThisText,
    Receipt,
    SmsBackend,
    SmsFailed,
    SmsUnheard,
    WrongNumber,
)
from jinba.core.sms.circuit import circuit_of

__all__ = [
    "AllResting",
    "NotThisText",
    "Receipt",
    "SmsBackend",
    "SmsFailed",
    "SmsUnheard",
    "WrongNumber",
    "send_sms",
    "was_sent",
]

logger = logging.getLogger(__name__)


@cache
def _backend(path: str) -> SmsBackend:
    return import_string(path)(**settings.SMS_OPTIONS.get(path, {}))


def send_sms(
    phone: str, text: str, *, kind: str, values: dict[str, str] | None = None, out_id: str = "", once: bool = False
) -> Receipt:
    """Send one text; SmsFailed when no backend took it. `kind` picks the vendor's template, `values` fill it.

    A vendor who does not answer may have sent it: with `once` no other is asked then (SmsUnheard). A code is better
    sent twice than not at all, and for its sake even those vendors are asked at last who failed too often (`once`:
    AllResting).
    """
    receipt: Receipt | None = None
    failure: SmsFailed | None = None
    resting: list[str] = []

    def ask(path: str) -> None:
        nonlocal receipt, failure
        try:
            taken = _ask(path, phone, text, kind, values or {}, out_id)
            receipt = receipt or taken
        except SmsFailed as error:
            if isinstance(error, WrongNumber) or (once and isinstance(error, SmsUnheard)):
                raise
            failure = error

    for path in settings.SMS_BACKENDS:
        always = _backend(path).always
        if always or (receipt is None and circuit_of(path).may_try()):
            ask(path)
        elif receipt is None:
            resting.append(path)
    while receipt is None and resting and not once:
        ask(resting.pop(0))
    if receipt is None:
        raise failure or AllResting("all vendors rest")
    return receipt


def _ask(path: str, phone: str, text: str, kind: str, values: dict[str, str], out_id: str) -> Receipt:
    try:
        vendor_id = _backend(path).send(phone, text, kind=kind, values=values, out_id=out_id)
    except SmsFailed as error:
        logger.warning("sms: %s did not take a %s for %s: %s", path, kind, masked_phone(phone), error)
        if error.is_trouble:
            circuit_of(path).failed()
        error.vendor = path
        raise
    circuit_of(path).worked()
    return Receipt(path, vendor_id or "")


def was_sent(phone: str, *, out_id: str, at: datetime, vendor: str = "") -> bool | None:
    """Whether a text that nobody answered for was taken after all; None when it cannot be told.

    Without a `vendor` it may have been any of them: all of them have to say no.
    """
    answers = []
    for path in [vendor] if vendor in settings.SMS_BACKENDS else settings.SMS_BACKENDS:
        try:
            answers.append(_backend(path).was_sent(phone, out_id=out_id, at=at))
        except SmsFailed as error:
            logger.warning("sms: %s did not say whether it sent a text: %s", path, error)
            answers.append(None)
    if True in answers:
        return True
    return None if None in answers else False
