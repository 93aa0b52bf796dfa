"""Short links: made once for each place, counted, remembered until somebody registers or applies."""

from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import reverse

from jinba.core.errors import Refused
from jinba.links import actions as links
from jinba.links.addresses import SHARED, shared_code
from jinba.links.arrival import COOKIE
from jinba.links.choices import Channel
from jinba.links.models import ShortLink
from labor.applications.models import Application
from tests.factories.accounts import user_in
from tests.factories.employers import JobPostingFactory
from tests.factories.workers import WorkerFactory

pytestmark = pytest.mark.django_db


def made(path: str = "/postings/", **wish: object) -> ShortLink:
    return links.make(path=path, channel=Channel.VILLAGE, label="王家村", by=wish.pop("by", None), **wish)


def test_the_same_wish_gives_the_same_link_and_another_label_another() -> None:
    by = user_in("broker")
    assert made(by=by) == made(by=by)
    assert links.make(path="/postings/", channel=Channel.VILLAGE, label="李家村", by=by) != made(by=by)
    assert made(by=user_in("park")) != made(by=by)


@pytest.mark.parametrize(
    "path",
    ["//evil.example/", "https://evil.example/", "/accounts/sign-in/", "/admin/", "/employers/desk/", "postings/",
     "/postings/1/edit/", "/\\evil.example", "/postings/#x", "/postings/?q=a b", "", "/postings/" + "9" * 400],
)  # fmt: skip
def test_a_link_leads_to_public_pages_of_this_site_only(path: str) -> None:
    with pytest.raises(Refused):
        made(path)
    assert not ShortLink.objects.exists()


@pytest.mark.parametrize("path", ["/", "/postings/", "/postings/7/", "/employers/3/", "/postings/?q=焊工&pay=5000"])
def test_public_pages_are_led_to(path: str) -> None:
    assert made(path).path == path


def test_an_unknown_channel_and_a_long_label_are_refused() -> None:
    with pytest.raises(Refused):
        links.make(path="/", channel="radio", by=None)
    with pytest.raises(Refused):
        links.make(path="/", channel=Channel.FAIR, label="长" * 81, by=None)


def test_following_counts_and_leads_on(client: Client) -> None:
    link = made("/postings/?q=焊工")
    response = client.get(reverse("links:follow", args=[link.code.upper()]))
    assert (response.status_code, unquote(response.url)) == (302, link.path)
    assert client.head(reverse("links:follow", args=[link.code])).status_code == 302
    link.refresh_from_db()
    assert link.visits == 1
    assert client.get(reverse("links:follow", args=["nothing"])).status_code == 404


def test_a_shared_posting_needs_no_row_before_somebody_follows(client: Client) -> None:
    posting = JobPostingFactory()
    code = shared_code(posting.pk)
    assert not ShortLink.objects.exists()
    for _ in range(2):
        assert client.get(reverse("links:follow", args=[code])).url == posting.get_absolute_url()
    link = ShortLink.objects.get()
    assert (link.channel, link.visits, link.made_by) == (Channel.SHARE, 2, None)


def test_nobody_makes_links_by_counting(client: Client) -> None:
    for code in ("p1", "p1abc", "p99999999zzz", f"{shared_code(7)[:-1]}{'a' if shared_code(7)[-1] != 'a' else 'b'}"):
        assert client.get(reverse("links:follow", args=[code])).status_code == 404, code
    assert not ShortLink.objects.exists()


def test_no_drawn_code_looks_like_a_shared_posting() -> None:
    assert SHARED not in links.ALPHABET


def test_who_came_by_a_link_is_counted_when_he_applies(client: Client) -> None:
    posting, worker = JobPostingFactory(), WorkerFactory()
    link = made(posting.get_absolute_url(), by=user_in("broker"))
    client.get(reverse("links:follow", args=[link.code]))
    client.force_login(worker.user)
    client.post(reverse("applications:apply", args=[posting.pk]))
    assert Application.objects.get().link_code == link.code


def test_a_made_up_cookie_counts_for_nobody(client: Client) -> None:
    posting, worker = JobPostingFactory(), WorkerFactory()
    client.force_login(worker.user)
    client.cookies[COOKIE] = "abcdef:forged"
    client.post(reverse("applications:apply", args=[posting.pk]))
    assert Application.objects.get().link_code == ""


def test_the_maker_sees_what_his_links_brought(client: Client) -> None:
    broker = user_in("broker")
    link = made(by=broker)
    WorkerFactory(link_code=link.code)
    made(by=user_in("broker"))
    client.force_login(broker)
    page = client.get(reverse("dashboards:links")).content.decode()
    assert page.count("王家村") == 1
    assert '登记 <strong class="number">1</strong> 人' in page
