import re
from xml.etree import ElementTree

import pytest
from django.test import Client

from employers.views import crawlers
from tests.factories.employers import EmployerFactory, JobPostingFactory

pytestmark = pytest.mark.django_db
SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def locations(client: Client, address: str) -> list[str]:
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/xml")
    return [node.text or "" for node in ElementTree.fromstring(response.content).iter(f"{SPACE}loc")]


def pages(client: Client) -> list[str]:
    """Every address in the pages of the map."""
    found = []
    for page in locations(client, "/sitemap.xml"):
        found += locations(client, page.removeprefix("http://testserver"))
    return [re.sub(r"^http://testserver", "", address) for address in found]


@pytest.mark.parametrize("state", ["draft", "review", "paused", "filled_up", "removed", "expired"])
def test_the_map_names_what_is_visible_and_nothing_else(client: Client, state: str) -> None:
    shown, hidden = JobPostingFactory(), JobPostingFactory(**{state: True})
    distrusted = JobPostingFactory(employer=EmployerFactory(banned=True))
    found = pages(client)
    assert {"/", "/postings/", f"/postings/{shown.pk}/", f"/employers/{shown.employer_id}/"} <= set(found)
    for posting in (hidden, distrusted):
        assert f"/postings/{posting.pk}/" not in found
        assert f"/employers/{posting.employer_id}/" not in found


def test_many_postings_are_spread_over_pages_each_named_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawlers, "PER_PAGE", 3)
    made = [f"/postings/{posting.pk}/" for posting in JobPostingFactory.create_batch(8)]
    index = locations(client, "/sitemap.xml")
    assert len(index) >= 4
    found = [address for address in pages(client) if address.startswith("/postings/") and address != "/postings/"]
    assert sorted(found) == sorted(made)


def test_a_page_says_when_it_was_changed(client: Client) -> None:
    posting = JobPostingFactory()
    content = client.get(f"/sitemap-postings-{posting.pk // crawlers.PER_PAGE}.xml").content.decode()
    assert f"<lastmod>{posting.updated_at.isoformat(timespec='seconds')}</lastmod>" in content


@pytest.mark.parametrize("address", ["/sitemap-workers-0.xml", "/sitemap-postings-99999999999.xml"])
def test_an_unknown_page_of_the_map_is_not_found(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_robots_are_told_where_the_map_is_and_what_is_private(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()
    assert "Sitemap: http://testserver/sitemap.xml" in text
    for private in ("/applications/", "/workers/", "/admin/"):
        assert f"Disallow: {private}" in text


@pytest.mark.parametrize("address", ["/sitemap.xml", "/sitemap-postings-0.xml", "/robots.txt"])
def test_they_are_only_read(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405
