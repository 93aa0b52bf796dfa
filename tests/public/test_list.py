from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from employers.choices import Engagement, Housing, Insurance, Meals
from employers.listing import Cursor
from employers.models import JobPosting
from jinba.accounts.choices import Role
from jinba.core.memory import forget_all
from jinba.reference.choices import Shift
from tests.factories.accounts import user_in
from tests.factories.employers import EmployerFactory, JobPostingFactory
from tests.factories.reference import TradeFactory, TradeFamilyFactory, ZoneFactory, region

pytestmark = pytest.mark.django_db
ADDRESS = "/postings/"


def text_of(response: Any) -> str:
    return unescape(response.content.decode())


def titles(client: Client, query: str = "") -> list[str]:
    response = client.get(ADDRESS + query)
    assert response.status_code == 200
    return [JobPosting.objects.get(pk=row.pk).title for row in response.context["page"].rows]


def test_the_newest_comes_first(client: Client) -> None:
    now = timezone.now()
    for days, title in ((2, "旧"), (0, "新"), (1, "中")):
        JobPostingFactory(title=title, published_at=now - timedelta(days=days))
    assert titles(client) == ["新", "中", "旧"]


@pytest.mark.parametrize(
    "state", ["draft", "review", "rejected", "paused", "filled_up", "removed", "archived", "expired"]
)
def test_only_visible_postings_are_listed(client: Client, state: str) -> None:
    shown = JobPostingFactory(title="看得见")
    JobPostingFactory(title="看不见", **{state: True})
    assert titles(client) == [shown.title]
    assert titles(client, "?q=看不见") == []


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "suspended", "banned"])
def test_postings_of_employers_that_are_not_trusted_are_not_listed(client: Client, state: str) -> None:
    JobPostingFactory(employer=EmployerFactory(**{state: True}))
    assert titles(client) == []


def test_a_repost_is_listed_with_its_source_named(client: Client) -> None:
    JobPostingFactory(repost=True)
    assert "转自前程无忧" in text_of(client.get(ADDRESS))


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("?region=33", {"region": "330784"}),
        ("?region=3307", {"region": "330784"}),
        ("?region=330784", {"region": "330784"}),
        ("?region_0=33&region_1=3307&region_2=330784", {"region": "330784"}),
        ("?region_0=33&region_1=3307&region_2=511921", {"region": "330784"}),
        ("?zone=330702-kfq", {"zone": "zone"}),
        ("?zone=park", {"zone": "park"}),
        ("?family=2", {"trade": (2, 203)}),
        ("?trade=203", {"trade": (2, 203)}),
        ("?family=2&trade=203", {"trade": (2, 203)}),
        ("?pay=7000", {"base_pay_min": 7000}),
        ("?shift=day", {"shift": Shift.DAY}),
        ("?shift=day&shift=two", {"shift": Shift.TWO}),
        ("?days=1", {"shift": Shift.DAY}),
        ("?housing=1", {"housing": Housing.FREE}),
        ("?meals=1", {"meals": Meals.WORK}),
        ("?couple=1", {"couple_rooms": True}),
        ("?insurance=1", {"social_insurance": Insurance.FULL_FUND}),
        ("?kind=flexible", {"engagement": Engagement.MENTOR, "days_planned": 9}),
        ("?kind=mentor", {"engagement": Engagement.MENTOR, "days_planned": 9}),
        ("?q=木工", {"title": "木工"}),
    ],
)
def test_each_filter_keeps_what_fits_and_drops_the_rest(client: Client, query: str, fields: dict[str, Any]) -> None:
    other = {
        "title": "别的", "region": region("511921"),
        "trade": TradeFactory(code=601, family=TradeFamilyFactory(code=6, name="服装")),
        "base_pay_min": 3000, "base_pay_max": 3500, "shift": Shift.THREE, "housing": Housing.NONE, "meals": Meals.NONE,
        "social_insurance": Insurance.INJURY,
    }  # fmt: skip
    made = dict(fields)
    if "region" in made:
        made["region"] = region(made["region"])
    if "zone" in made:
        made["zone"] = ZoneFactory(park=True) if made["zone"] == "park" else ZoneFactory()
    if "trade" in made:
        family, code = made["trade"]
        made["trade"] = TradeFactory(code=code, family=TradeFamilyFactory(code=family))
    if "base_pay_min" in made:
        made["base_pay_max"] = None
    JobPostingFactory(**other)
    JobPostingFactory(**other | {"title": "合适"} | made)
    assert titles(client, query) == [made.get("title", "合适")]


def test_what_was_chosen_stays_chosen_and_can_be_taken_off(client: Client) -> None:
    JobPostingFactory(shift=Shift.DAY, couple_rooms=True)
    text = text_of(client.get(f"{ADDRESS}?q=冲压&region=330784&shift=day&couple=1&pay=5000"))
    assert 'value="330784" selected' in text
    assert 'name="shift" value="day" checked' in text
    assert 'value="5000" selected' in text
    assert 'name="q" value="冲压"' in text
    assert f'href="?{urlencode({"q": "冲压", "region": "330784", "pay": 5000, "shift": "day"})}"' in text


def test_when_nothing_fits_one_sentence_says_what_to_leave_out(client: Client) -> None:
    JobPostingFactory.create_batch(3, region=region("330784"), couple_rooms=False)
    text = text_of(client.get(f"{ADDRESS}?region=330784&couple=1"))
    assert "去掉“有夫妻房”，就有 3 个岗位。" in text
    assert 'href="?region=330784"' in text


def test_when_the_words_are_too_much_they_are_named(client: Client) -> None:
    JobPostingFactory(housing=Housing.FREE)
    assert "去掉“潜水员”这几个字，就有 1 个岗位。" in text_of(client.get(f"{ADDRESS}?q=潜水员&housing=1"))


def test_words_alone_without_a_hit_get_a_hint(client: Client) -> None:
    assert "换个短一点的说法" in text_of(client.get(f"{ADDRESS}?q=潜水员"))


@pytest.mark.parametrize(
    "query",
    [
        "?region=99", "?region=x", "?region_0=zz", "?zone=nowhere", "?trade=abc", "?family=77", "?pay=-1", "?pay=viel",
        "?pay=99999999999", "?shift=moon", "?housing=yes", "?kind=x", "?employer=0", "?employer=9999999999999999",
        "?after=1", "?before=zz-zz", "?after=ffffffffffffff-1",
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_left_out_with_a_hint(client: Client, query: str) -> None:
    posting = JobPostingFactory()
    response = client.get(ADDRESS + query)
    assert response.status_code == 200
    assert [row.pk for row in response.context["page"].rows] == [posting.pk]
    assert "有看不懂的条件，已经略过" in text_of(response)


PARAMETERS = (
    "q", "region", "region_0", "region_1", "region_2", "zone", "family", "trade", "pay", "shift", "days", "housing",
    "meals", "couple", "insurance", "kind", "employer", "after", "before",
)  # fmt: skip


@given(query=st.dictionaries(st.sampled_from(PARAMETERS), st.text(max_size=30) | st.integers().map(str), max_size=6))
@settings(max_examples=150, deadline=None)
def test_no_query_string_breaks_the_list(query: dict[str, str]) -> None:
    assert Client().get(ADDRESS, query).status_code == 200


@pytest.mark.parametrize("raw", ["?%ff=%fe", "?q=%00", "?q=%ed%a0%80", "?after=1-1&before=1-1", "?q=a" + "&q=a" * 500])
def test_no_raw_query_string_breaks_the_list(client: Client, raw: str) -> None:
    assert client.get(ADDRESS + raw).status_code == 200


def test_each_posting_is_read_once_while_others_are_published(client: Client) -> None:
    now = timezone.now()
    made = [JobPostingFactory(published_at=now - timedelta(minutes=n // 3)).pk for n in range(50)]
    seen: list[int] = []
    address = ADDRESS
    while address:
        response = client.get(address)
        seen += [row.pk for row in response.context["page"].rows]
        JobPostingFactory(published_at=timezone.now())
        address = ADDRESS + response.context["next_url"] if response.context["next_url"] else ""
    assert len(seen) == 50
    assert set(seen) == set(made)


def test_going_back_leads_to_the_same_pages(client: Client) -> None:
    JobPostingFactory.create_batch(45)
    first = client.get(ADDRESS).context
    second = client.get(ADDRESS + first["next_url"]).context
    back = client.get(ADDRESS + second["previous_url"]).context
    assert back["page"].rows == first["page"].rows
    assert first["previous_url"] == back["previous_url"] == ""


def test_the_filters_go_along_to_the_next_page(client: Client) -> None:
    JobPostingFactory.create_batch(21, housing=Housing.FREE)
    next_url = client.get(f"{ADDRESS}?housing=1&q=冲压").context["next_url"]
    assert next_url.startswith(f"?{urlencode({'q': '冲压'})}&housing=1&after=")


def test_past_the_last_page_there_is_a_way_back(client: Client) -> None:
    JobPostingFactory()
    text = text_of(client.get(f"{ADDRESS}?after={Cursor(timezone.now() - timedelta(days=900), 1)}"))
    assert "后面没有了" in text


def test_more_than_a_thousand_are_not_counted(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("employers.listing.COUNTED", 3)
    JobPostingFactory.create_batch(5)
    assert "3+" in text_of(client.get(ADDRESS))


def test_htmx_gets_the_list_without_the_frame(client: Client) -> None:
    posting = JobPostingFactory()
    text = text_of(client.get(ADDRESS, headers={"HX-Request": "true", "HX-Target": "listing"}))
    assert posting.title in text
    assert "<html" not in text


@pytest.mark.parametrize("role", list(Role))
def test_whoever_is_signed_in_reads_the_list_too(client: Client, role: str) -> None:
    posting = JobPostingFactory()
    client.force_login(user_in(role))
    response = client.get(ADDRESS)
    assert posting.title in text_of(response)
    assert response["Cache-Control"] == "private, no-store"


def test_the_list_is_only_read(client: Client) -> None:
    assert client.post(ADDRESS).status_code == 405


@pytest.mark.parametrize("query", ["", "?q=冲压", "?q=冲压&housing=1&region=330784&trade=203", "?q=无&housing=1"])
def test_one_posting_costs_as_many_queries_as_fifty(client: Client, query: str) -> None:
    counts = []
    for number in (1, 49):
        JobPostingFactory.create_batch(number)
        forget_all()
        client.get(f"{ADDRESS}?warm={number}")  # cards are rendered once
        with CaptureQueriesContext(connection) as captured:
            client.get(f"{ADDRESS}{query}{'&' if query else '?'}n={number}")
        counts.append(len(captured))
    assert counts[0] == counts[1]
    forget_all()
    with CaptureQueriesContext(connection) as captured:
        client.get(f"{ADDRESS}{query}{'&' if query else '?'}cold=1")
    assert len(captured) <= 8


def test_a_changed_posting_shows_its_new_card(client: Client) -> None:
    posting = JobPostingFactory(title="旧名字")
    assert "旧名字" in text_of(client.get(ADDRESS))
    posting.title = "新名字"
    posting.save()
    text = text_of(client.get(f"{ADDRESS}?n=1"))
    assert "新名字" in text
    assert "旧名字" not in text


def test_a_name_of_an_employer_is_text_not_markup(client: Client) -> None:
    JobPostingFactory(title="<script>alert(1)</script>", employer=EmployerFactory(name="<b>厂</b>"))
    content = client.get(ADDRESS).content.decode()
    assert "<script>alert" not in content
    assert "<b>厂" not in content
