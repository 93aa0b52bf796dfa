"""Where a worker would go, as the engine's numbers."""

import pytest

from labor.matching.engine import rules
from labor.matching.places import PlaceMap, place_codes
from tests.factories.reference import ZoneFactory, both_cities


@pytest.fixture
def places(db: None) -> PlaceMap:
    both_cities()
    ZoneFactory()
    ZoneFactory(park=True)
    return PlaceMap(place_codes())


def word(places: PlaceMap, code: str, *, wished: tuple[str, ...] = (), refused: tuple[str, ...] = ()) -> int:
    return places.acceptance(wished, refused)[places.codes.index(code)]


def test_the_first_county_is_wanted_most_and_its_zone_with_it(places: PlaceMap) -> None:
    wished = ("330702", "330782")
    assert word(places, "330702", wished=wished) == rules.PLACE_FIRST
    assert word(places, "330702-kfq", wished=wished) == rules.PLACE_FIRST
    assert word(places, "330782", wished=wished) == rules.PLACE_LISTED
    assert word(places, "330784", wished=wished) == rules.PLACE_ACCEPTABLE


def test_a_whole_city_lists_its_counties_and_prefers_none(places: PlaceMap) -> None:
    assert word(places, "330784", wished=("3307",)) == rules.PLACE_LISTED
    assert word(places, "511921", wished=("3307",)) == rules.PLACE_ACCEPTABLE


def test_a_refused_city_is_refused_but_for_the_county_wished_in_it(places: PlaceMap) -> None:
    wished, refused = ("330782",), ("3307",)
    assert word(places, "330784", wished=wished, refused=refused) == rules.PLACE_REFUSED
    assert word(places, "330782", wished=wished, refused=refused) == rules.PLACE_FIRST


def test_a_posting_lies_in_its_zone_else_its_county_else_its_city_else_elsewhere(places: PlaceMap) -> None:
    numbers = {
        (region, zone): places.codes[places.number_of(region, zone)]
        for region, zone in [
            ("330702", "330702-kfq"), ("330702001", None), ("330702", "gone"), ("3307", None), ("440306", None),
            (None, None),
        ]
    }  # fmt: skip
    assert list(numbers.values()) == ["330702-kfq", "330702", "330702", "3307", "*", "*"]
