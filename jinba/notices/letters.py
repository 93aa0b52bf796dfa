"""Notices as texts and as e-mails: their words, their length, their links."""

from dataclasses import dataclass
from email.utils import formataddr

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string, select_template
from django.urls import reverse

from jinba.core.masking import masked_text
from jinba.notices.choices import Topic
from jinba.notices.models import Notice
from jinba.notices.rules import rule_of

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
ONE_PART, NEXT_PARTS = 70, 67  # characters of a Chinese text; a longer one is cut into pieces, each of which is paid
ROOM = "room"  # the kind of texts that bear a link of their own
LONGEST_VALUE = 20  # characters that a vendor lets into a template's variable
SALT = "jinba.notices.off"


def mail_is_set_up() -> bool:
    """Whether there is a way to send e-mail at all."""
    return bool(settings.EMAIL_FROM)


# Links ---------------------------------------------------------------------------------------------------------------


def number_of(notice_id: int) -> str:
    """The notice's id in as few characters as a text should spend on it."""
    digits = ""
    while notice_id:
        notice_id, digit = divmod(notice_id, len(DIGITS))
        digits = DIGITS[digit] + digits
    return digits or "0"


def id_of(number: str) -> int:
    """The id that `number_of` wrote; 0, which no notice bears, for anything else."""
    if not number.isascii() or not number.isalnum() or len(number) > 12:
        return 0
    return int(number, len(DIGITS))


def link_to(notices: list[Notice]) -> str:
    """The address of one notice, or of the list."""
    path = reverse("notice", args=[number_of(notices[0].pk)]) if len(notices) == 1 else reverse("notices:list")
    return absolute(path)


def own_link(notice: Notice) -> str:
    """The address within the site that this notice bears into a text itself; empty for most."""
    prefix = rule_of(notice.kind).own_link
    return notice.url if prefix and notice.url.startswith(prefix) else ""


def absolute(path: str) -> str:
    return settings.SITE_URL.rstrip("/") + path


def off_token(*, user_id: int, topic: str) -> str:
    """Lets whoever has the letter switch that topic's letters off, and nothing else."""
    return signing.dumps([user_id, topic], salt=SALT, compress=True)


def read_off_token(token: str) -> tuple[int, Topic] | None:
    try:
        user_id, topic = signing.loads(token, salt=SALT)
        return int(user_id), Topic(topic)
    except (signing.BadSignature, ValueError, TypeError):
        return None


# Texts ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Text:
    """A text to a phone: its words for those who send words, its values for those who fill templates."""

    kind: str
    words: str
    values: dict[str, str]

    @property
    def parts(self) -> int:
        return parts_of(self.words)


def parts_of(words: str) -> int:
    """How many texts the vendor counts."""
    return 1 if len(words) <= ONE_PART else -(-len(words) // NEXT_PARTS)


def text_of(notices: list[Notice], topic: str) -> Text:
    """One text for one notice or for several of a topic. It fits into one part, and names nobody's number.

    With a link of its own, which is long, it fits into two.
    """
    first, link, longest = notices[0], link_to(notices), ONE_PART
    if len(notices) == 1:
        template = select_template([f"notices/{first.kind}/sms.txt", "notices/sms.txt"])
        said = template.render({"notice": first})
        kind, number = first.kind, number_of(first.pk)
        if own := own_link(first):
            kind, link, longest, number = ROOM, absolute(own), 2 * NEXT_PARTS, own.rstrip("/").rpartition("/")[2]
    else:
        said = render_to_string("notices/sms_several.txt", {"count": len(notices), "topic": Topic(topic).label})
        kind, number = "notice", ""
    said = masked_text(" ".join(said.split()))
    head, tail = f"【{settings.SITE['name']}】", f" {link}"
    words = head + _cut(said, longest - len(head) - len(tail)) + tail
    return Text(kind, words, {"title": _cut(said, LONGEST_VALUE), "number": number, "link": link})


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: max(length, 1) - 1] + "…"


# E-mails -------------------------------------------------------------------------------------------------------------


def letter_of(notices: list[Notice], topic: str, *, to: str, user_id: int, out_id: str) -> EmailMultiAlternatives:
    """One letter with all of them. Its Message-ID is the same however often it is sent."""
    first = notices[0]
    off = absolute(reverse("notices:off", args=[off_token(user_id=user_id, topic=topic)]))
    context = {
        "notices": [(notice, link_to([notice])) for notice in notices],
        "topic": Topic(topic).label,
        "site": settings.SITE,
        "home": absolute("/"),
        "settings_url": absolute(reverse("notices:settings")),
        "off_url": off,
    }
    own = f"notices/{first.kind}/" if len(notices) == 1 else ""
    text, html = (
        select_template([*([own + default.rpartition("/")[2]] if own else []), default]).render(context)
        for default in ("notices/email.txt", "notices/email.html")
    )
    subject = first.title if len(notices) == 1 else f"{len(notices)} 条新消息：{Topic(topic).label}"
    letter = EmailMultiAlternatives(
        subject=f"【{settings.SITE['name']}】{' '.join(subject.split())}",
        body=text,
        from_email=sender(),
        to=[to],
        headers={
            "Message-ID": f"<{out_id}@{settings.EMAIL_FROM.rpartition('@')[2]}>",
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{off}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    letter.attach_alternative(html, "text/html")
    return letter


def sender() -> str:
    return formataddr((str(settings.SITE["name"]), settings.EMAIL_FROM))
