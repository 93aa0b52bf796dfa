"""What a reader wants to hear by which way, and the address that he proves to be his."""

import hmac
import secrets
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import EmailValidator
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from jinba.accounts.models import User
from jinba.core.encryption import blind_index
from jinba.core.errors import Refused
from jinba.notices import letters
from jinba.notices.choices import Channel, Topic
from jinba.notices.models import EmailProof, Preference
from jinba.notices.rules import channels_of, is_on_at_first, topics_of

LIFETIME = timedelta(minutes=30)
TRIES = 5
PAUSE = timedelta(seconds=60)
MOST_A_DAY = 5  # letters with codes: from one user, and to one address
PROOF_LOCK = 4110
OVER = "验证码已经过期或作废，请重新发一个。"


def choices_of(*, user: Any) -> dict[tuple[Topic, Channel], bool]:
    """What is on for the user now, for each topic and channel that concern his role."""
    said = {(row.topic, row.channel): row.is_on for row in Preference.objects.filter(user=user)}
    return {
        (topic, channel): said.get((topic, channel), is_on_at_first(topic, channel))
        for topic in topics_of(user.role)
        for channel in channels_of(topic, user.role)
    }


@transaction.atomic
def choose(*, user: Any, wanted: dict[tuple[str, str], bool]) -> int:
    """Switch topics on and off; returns how many changed. What does not concern the user's role is left alone."""
    now = choices_of(user=user)
    changed = [pair for pair, is_on in now.items() if pair in wanted and wanted[pair] != is_on]
    Preference.objects.bulk_create(
        [
            Preference(user=user, topic=topic, channel=channel, is_on=wanted[topic, channel])
            for topic, channel in changed
        ],
        update_conflicts=True,
        unique_fields=["user", "topic", "channel"],
        update_fields=["is_on"],
    )
    return len(changed)


@transaction.atomic
def switch_off(*, token: str) -> Topic:
    """No more letters of the topic that the signed token names; asked again, it stays so."""
    read = letters.read_off_token(token)
    user = User.objects.filter(pk=read[0]).first() if read else None
    if read is None or user is None:
        raise Refused("这个链接不完整或已失效，请登录后在“消息设置”里改。")
    Preference.objects.update_or_create(user=user, topic=read[1], channel=Channel.EMAIL, defaults={"is_on": False})
    return read[1]


def send_email_code(*, user: Any, address: str) -> EmailProof:
    """Mail a code to the address; the row is committed before. Not to be called within a transaction."""
    address, code = _clean(address), f"{secrets.randbelow(10**6):06d}"
    if not letters.mail_is_set_up():
        raise Refused("这个网站现在不发邮件。")
    index, now = blind_index(address, purpose="email"), timezone.now()
    with transaction.atomic(durable=True):
        for key in (f"user:{user.pk}", index):
            _lock(key)
        recent = EmailProof.objects.filter(sent_at__gt=now - timedelta(days=1))
        if recent.filter(user=user, sent_at__gt=now - PAUSE).exists():
            raise Refused("刚发过一封，请等一分钟再试。", field="address")
        if recent.filter(user=user).count() >= MOST_A_DAY or recent.filter(address_index=index).count() >= MOST_A_DAY:
            raise Refused("今天发得太多了，请明天再试。", field="address")
        proof = EmailProof.objects.create(
            user=user, address=address, address_index=index, digest=_digest(user.pk, index, code), sent_at=now
        )
    try:
        send_mail(
            f"验证码 {code}",
            f"您在金巴就业填写了这个邮箱。验证码：{code}，30 分钟内有效。\n不是您本人填的，不用理会这封信。",
            letters.sender(),
            [address],
        )
    except OSError as error:  # SMTPException is one
        proof.delete()
        raise Refused("邮件没有发出去，请检查邮箱，或过一会儿再试。", field="address") from error
    return proof


def check_email_code(*, user: Any, code: str) -> str:
    """Make the address the user's own when the code is that of the newest letter; five tries burn it."""
    proof = EmailProof.objects.filter(user=user).order_by("-sent_at").first()
    if proof is None:
        raise Refused(OVER, field="code")
    row = EmailProof.objects.filter(pk=proof.pk, used_at=None, sent_at__gt=timezone.now() - LIFETIME)
    if not row.filter(tries__lt=TRIES).update(tries=F("tries") + 1):
        raise Refused(OVER, field="code")
    if not hmac.compare_digest(proof.digest, _digest(user.pk, proof.address_index, code)):
        raise Refused("验证码不对，请再看一眼邮件。", field="code")
    with transaction.atomic():
        if not row.update(used_at=timezone.now()):
            raise Refused(OVER, field="code")
        User.objects.filter(pk=user.pk).update(email=proof.address)
    return str(proof.address)


@transaction.atomic
def forget_email(*, user: Any) -> None:
    """The user has no address any more; nothing goes to the old one."""
    User.objects.filter(pk=user.pk).update(email=None)
    EmailProof.objects.filter(user=user).delete()


def forget_old_proofs() -> int:
    """Delete what no limit looks at any more; returns how many."""
    return EmailProof.objects.filter(sent_at__lt=timezone.now() - timedelta(days=2)).delete()[0]


def waiting_address(*, user: Any) -> str:
    """The address to which a code was mailed that is still good; empty when there is none."""
    proof = (
        EmailProof.objects.filter(user=user, used_at=None, tries__lt=TRIES, sent_at__gt=timezone.now() - LIFETIME)
        .order_by("-sent_at")
        .first()
    )
    return str(proof.address) if proof else ""


def _clean(address: str) -> str:
    name, at, host = address.strip().partition("@")
    address = f"{name}{at}{host.lower()}"
    try:
        EmailValidator()(address)
    except ValidationError as error:
        raise Refused("邮箱好像没写对，请看看有没有漏字。", field="address") from error
    if len(address) > 200:
        raise Refused("邮箱太长了。", field="address")
    return address


def _digest(user_id: int, index: str, code: str) -> str:
    return blind_index(f"{user_id}:{index}:{code}", purpose="email code")


def _lock(key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [PROOF_LOCK, key])
