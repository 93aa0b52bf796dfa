from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

T = TypeVar("T")


class SmsFailed(Exception):
    """The text was not taken. Another vendor may take it, and the same one later."""

    is_trouble = True  # speaks against the vendor; what speaks against the text or the number does not
    vendor = ""  # who was asked


class NotThisText(SmsFailed):
    """The vendor works, but does not take this text: no template for it, too many to this number."""

    is_trouble = False


class WrongNumber(SmsFailed):
    """No vendor will ever reach this number."""

    is_trouble = False


class SmsUnheard(SmsFailed):
    """No answer in time: the text may have been sent or not."""


class AllResting(SmsFailed):
    """No vendor was asked: all failed too often of late."""


@dataclass(frozen=True)
class Receipt:
    """Who took the text, and what he calls it."""

    vendor: str
    vendor_id: str = ""


class SmsBackend:
    """One way of sending a text."""

    always = False  # development backends write every text, even one that was already sent
    requires = ""  # the module of a provider's SDK
    package = ""  # and what pip knows it by (our extras `sms-…` name the same)
    options: tuple[str, ...] = ()  # without which SMS_OPTIONS is not complete

    def send(self, phone: str, text: str, *, kind: str, values: dict[str, str], out_id: str = "") -> str | None:
        """Send one text and return the vendor's own number for it; `out_id` is ours, kept by the vendor beside it."""
        raise NotImplementedError

    def was_sent(self, phone: str, *, out_id: str, at: datetime) -> bool | None:
        """Whether the text with our `out_id`, asked for at `at`, was taken; None when the vendor cannot tell."""
        return None


def template_of(templates: dict[str, T], kind: str) -> T:
    """The vendor's registered template of a kind; kinds of notices without one share `notice`."""
    if kind in templates:
        return templates[kind]
    if kind != "code" and "notice" in templates:
        return templates["notice"]
    raise NotThisText(f"no template for {kind}")
