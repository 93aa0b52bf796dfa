from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.reference import both_cities

pytestmark = pytest.mark.django_db
URL = reverse("reference:regions")


def codes(parent: str) -> list[str]:
    return [row["code"] for row in Client().get(URL, {"parent": parent}).json()["regions"]]


def test_each_level_gives_the_next() -> None:
    both_cities()
    assert codes("") == ["33", "51"]
    assert codes("51") == ["5119"]
    assert codes("5119") == ["511902", "511903", "511921", "511922", "511923"]
    assert codes("511923") == []


@pytest.mark.parametrize("parent", ["nonsense", "3307\x00", "9" * 40, "%"])
def test_nonsense_has_nothing_below(parent: str) -> None:
    assert codes(parent) == []


def test_htmx_gets_the_options_of_a_select() -> None:
    both_cities()
    response = Client().get(URL, {"parent": "5119"}, headers={"HX-Request": "true"})
    assert '<option value="511921">通江县</option>' in response.content.decode()


def test_it_is_kept_for_all_readers_and_asks_once(django_assert_num_queries: Any) -> None:
    both_cities()
    with django_assert_num_queries(1):
        assert "max-age=600" in Client().get(URL).headers["Cache-Control"]
        Client().get(URL)


def test_it_is_only_read() -> None:
    assert Client().post(URL).status_code == 405
