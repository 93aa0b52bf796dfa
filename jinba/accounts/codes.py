"""One-time codes: how they are made, kept and limited (OWASP ASVS 6.5, 6.6)."""

import hmac
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from jinba.accounts.choices import CodePurpose
from jinba.accounts.models import OneTimeCode, phone_index
from jinba.core.encryption import blind_index
from jinba.core.errors import Refused

LIFETIME = timedelta(minutes=5)
TRIES = 5
PAUSE = timedelta(seconds=60)
KEPT = timedelta(days=2)  # longer than the longest limit looks back

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PHONE_LOCK, ADDRESS_LOCK = 4101, 4102  # the first of the two numbers of an advisory lock


@dataclass(frozen=True)
class Limit:
    texts: int
    within: timedelta
    words: str


PHONE_LIMITS = (
    Limit(5, HOUR, "这个号码一小时内已经发了 5 条，请过一会儿再试。"),
    Limit(10, DAY, "这个号码今天已经发了 10 条，请明天再试。"),
)
ADDRESS_LIMIT = Limit(20, HOUR, "这个网络一小时内发得太多了。请换个网络（比如关掉 WiFi 用流量），或过一会儿再试。")


def new_code() -> str:
    """Six digits from the system's secure source."""
    return f"{secrets.randbelow(10**6):06d}"


def code_text(code: str, *, purpose: str = CodePurpose.SIGN_IN, helper: str = "") -> str:
    """The text by its purpose. The one code that is meant to be read out says to whom, and what that means."""
    if purpose == CodePurpose.DELEGATE:
        return (
            f"【金巴就业】{helper}想替您办找工作的事（报名、答复企业）。您同意，就把 {code} 念给他；"
            "不同意，谁也别告诉。5 分钟内有效，以后随时可以结束委托。"
        )
    return f"【金巴就业】验证码 {code}，5 分钟内有效。谁问您要都不要给，我们的人也不会问。"


def digest(*, phone: str, sent_at: datetime, code: str) -> str:
    """What is kept of a code. Keyed, so that a copy of the table does not give the million codes away."""
    return blind_index(f"{phone}:{sent_at.isoformat()}:{code}", purpose="one-time code")


def is_right(row: OneTimeCode, *, phone: str, code: str) -> bool:
    return hmac.compare_digest(row.code_hash, digest(phone=phone, sent_at=row.sent_at, code=code))


def counted_address(address: str | None) -> str | None:
    """The address that limits count: one line of IPv4, the /64 of a line of IPv6; None when it is not known."""
    try:
        known = ipaddress.ip_address(address or "")
    except ValueError:
        return None
    if known.version == 6:
        return str(ipaddress.ip_network(f"{known}/64", strict=False).network_address)
    return str(known)


def lock(number: int, key: str) -> None:
    """Until the end of the transaction nobody else passes here with the same key."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [number, key])


def lock_phone(phone: str) -> None:
    lock(PHONE_LOCK, phone_index(phone))


def check_limits(*, phone: str, address: str | None, purpose: str, now: datetime) -> None:
    """Refused when one more text to this phone or for this address would be too many. Call behind the locks."""
    sent = OneTimeCode.objects.filter(phone_index=phone_index(phone), purpose=purpose, sent_at__gt=now - DAY)
    times = list(sent.order_by("-sent_at").values_list("sent_at", flat=True)[: PHONE_LIMITS[-1].texts])
    if times and (wait := times[0] + PAUSE - now) > timedelta(0):
        raise TooSoon(seconds=int(wait.total_seconds()) + 1)
    for limit in PHONE_LIMITS:
        if sum(time > now - limit.within for time in times) >= limit.texts:
            raise Refused(limit.words, field="phone")
    if address:
        recent = OneTimeCode.objects.filter(address=address, sent_at__gt=now - ADDRESS_LIMIT.within)
        if recent.count() >= ADDRESS_LIMIT.texts:
            raise Refused(ADDRESS_LIMIT.words, field="phone")


class TooSoon(Refused):
    """The last text to this phone is less than a minute old."""

    def __init__(self, *, seconds: int) -> None:
        super().__init__(f"刚刚发过一条了，请等 {seconds} 秒再试。", field="phone")
        self.seconds = seconds


def over_budget(*, hourly: int, now: datetime) -> bool:
    """Whether more than `hourly` texts went out within the last hour (read from the newest rows, not by counting)."""
    ids = OneTimeCode.objects.order_by("-id").values_list("sent_at", flat=True)
    earlier = ids[hourly : hourly + 1]
    return any(time > now - HOUR for time in earlier)
