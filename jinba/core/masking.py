"""How personal numbers and names look to those who need not see them."""

import logging
import re

# With or without the country's number, in one piece or as people space it.
PHONE = re.compile(r"(?<!\d)((?:(?:00)?86[ -]?)?1[3-9]\d)[ -]?\d{4}[ -]?(\d{4})(?!\d)")
RESIDENT_ID = re.compile(r"(?<!\d)(\d{4})\d{10}(\d{3}[\dXx])(?!\d)")


def masked_phone(phone: str | None) -> str:
    """138****1234; empty stays empty."""
    return PHONE.sub(r"\1****\2", phone or "")


def masked_contact(number: str) -> str:
    """A mobile number or a landline, its middle in stars: 0579****4321."""
    masked = masked_phone(number)
    if masked != number or len(number) < 8:
        return masked
    return f"{number[:4]}****{number[-4:]}"


def masked_name(name: str) -> str:
    """张** : the family name and one star per further character (compound family names count as one)."""
    if not name:
        return ""
    family = 2 if len(name) > 2 and name[:2] in COMPOUND_FAMILY_NAMES else 1
    return name[:family] + "*" * max(1, len(name) - family)


def masked_text(text: str) -> str:
    """Free text with every phone and resident ID number masked."""
    return RESIDENT_ID.sub(r"\1**********\2", PHONE.sub(r"\1****\2", text))


COMPOUND_FAMILY_NAMES = frozenset({
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容",
    "令狐", "长孙", "宇文", "司徒", "夏侯", "端木", "百里", "南宫", "独孤",
})  # fmt: skip


# Links that let their bearer into a room, of which the seal is the secret, and addresses of calendars, all secret.
SEALED = re.compile(r"(/(?:rooms/j|n)/[0-9a-z]*(?=\.)|/interviews/calendar/)[.\w-]{16,}")


class MaskingFormatter(logging.Formatter):
    """No log line carries a phone, an ID number or an address that is a key, whoever wrote it; nor does a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        return SEALED.sub(r"\1.…", masked_text(super().format(record)))
