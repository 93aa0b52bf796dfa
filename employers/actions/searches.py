"""Searches that are kept, and the word about new postings once a day."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from employers import filters
from employers.models import JobPosting, SavedSearch
from employers.search import Lexemes
from jinba.core.errors import Refused
from jinba.core.locks import locked
from jinba.notices.actions import tell

MOST = 10  # searches of one user
COUNTED = 99  # more new postings than this are not counted
HOUR = 18  # Beijing: after work, before quiet hours


def next_evening(*, now: datetime) -> datetime:
    """The next HOUR o'clock in Beijing after `now`."""
    evening = timezone.localtime(now).replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return evening if evening > now else evening + timedelta(days=1)


@transaction.atomic
def save(*, query: str, by: Any) -> SavedSearch:
    """Keep a filter of the posting list, tidied; asked again, it is on again. Refused when it says nothing."""
    asked = filters.read(QueryDict(query[:2000]))
    if not asked.q and not asked.chosen:
        raise Refused("先选几个条件再订阅，例如工种、地方、工资。")
    tidy = asked.address().removeprefix("?")
    if len(tidy) > 400:
        raise Refused("条件太多了，请去掉几个再订阅。")
    label = "、".join([*([f"“{asked.q}”"] if asked.q else []), *(choice.text for choice in asked.chosen)])
    now = timezone.now()
    if found := SavedSearch.objects.filter(user=by, query=tidy).first():
        return found if found.is_on else switch(search=found, by=by, on=True)
    if SavedSearch.objects.filter(user=by).count() >= MOST:
        raise Refused(f"最多订阅 {MOST} 个条件，请先删掉一些。")
    search, _ = SavedSearch.objects.get_or_create(
        user=by,
        query=tidy,
        defaults={"label": label[:79] + "…" if len(label) > 80 else label, "next_at": next_evening(now=now)},
    )
    return search


@transaction.atomic
def switch(*, search: SavedSearch, by: Any, on: bool) -> SavedSearch:
    """Only its owner; what came while it was off is not told afterwards."""
    _own(search, by)
    if on and not search.is_on:
        search.seen_until, search.next_at = timezone.now(), next_evening(now=timezone.now())
    search.is_on = on
    search.save(update_fields=["is_on", "seen_until", "next_at"])
    return search


@transaction.atomic
def delete(*, search: SavedSearch, by: Any) -> None:
    _own(search, by)
    search.delete()


def tell_of_new(*, limit: int = 200) -> int:
    """Look through the searches that are due and tell of what is new; returns how many were looked at.

    Each is claimed and told in one transaction: a killed worker leaves it due, and a second run finds it done.
    """
    now = timezone.now()
    due = SavedSearch.objects.filter(is_on=True, next_at__lte=now).order_by("next_at")
    looked = 0
    for pk in list(due.values_list("pk", flat=True)[:limit]):
        looked += _look(pk, now)
    return looked


@transaction.atomic
def _look(pk: int, now: datetime) -> bool:
    found = locked(SavedSearch.objects.filter(is_on=True, next_at__lte=now).select_related("user"), ids=[pk])
    if not found:
        return False  # another run was quicker
    (search,) = found
    if search.user.is_active:
        asked = filters.read(QueryDict(search.query))
        new = _new_ones(asked, search.seen_until, now)
        if new:
            many = f"{COUNTED}+" if len(new) > COUNTED else str(len(new))
            tell(
                recipient=search.user,
                kind="search.new",
                dedupe_key=f"search:{search.pk}:{timezone.localtime(now):%Y%m%d}",
                title=f"有 {many} 个新岗位",
                body=f"您订阅的“{search.label}”：{'、'.join(new[:3])}{' 等' if len(new) > 3 else ''}。",
                url=f"{reverse('postings:list')}?{search.query}",
            )
    search.seen_until, search.next_at = now, next_evening(now=now)
    search.save(update_fields=["seen_until", "next_at"])
    return True


def _new_ones(asked: filters.Filters, after: datetime, until: datetime) -> list[str]:
    """The titles of what was published in that time, the newest first, one more than are counted at most."""
    rows = JobPosting.objects.visible().filter(asked.condition, published_at__gt=after, published_at__lte=until)
    if asked.words:
        rows = rows.filter(search=Lexemes(asked.words))
    return list(rows.order_by("-published_at", "-pk").values_list("title", flat=True)[: COUNTED + 1])


def _own(search: SavedSearch, by: Any) -> None:
    if search.user_id != by.pk:
        raise Refused("只能改自己的订阅。")
