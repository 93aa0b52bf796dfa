"""Places as the engine knows them: small numbers for the counties and zones of both cities, and one for elsewhere."""

from collections.abc import Sequence
from functools import lru_cache

from jinba.reference.models import Region, Zone
from labor.matching.engine import rules

CITIES = ("3307", "5119")
ELSEWHERE = "*"


def place_codes() -> list[str]:
    """The numbered places: both cities, their counties, their zones, and elsewhere, in an order of their codes."""
    counties = Region.objects.filter(parent__in=CITIES).order_by("code").values_list("code", flat=True)
    zones = Zone.objects.order_by("code").values_list("code", flat=True)
    codes = [ELSEWHERE, *CITIES, *counties, *zones]
    if len(codes) > rules.PLACES:
        raise ValueError(f"{len(codes)} places, but the engine knows {rules.PLACES}: extend its place columns first")
    return codes


class PlaceMap:
    """Turns region and zone codes into the engine's numbers for one list of places."""

    def __init__(self, codes: Sequence[str]) -> None:
        self.codes = list(codes)
        self._number = {code: number for number, code in enumerate(codes)}
        self._above = dict(Zone.objects.values_list("code", "region_id"))
        self._within = {code: self._numbers_within(code) for code in codes}
        self.acceptance = lru_cache(maxsize=20_000)(self._acceptance)

    def number_of(self, region: str | None, zone: str | None) -> int:
        """The deepest numbered place of a posting: its zone, else its county, its city, else elsewhere."""
        for code in (zone, (region or "")[:6], (region or "")[:4]):
            if code in self._number:
                return self._number[code]
        return self._number[ELSEWHERE]

    def _numbers_within(self, code: str) -> frozenset[int]:
        """A city holds its counties and their zones; a county its zones."""
        return frozenset(
            number
            for other, number in self._number.items()
            if other == code or other.startswith(code) or self._above.get(other, "").startswith(code)
        )

    def _acceptance(self, wished: tuple[str, ...], refused: tuple[str, ...]) -> tuple[int, ...]:
        """For each place 0 refused, 1 acceptable, 2 listed or 3 first choice."""
        places = [rules.PLACE_ACCEPTABLE] * rules.PLACES
        for rank, code in enumerate(wished):
            # A whole city is a wide wish: none of its counties is the one that he wants most.
            is_first = rank == 0 and code not in CITIES
            for number in self._within.get(code, ()):
                places[number] = max(places[number], rules.PLACE_FIRST if is_first else rules.PLACE_LISTED)
        for code in refused:
            for number in self._within.get(code, ()):
                # A wish for one county within a refused city stands: the narrower word is the meant one.
                if not any(number in self._within.get(wish, ()) and len(wish) > len(code) for wish in wished):
                    places[number] = rules.PLACE_REFUSED
        return tuple(places)
