"""Where workers may want to go, or not: both cities, their counties and zones, in the workers' own short names."""

from dataclasses import dataclass

from jinba.accounts.choices import Side
from jinba.reference.models import Region, Zone

JINHUA, BAZHONG = "3307", "5119"
CITIES = (JINHUA, BAZHONG)


@dataclass(frozen=True)
class Places:
    """The places of both cities as (code, name) pairs, the whole city first."""

    jinhua: list[tuple[str, str]]
    bazhong: list[tuple[str, str]]

    @property
    def names(self) -> dict[str, str]:
        return dict(self.jinhua + self.bazhong)

    @property
    def groups(self) -> list[tuple[str, list[tuple[str, str]]]]:
        return [("金华", self.jinhua), ("巴中", self.bazhong)]


def known_places() -> Places:
    """Two queries."""
    found: dict[str, list[tuple[str, str]]] = {
        JINHUA: [(JINHUA, "整个金华")],
        BAZHONG: [(BAZHONG, "整个巴中")],
    }
    for code, name in Region.objects.filter(parent__in=CITIES).order_by("code").values_list("code", "name"):
        found[code[:4]].append((code, name))
    for code, name, side in Zone.objects.order_by("code").values_list("code", "short_name", "side"):
        found[JINHUA if side == Side.EAST else BAZHONG].append((code, name))
    return Places(found[JINHUA], found[BAZHONG])


def bazhong_counties() -> list[tuple[str, str]]:
    return list(Region.objects.filter(parent=BAZHONG).order_by("code").values_list("code", "name"))
