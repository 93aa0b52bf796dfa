"""Writing notices. With its commit a notice is on the site; what shall leave the house is a row beside it."""

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from jinba.core.later import later
from jinba.core.push import push
from jinba.notices import quiet
from jinba.notices.choices import Channel, DeliveryState
from jinba.notices.letters import mail_is_set_up
from jinba.notices.models import Delivery, Notice
from jinba.notices.rules import Rule, is_on_at_first, rule_of

# Statements instead of the ORM's several: notices are written in transactions that hold locks.
INSERT = """
INSERT INTO notices_notice (recipient_id, kind, dedupe_key, title, body, url, created_at)
SELECT reader, %(kind)s, %(key)s, %(title)s, %(body)s, %(url)s, %(now)s FROM unnest(%(readers)s::bigint[]) reader
ON CONFLICT (recipient_id, dedupe_key) DO NOTHING RETURNING id, recipient_id
"""
# Texts that wait for the morning leave over ten minutes, all of one reader at the same moment.
DELIVER = """
INSERT INTO notices_delivery (
    notice_id, recipient_id, channel, topic, state, attempts, next_try_at, created_at,
    out_id, unheard, vendor, vendor_id, error
)
SELECT notice.id, reader.id, way.channel, %(topic)s, 'waiting', 0,
       CASE WHEN way.held THEN %(morning)s::timestamptz + make_interval(secs => reader.id %% 600) ELSE %(now)s END,
       %(now)s, '', 0, '', '', ''
FROM notices_notice notice
JOIN accounts_user reader ON reader.id = notice.recipient_id
CROSS JOIN unnest(%(channels)s::text[], %(are_on)s::bool[], %(are_held)s::bool[]) AS way (channel, is_on, held)
LEFT JOIN notices_preference said
       ON said.user_id = reader.id AND said.topic = %(topic)s AND said.channel = way.channel
WHERE notice.id = ANY(%(notices)s) AND reader.is_active
  AND (way.channel || ':' || reader.role) = ANY(%(worth)s) AND COALESCE(said.is_on, way.is_on)
  AND CASE way.channel WHEN 'sms' THEN reader.phone_index > '' ELSE reader.email IS NOT NULL END
RETURNING next_try_at <= %(now)s
"""


@transaction.atomic
def tell(*, recipient: Any, kind: str, dedupe_key: str, title: str, body: str = "", url: str = "") -> Notice | None:
    """Write a notice in the caller's transaction; a second one with the same key is None. No recipient, no notice."""
    if recipient is None:
        return None
    ids = _write([recipient.pk], kind, dedupe_key, title, body, url)
    return Notice.objects.get(pk=ids[0]) if ids else None


@transaction.atomic
def tell_all(
    *, recipient_ids: Iterable[int], kind: str, dedupe_key: str, title: str, body: str = "", url: str = ""
) -> int:
    """The same word to several users; returns for how many it is new."""
    return len(_write(recipient_ids, kind, dedupe_key, title, body, url))


def _write(recipient_ids: Iterable[int], kind: str, key: str, title: str, body: str, url: str) -> list[int]:
    values = {"kind": kind, "key": key, "title": _cut(title, 80), "body": _cut(body, 300), "url": url[:200]}
    readers = sorted(set(recipient_ids))
    if not readers:
        return []
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values | {"readers": readers, "now": timezone.now()})
        written = cursor.fetchall()
    for _, reader_id in written:
        push(f"notices.{reader_id}", "notices.fresh")
    ids = [notice_id for notice_id, _ in written]
    if ids:
        _send_out(ids, rule_of(kind))
    return ids


def _send_out(notice_ids: list[int], rule: Rule) -> None:
    """Rows for the ways out that the kind is worth, that its readers want, and that they have an address for."""
    channels = [channel for channel in Channel if channel != Channel.EMAIL or mail_is_set_up()]
    worth = [f"{channel}:{role}" for channel in channels for role in rule.to if rule.goes_by(channel, role)]
    if not worth:
        return
    now = timezone.now()
    morning = None if rule.is_urgent else quiet.ends_at(now)
    values: dict[str, Any] = {
        "topic": rule.topic.value,
        "channels": [channel.value for channel in channels],
        "are_on": [is_on_at_first(rule.topic, channel) for channel in channels],
        "are_held": [channel == Channel.SMS and morning is not None for channel in channels],
        "worth": worth,
        "notices": notice_ids,
        "now": now,
        "morning": morning,
    }
    with connection.cursor() as cursor:
        cursor.execute(DELIVER, values)
        some_are_due = any(is_due for (is_due,) in cursor.fetchall())
    if some_are_due:
        later("jinba.notices.tasks.send_due")


@transaction.atomic
def recall(*, kind: str, dedupe_keys: Iterable[str], why: str) -> int:
    """What is not true any more leaves the house no more: returns how many texts and letters were still waiting.

    Whoever has one in hand at this moment sends it. On the site the notices stay: they say what was said.
    """
    waiting = Delivery.objects.filter(
        state=DeliveryState.WAITING, asked_at=None, notice__kind=kind, notice__dedupe_key__in=list(dedupe_keys)
    )
    return waiting.update(state=DeliveryState.SKIPPED, error=why)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
