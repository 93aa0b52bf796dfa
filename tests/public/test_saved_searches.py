"""A saved search tells its owner of new postings once a day."""

from datetime import datetime, timedelta

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from employers.actions import searches
from employers.actions.searches import next_evening
from employers.models import JobPosting, SavedSearch
from jinba.accounts.models import User
from jinba.core.errors import Refused
from jinba.notices.models import Notice
from tests.factories.accounts import user_in
from tests.factories.employers import JobPostingFactory
from tests.factories.workers import WorkerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def seeker() -> User:
    return WorkerFactory().user


def due(search: SavedSearch) -> SavedSearch:
    """As it is a day later."""
    SavedSearch.objects.filter(pk=search.pk).update(
        next_at=timezone.now() - timedelta(minutes=1), seen_until=timezone.now() - timedelta(days=1)
    )
    search.refresh_from_db()
    return search


def told() -> list[Notice]:
    return list(Notice.objects.filter(kind="search.new"))


def test_new_postings_are_told_once_a_day_and_old_ones_never(seeker: User) -> None:
    JobPostingFactory(title="电焊工", published_at=timezone.now() - timedelta(days=3))
    search = due(searches.save(query="q=电焊&pay=5000", by=seeker))
    JobPostingFactory(title="电焊工")
    JobPostingFactory(title="保洁员")
    assert searches.tell_of_new() == 1
    (notice,) = told()
    assert notice.title == "有 1 个新岗位"
    assert dict(QueryDict(notice.url.partition("?")[2])) == {"q": ["电焊"], "pay": ["5000"]}
    assert searches.tell_of_new() == 0
    search.refresh_from_db()
    assert search.next_at > timezone.now()
    SavedSearch.objects.update(next_at=timezone.now() - timedelta(minutes=1))
    assert searches.tell_of_new() == 1
    assert len(told()) == 1, "nothing new since"


def test_nothing_new_says_nothing(seeker: User) -> None:
    due(searches.save(query="q=电焊", by=seeker))
    assert searches.tell_of_new() == 1
    assert told() == []


def test_what_is_not_visible_is_not_told(seeker: User) -> None:
    due(searches.save(query="pay=5000", by=seeker))
    JobPostingFactory(paused=True)
    JobPostingFactory(expired=True)
    searches.tell_of_new()
    assert told() == []


def test_a_switched_off_search_is_silent_and_forgets_what_came_meanwhile(seeker: User) -> None:
    search = due(searches.save(query="pay=5000", by=seeker))
    searches.switch(search=search, by=seeker, on=False)
    JobPostingFactory()
    assert searches.tell_of_new() == 0
    searches.switch(search=search, by=seeker, on=True)
    SavedSearch.objects.update(next_at=timezone.now() - timedelta(minutes=1))
    assert searches.tell_of_new() == 1
    assert told() == []


def test_saving_the_same_again_keeps_one_and_switches_it_on(seeker: User) -> None:
    search = searches.save(query="pay=5000&q=电焊&nonsense=1", by=seeker)
    searches.switch(search=search, by=seeker, on=False)
    assert searches.save(query="q=电焊&pay=5000", by=seeker) == search
    assert SavedSearch.objects.get().is_on


@pytest.mark.parametrize("query", ["", "nonsense=1", "pay=abc"])
def test_a_search_for_anything_is_refused(query: str, seeker: User) -> None:
    with pytest.raises(Refused):
        searches.save(query=query, by=seeker)


def test_ten_searches_are_enough(seeker: User) -> None:
    for number in range(searches.MOST):
        searches.save(query=f"pay={1000 + number}", by=seeker)
    with pytest.raises(Refused):
        searches.save(query="pay=9000", by=seeker)


def test_only_the_owner_changes_a_search(seeker: User) -> None:
    search = searches.save(query="pay=5000", by=seeker)
    stranger = user_in("seeker")
    with pytest.raises(Refused):
        searches.switch(search=search, by=stranger, on=False)
    with pytest.raises(Refused):
        searches.delete(search=search, by=stranger)
    assert SavedSearch.objects.get().is_on


def test_the_evening_is_six_in_beijing() -> None:
    zone = timezone.get_default_timezone()
    before, after = datetime(2026, 5, 1, 17, 59, tzinfo=zone), datetime(2026, 5, 1, 18, 0, tzinfo=zone)
    assert next_evening(now=before) == datetime(2026, 5, 1, 18, 0, tzinfo=zone)
    assert next_evening(now=after) == datetime(2026, 5, 2, 18, 0, tzinfo=zone)


def test_the_list_offers_it_and_the_page_keeps_it(client: Client, seeker: User) -> None:
    JobPostingFactory()
    page = client.get(reverse("postings:list"), {"pay": "5000"}).content.decode()
    keep = reverse("saved_searches:list") + "?pay=5000"
    assert keep in page
    assert client.get(keep).status_code == 302
    client.force_login(seeker)
    assert "每月 5000 元起" in client.get(keep).content.decode()
    assert client.post(reverse("saved_searches:save"), {"query": "pay=5000"}).status_code == 302
    search = SavedSearch.objects.get(user=seeker)
    client.force_login(user_in("seeker"))
    assert client.post(reverse("saved_searches:delete", args=[search.pk])).status_code == 404
    assert client.post(reverse("saved_searches:switch", args=[search.pk])).status_code == 404
    client.force_login(seeker)
    client.post(reverse("saved_searches:delete", args=[search.pk]))
    assert not SavedSearch.objects.exists()
    assert JobPosting.objects.exists()
