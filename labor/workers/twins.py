"""Whether two profiles may be one person: pure. Families share a phone, so that alone proves nothing."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Traits:
    """What tells people apart. `identity` is the blind index of the identity number, `phone` of the phone."""

    name: str
    phone: str = ""
    identity: str = ""
    birth_date: date | None = None


def is_certain(one: Traits, other: Traits) -> bool:
    """The same identity number; or the same name on the same phone, which at sign-in is the same person too."""
    if one.identity and other.identity:
        return one.identity == other.identity
    return bool(one.phone) and one.phone == other.phone and one.name == other.name


def may_be_same(one: Traits, other: Traits) -> bool:
    """The same phone and almost the same name, and nothing that speaks against it."""
    if is_certain(one, other):
        return True
    if not one.phone or one.phone != other.phone:
        return False
    if one.identity and other.identity:
        return False
    if one.birth_date and other.birth_date and one.birth_date != other.birth_date:
        return False
    return are_similar(one.name, other.name)


def are_similar(one: str, other: str) -> bool:
    """One sign of the given name differs, is missing or is too much: 张小伟 and 张晓伟, 李明 and 李明明."""
    one, other = plain(one), plain(other)
    if one == other:
        return True
    if not one or not other or one[0] != other[0]:
        return False
    if len(one) == len(other):
        # 张伟 and 张敏 are husband and wife as often as a slip of the pen; three signs leave two to agree.
        return len(one) > 2 and sum(a != b for a, b in zip(one, other, strict=True)) == 1
    short, long = sorted((one, other), key=len)
    return len(long) - len(short) == 1 and any(long[:at] + long[at + 1 :] == short for at in range(1, len(long)))


def plain(name: str) -> str:
    return "".join(sign for sign in name if sign not in " ·.").lower()
