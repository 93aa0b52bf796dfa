import gzip

import pytest
from django.conf import settings
from django.core.cache import caches
from django.test import Client

from jinba.core.memory import Memory
from tests.factories.accounts import user_in
from tests.factories.employers import JobPostingFactory

pytestmark = pytest.mark.django_db
FIRST_PAGE_BYTES = 100_000


def addresses() -> list[str]:
    posting = JobPostingFactory()
    return [
        "/", "/postings/", "/postings/?q=冲压&housing=1", f"/postings/{posting.pk}/",
        f"/employers/{posting.employer_id}/", "/sitemap.xml", "/robots.txt",
    ]  # fmt: skip


def test_a_reader_who_is_not_signed_in_gets_no_cookie_and_an_etag() -> None:
    for address in addresses():
        response = Client().get(address)
        assert response.status_code == 200
        assert not response.cookies, address
        assert response["ETag"].startswith('W/"')
        assert response["Cache-Control"].startswith("public, max-age=")
        assert {"Cookie", "Accept-Encoding"} <= {part.strip() for part in response["Vary"].split(",")}


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_whoever_has_the_page_already_gets_304_even_when_it_was_rendered_again(encoding: str) -> None:
    for address in addresses():
        client = Client(headers={"accept-encoding": encoding})
        etag = client.get(address)["ETag"]
        caches["pages"].clear()
        again = client.get(address, headers={"if-none-match": etag})
        assert again.status_code == 304, address
        assert client.get(address, headers={"if-none-match": etag}).status_code == 304, address


def test_a_kept_page_is_answered_without_a_query(django_assert_num_queries: object) -> None:
    for address in addresses():
        first = Client().get(address)
        with django_assert_num_queries(0):  # type: ignore[operator]
            second = Client().get(address)
        assert second.content == first.content
        assert second["ETag"] == first["ETag"]


def test_a_page_is_kept_apart_for_big_type_and_for_htmx() -> None:
    JobPostingFactory()
    plain = Client().get("/postings/").content
    big = Client()
    big.cookies["type_size"] = "big"
    assert b"big-type" in big.get("/postings/").content
    assert b"big-type" not in plain
    assert Client().get("/postings/").content == plain
    part = Client().get("/postings/", headers={"HX-Request": "true", "HX-Target": "listing"}).content
    assert b"<html" not in part
    assert Client().get("/postings/").content == plain


def test_the_page_of_somebody_signed_in_is_never_given_to_another() -> None:
    JobPostingFactory()
    client = Client()
    client.force_login(user_in("seeker"))
    mine = client.get("/postings/")
    assert "退出" in mine.content.decode()
    assert mine["Cache-Control"] == "private, no-store"
    other = Client().get("/postings/").content.decode()
    assert "退出" not in other
    assert "csrfmiddlewaretoken" not in other


def test_a_stale_session_cookie_is_not_answered_from_the_kept_pages() -> None:
    JobPostingFactory()
    Client().get("/postings/")
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = "gone"
    assert client.get("/postings/")["Cache-Control"] == "private, no-store"


def test_what_is_not_found_is_not_kept() -> None:
    assert "ETag" not in Client().get("/postings/1/")


def test_the_first_page_is_small() -> None:
    JobPostingFactory.create_batch(25)
    for address in ("/", "/postings/"):
        response = Client(headers={"accept-encoding": "gzip"}).get(address)
        assert response["Content-Encoding"] == "gzip"
        assert len(response.content) < 20_000
        assert len(gzip.decompress(response.content)) < FIRST_PAGE_BYTES


def test_a_memory_forgets_the_oldest_and_the_old(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("jinba.core.memory.monotonic", lambda: now[0])
    memory = Memory(size=2, seconds=10)
    memory.keep("a", 1)
    memory.keep("b", 2)
    assert memory.get("a") == 1
    memory.keep("c", 3)
    assert (memory.get("a"), memory.get("b"), memory.get("c")) == (1, None, 3)
    now[0] = 11.0
    assert memory.get("c") is None
    assert memory.get_or_make("c", lambda: 4) == 4
