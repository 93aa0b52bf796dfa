"""Big type is switched by a plain link and remembered by a cookie."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_the_switch_remembers_the_size_and_comes_back(client: Client) -> None:
    response = client.get("/display/big/?next=/postings/%3Fq%3D1")
    assert response.status_code == 302
    assert response["Location"] == "/postings/?q=1"
    assert response.cookies["type_size"].value == "big"
    assert 'class="big-type"' in client.get("/no-such-page/").content.decode()


def test_the_switch_leads_to_no_other_site(client: Client) -> None:
    assert client.get("/display/big/?next=https://evil.example/")["Location"] == "/"
    assert client.get("/display/big/?next=//evil.example/")["Location"] == "/"


def test_an_unknown_size_is_not_found(client: Client) -> None:
    assert client.get("/display/huge/").status_code == 404


def test_the_switch_is_not_posted_to(client: Client) -> None:
    assert client.post("/display/big/").status_code == 405


def test_the_gallery_is_for_builders_only(client: Client, settings: object) -> None:
    assert client.get("/styleguide/").status_code == 404
    settings.DEBUG = True  # type: ignore[attr-defined]
    assert client.get("/styleguide/").status_code == 200
