"""Texts to phones. `SMS_BACKENDS` names classes with `send(phone, text, *, kind)`; the first that works is enough,
except that the development backends (console, file) all write."""

import logging
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from jinba.core.masking import masked_phone
from jinba.core.sms.base import SmsBackend, SmsFailed

__all__ = ["SmsBackend", "SmsFailed", "send_sms"]

logger = logging.getLogger(__name__)


@cache
def _backend(path: str) -> SmsBackend:
    return import_string(path)(**settings.SMS_OPTIONS.get(path, {}))


def send_sms(phone: str, text: str, *, kind: str, values: dict[str, str] | None = None) -> None:
    """Send one text; SmsFailed when no backend took it. `kind` picks the vendor's template, `values` fill it."""
    taken = False
    for path in settings.SMS_BACKENDS:
        backend = _backend(path)
        if taken and not backend.always:
            continue
        try:
            backend.send(phone, text, kind=kind, values=values or {})
            taken = True
        except SmsFailed as error:
            logger.warning("sms: %s did not take a %s for %s: %s", path, kind, masked_phone(phone), error)
    if not taken:
        raise SmsFailed("no backend took the text")
