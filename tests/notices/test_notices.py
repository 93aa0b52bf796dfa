"""Notices: written with what they tell of, on the site with its commit, each shown once. Invariants I8, I9, I10."""

import json
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from jinba.notices import actions as notices
from jinba.notices import letters as words
from jinba.notices.models import Delivery, Notice
from tests.concurrency.crowd import crowd
from tests.factories.accounts import UserFactory, user_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(letters: list[Any]) -> Any:
    return UserFactory()


def told(reader: Any, key: str = "one", **fields: Any) -> Notice:
    about = {"kind": "test", "title": "企业约您面试"} | fields
    notice = notices.tell(recipient=reader, dedupe_key=key, **about)
    assert notice is not None
    return notice


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


# The outbox ----------------------------------------------------------------------------------------------------------


def test_the_same_key_is_told_once_to_each_reader(reader: Any) -> None:
    told(reader)
    assert notices.tell(recipient=reader, kind="test", dedupe_key="one", title="再说一次") is None
    told(UserFactory())
    assert notices.tell_all(recipient_ids=[reader.pk, reader.pk], kind="test", dedupe_key="two", title="都来看") == 1
    assert Notice.objects.of(reader).count() == 2


def test_nobody_is_told_nothing() -> None:
    assert notices.tell(recipient=None, kind="test", dedupe_key="one", title="没有人") is None


def test_long_words_are_cut_to_fit(reader: Any) -> None:
    notice = notices.tell(recipient=reader, kind="test", dedupe_key="one", title="字" * 99, body="字" * 400)
    assert notice is not None and notice.title == "字" * 79 + "…" and len(notice.body) == 300


def test_a_thousand_rolled_back_words_reach_nobody(
    reader: Any, letters: list[Any], nudges: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(1_000):
            with pytest.raises(ZeroDivisionError), transaction.atomic():
                told(reader, str(number), kind="invitation")
                raise ZeroDivisionError
    assert (letters, nudges) == ([], [])
    assert not Notice.objects.exists() and not Delivery.objects.exists()


def test_a_thousand_committed_words_reach_their_reader(
    reader: Any, letters: list[Any], nudges: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(1_000):
            told(reader, str(number), kind="invitation")
    assert len(letters) == len(nudges) == Notice.objects.count() == Delivery.objects.count() == 1_000


def test_the_readers_open_pages_are_nudged_but_told_nothing(
    reader: Any, nudges: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    other = UserFactory()
    with django_capture_on_commit_callbacks(execute=True):
        notices.tell_all(recipient_ids=[reader.pk, other.pk], kind="test", dedupe_key="two", title="都来看")
    assert sorted(nudges) == sorted([f"notices.{reader.pk} notices.fresh", f"notices.{other.pk} notices.fresh"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_two_hundred_notices_asked_for_by_eight_pages_are_each_shown_once(reader: Any) -> None:
    ids = [told(reader, str(number)).pk for number in range(200)]

    def look(_: int) -> list[int]:
        return [notice.pk for notice in notices.show_new(user=reader)]

    shown = [pk for answer in crowd(look, list(range(40)), people=8) for pk in answer]
    while rest := notices.show_new(user=reader):
        shown += [notice.pk for notice in rest]
    assert sorted(shown) == ids


# The pages -----------------------------------------------------------------------------------------------------------


def test_the_list_shows_what_was_delivered_to_me(reader: Any, django_assert_max_num_queries: Any) -> None:
    told(reader, body="周三上午九点")
    told(UserFactory(), body="给别人的")
    client = signed_in(reader)
    with django_assert_max_num_queries(6):
        page = client.get(reverse("notices:list")).content.decode()
    assert "周三上午九点" in page and "给别人的" not in page
    assert client.post(reverse("notices:list")).status_code == 405


def test_the_list_goes_on_page_by_page(reader: Any) -> None:
    for number in range(25):
        told(reader, str(number))
    client = signed_in(reader)
    first = client.get(reverse("notices:list"))
    assert len(first.context["notices"]) == 20
    assert len(client.get(reverse("notices:list") + first.context["next_url"]).context["notices"]) == 5


@pytest.mark.parametrize("method", ["get", "post"])
def test_opening_marks_read_and_leads_there(reader: Any, method: str) -> None:
    notice = told(reader, url="/applications/")
    client = signed_in(reader)
    answer = getattr(client, method)(reverse("notices:open", args=[notice.pk]))
    assert answer["Location"] == "/applications/"
    notice.refresh_from_db()
    assert notice.read_at and notice.shown_at


def test_the_short_address_of_a_text_leads_there_too(reader: Any) -> None:
    notice = told(reader, url="/applications/")
    short = reverse("notice", args=[words.number_of(notice.pk)])
    assert signed_in(UserFactory()).get(short).status_code == 404
    assert signed_in(reader).get(short)["Location"] == "/applications/"
    assert signed_in(reader).get(reverse("notice", args=["zzz-"])).status_code == 404
    assert Client().get(short).status_code == 302


def test_a_notice_never_leads_off_the_site(reader: Any) -> None:
    notice = told(reader, url="https://example.com/")
    answer = signed_in(reader).get(reverse("notices:open", args=[notice.pk]))
    assert answer["Location"] == reverse("notices:list")


def test_other_peoples_notices_do_not_exist(reader: Any) -> None:
    notice = told(reader)
    assert signed_in(UserFactory()).get(reverse("notices:open", args=[notice.pk])).status_code == 404
    assert Notice.objects.get().read_at is None


def test_all_can_be_marked_read_at_once(reader: Any) -> None:
    told(reader, "one"), told(reader, "two")
    other = told(UserFactory())
    client = signed_in(reader)
    assert client.get(reverse("notices:read_all")).status_code == 405
    client.post(reverse("notices:read_all"))
    assert list(Notice.objects.unread()) == [other]


def test_fresh_ones_pop_up_once(reader: Any) -> None:
    told(reader, body="去看看")
    client = signed_in(reader)
    assert client.get(reverse("notices:fresh")).status_code == 405
    assert "去看看" in client.post(reverse("notices:fresh")).content.decode()
    empty = client.post(reverse("notices:fresh"))
    assert empty.status_code == 204
    assert json.loads(empty.headers["HX-Trigger"]) == {"unread": {"count": 1}}


def test_what_was_read_does_not_pop_up(reader: Any) -> None:
    told(reader)
    notices.mark_read(user=reader)
    assert notices.show_new(user=reader) == []


def test_who_is_not_signed_in_is_asked_to() -> None:
    assert Client().get(reverse("notices:list")).status_code == 302


def test_the_admin_shows_notices_but_changes_nothing(reader: Any) -> None:
    notice = told(reader)
    admin = signed_in(user_in("admin"))
    assert "企业约您面试" in admin.get(reverse("admin:notices_notice_changelist")).content.decode()
    page = admin.get(reverse("admin:notices_notice_change", args=[notice.pk])).content.decode()
    assert 'name="_save"' not in page
