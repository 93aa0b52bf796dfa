"""Posters, the words that people hand on, and the feed."""

from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse

from jinba.links import actions as links
from jinba.links.addresses import shared_code
from jinba.links.choices import Channel
from jinba.links.models import ShortLink
from tests.factories.accounts import user_in
from tests.factories.employers import EmployerFactory, JobPostingFactory, owner_of

pytestmark = pytest.mark.django_db
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def poster_of(path: str, client: Client) -> str:
    link = links.make(path=path, channel=Channel.POSTER, label="村口", by=None)
    return client.get(reverse("posters:poster", args=[link.code])).content.decode()


def test_a_poster_of_a_posting_says_pay_place_and_employer_and_bears_a_code(client: Client) -> None:
    posting = JobPostingFactory(title="冲压工")
    page = poster_of(posting.get_absolute_url(), client)
    for words in ("冲压工", "每月 6000–8000 元", posting.employer.name, "包住", 'class="qr"', "不收任何费用"):
        assert words in page, words
    assert f"/s/{ShortLink.objects.get().code}" in page


def test_a_poster_of_an_employer_or_a_village_lists_what_is_open(client: Client) -> None:
    posting = JobPostingFactory(title="抛光工")
    assert "抛光工" in poster_of(posting.employer.get_absolute_url(), client)
    page = poster_of("/postings/?q=抛光", client)
    assert "抛光工" in page
    assert "村口" in page


def test_a_poster_of_what_is_over_says_so(client: Client) -> None:
    posting = JobPostingFactory(expired=True)
    assert "已经不招人了" in poster_of(posting.get_absolute_url(), client)
    assert "已经不招人了" in poster_of(EmployerFactory().get_absolute_url(), client)


def test_employers_advertise_what_is_theirs_and_brokers_anything_public(client: Client) -> None:
    posting = JobPostingFactory()
    form = reverse("posters:new") + f"?path={posting.get_absolute_url()}"
    for user, status in (
        (owner_of(posting.employer), 200),
        (owner_of(EmployerFactory()), 404),
        (user_in("broker"), 200),
        (user_in("seeker"), 403),
    ):
        client.force_login(user)
        assert client.get(form).status_code == status, user.role
    client.force_login(owner_of(posting.employer))
    assert client.get(reverse("posters:new") + "?path=/postings/").status_code == 404


def test_the_form_makes_the_poster_and_keeps_what_was_typed(client: Client) -> None:
    client.force_login(user_in("park"))
    form = reverse("posters:new") + "?path=/postings/"
    refused = client.post(form, {"channel": "village", "label": ""})
    assert refused.status_code == 422
    assert "请写村（社区）的名字" in refused.content.decode()
    made = client.post(form, {"channel": "village", "label": "诺江镇王家村"})
    assert made.url == reverse("posters:poster", args=[ShortLink.objects.get().code])
    client.post(form, {"channel": "village", "label": "诺江镇王家村"})
    assert ShortLink.objects.count() == 1


def test_the_words_to_hand_on_name_the_job_the_pay_and_the_short_address(client: Client) -> None:
    posting = JobPostingFactory(title="冲压工")
    page = client.get(posting.get_absolute_url()).content.decode()
    assert "【招工】冲压工" in page
    assert f"http://testserver/s/{shared_code(posting.pk)}" in page


def test_the_feed_holds_what_the_list_with_the_same_filters_holds(client: Client) -> None:
    wanted = JobPostingFactory(title="电焊工", base_pay_min=8000, base_pay_max=9000)
    JobPostingFactory(title="保洁员", base_pay_min=3000, base_pay_max=3500)
    JobPostingFactory(title="电焊工", expired=True, base_pay_min=8000, base_pay_max=9000)
    response = client.get(reverse("postings:feed"), {"q": "电焊", "pay": "5000"})
    assert response["Content-Type"].startswith("application/atom+xml")
    root = ElementTree.fromstring(response.content)
    entries = root.findall("a:entry", ATOM)
    assert [entry.findtext("a:title", namespaces=ATOM) for entry in entries] == ["电焊工"]
    assert entries[0].findtext("a:id", namespaces=ATOM) == f"http://testserver{wanted.get_absolute_url()}"
    assert entries[0].find("a:link", ATOM).get("href") == f"http://testserver/s/{shared_code(wanted.pk)}"
    again = client.get(
        reverse("postings:feed"), {"q": "电焊", "pay": "5000"}, headers={"If-None-Match": response["ETag"]}
    )
    assert again.status_code == 304


def test_the_list_leads_to_its_feed(client: Client) -> None:
    page = client.get(reverse("postings:list"), {"pay": "5000"}).content.decode()
    assert 'type="application/atom+xml"' in page
    assert "/postings/feed.atom?pay=5000" in page


def test_signs_that_no_feed_can_hold_are_left_out(client: Client) -> None:
    posting = JobPostingFactory(title="焊\x0b工")
    for address in ("?q=%0B%1Fab", ""):
        answer = client.get(reverse("postings:feed") + address)
        assert answer.status_code == 200 and ElementTree.fromstring(answer.content) is not None
    assert "焊工" in answer.content.decode() and str(posting.pk) in answer.content.decode()
