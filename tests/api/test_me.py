"""Who asks, his profile, his notices, his matches."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jinba.notices.models import Notice
from labor.workers.models import Worker, WorkerGroup
from tests.api.conftest import Caller, assert_problem, caller_of
from tests.factories.accounts import UserFactory, user_in
from tests.factories.employers import JobPostingFactory, owner_of
from tests.factories.reference import SkillFactory, TradeFactory, both_cities, region
from tests.factories.workers import WorkerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


@pytest.fixture
def worker() -> Worker:
    return WorkerFactory()


@pytest.fixture
def seeker(worker: Worker) -> Caller:
    return caller_of(worker.user)


def test_everybody_learns_who_he_is_with_a_masked_phone(nobody: Caller) -> None:
    assert_problem(nobody.get("/me/"), 401)
    user = UserFactory(employer=True, phone="13912345678")
    body = caller_of(user, "read").get("/me/").json()
    assert (body["phone"], body["role_word"], body["scopes"]) == ("139****5678", "用人单位", ["read"])


def test_a_worker_reads_and_changes_his_profile(worker: Worker, seeker: Caller) -> None:
    both_cities()
    trade = TradeFactory()
    tag = seeker.get("/me/profile/").headers["ETag"]
    changed = seeker.patch(
        "/me/profile/",
        {"home": "511922", "trades": [trade.pk], "min_pay": 6000, "places": ["3307"], "shifts": ["day"], "years": 3},
        if_match=tag,
    )
    assert changed.status_code == 200, changed.content
    body = changed.json()
    assert (body["home"]["code"], body["trades"], body["min_pay"]) == ("511922", [trade.pk], 6000)
    assert_problem(seeker.patch("/me/profile/", {"years": 4}, if_match=tag), 412)
    worker.refresh_from_db()
    assert worker.years == 3
    assert seeker.get("/me/profile/", if_none_match=changed.headers["ETag"]).status_code == 304


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"trades": [1, 2, 3, 4]}, 400, "trades"), ({"trades": [30000]}, 400, "trades"),
        ({"min_pay": -1}, 400, "min_pay"), ({"home": "99"}, 400, "home"), ({"home": "5119"}, 422, "home"),
        ({"name": "1"}, 422, "name"), ({"birth_date": "2020-01-01"}, 422, "birth_date"),
        ({"places": ["moon"]}, 422, "places"), ({"job_status": "rich"}, 400, "job_status"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_by_field(seeker: Caller, body: dict[str, Any], status: int, field: str) -> None:
    region("5119")
    problem = assert_problem(seeker.patch("/me/profile/", body), status)
    assert field in (problem.get("errors") or {problem.get("field"): ""})


def test_skills_are_written_as_a_whole(worker: Worker, seeker: Caller) -> None:
    first, second = SkillFactory(), SkillFactory()
    seeker.put("/me/profile/skills/", {"skills": [{"skill": first.pk, "level": 1}]})
    body = seeker.put("/me/profile/skills/", {"skills": [{"skill": second.pk, "level": 3}]}).json()
    assert [(row["skill"], row["level"]) for row in body["skills"]] == [(second.pk, 3)]
    assert_problem(seeker.put("/me/profile/skills/", {"skills": [{"skill": 30000, "level": 1}]}), 400)


def test_recommendation_is_switched_by_himself(worker: Worker, seeker: Caller) -> None:
    assert seeker.put("/me/profile/recommendations/", {"on": False}).json()["is_personalised"] is False
    assert_problem(caller_of(user_in("broker")).put("/me/profile/recommendations/", {"on": True}), 403)


def test_two_go_together_and_one_leaves(worker: Worker, seeker: Caller) -> None:
    assert_problem(seeker.get("/me/group/"), 404)
    code = seeker.post("/me/group/", {"kind": "couple"}).json()["code"]
    partner = caller_of(WorkerFactory().user)
    assert partner.post("/me/group/", {"code": code}).json()["others"] == [worker.masked_name]
    assert_problem(partner.post("/me/group/", {"code": "NOSUCHCO"}), 422)
    assert_problem(partner.post("/me/group/", {}), 400)
    assert seeker.delete("/me/group/").status_code == partner.delete("/me/group/").status_code == 204
    assert_problem(seeker.delete("/me/group/"), 422)
    assert not WorkerGroup.objects.exists()


def test_notices_are_ones_own(worker: Worker, seeker: Caller) -> None:
    for number in range(3):
        Notice.objects.create(recipient=worker.user, kind="test", dedupe_key=f"{number}", title=f"第 {number} 条")
    foreign = Notice.objects.create(recipient=UserFactory(), kind="test", dedupe_key="x", title="别人的")
    rows = seeker.get("/notices/").json()["results"]
    assert [row["title"] for row in rows] == ["第 2 条", "第 1 条", "第 0 条"]
    assert seeker.post("/notices/read/", {"ids": [rows[0]["id"], foreign.pk]}).json() == {"read": 1}
    assert len(seeker.get("/notices/?unread=1").json()["results"]) == 2
    assert seeker.post("/notices/read/").json() == {"read": 2}
    foreign.refresh_from_db()
    assert foreign.read_at is None


def test_preferences_are_read_and_switched(seeker: Caller) -> None:
    rows = seeker.get("/me/preferences/").json()["preferences"]
    first = rows[0]
    change = {**first, "is_on": not first["is_on"]}
    assert change in seeker.patch("/me/preferences/", {"preferences": [change]}).json()["preferences"]
    assert_problem(seeker.patch("/me/preferences/", {"preferences": [{"topic": "moon"}]}), 400)


def test_a_worker_reads_what_suits_him_and_why(worker: Worker, seeker: Caller) -> None:
    postings = JobPostingFactory.create_batch(3)
    body = seeker.get("/me/matches/?page_size=2").json()
    assert len(body["results"]) == 2 and body["results"][0]["reasons"] and body["previous"] is None
    rest = seeker.get(body["next"].split("/api/v1")[-1]).json()
    ids = {row["posting"]["id"] for row in body["results"] + rest["results"]}
    assert (ids, rest["next"]) == ({posting.pk for posting in postings}, None)
    assert seeker.get(rest["previous"].split("/api/v1")[-1]).json()["results"] == body["results"]


def test_matches_cost_as_much_for_many_as_for_one(worker: Worker, seeker: Caller) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            seeker.get("/me/matches/?page_size=100")
        return len(captured)

    employer = JobPostingFactory().employer
    seeker.get("/me/matches/")
    few = queries()
    JobPostingFactory.create_batch(20, employer=employer)
    assert queries() <= few


def test_an_employer_reads_suggested_people_without_name_and_phone(worker: Worker, monkeypatch: Any) -> None:
    posting = JobPostingFactory()
    monkeypatch.setattr("labor.matching.suggestions.ids_for", lambda posting: [worker.pk])
    (row,) = caller_of(owner_of(posting.employer)).get(f"/postings/{posting.pk}/people/").json()["results"]
    assert row["worker"]["name"] == worker.masked_name
    assert set(row["worker"]) == {"id", "name", "home", "education", "years", "skills"}
    assert_problem(caller_of(user_in("employer")).get(f"/postings/{posting.pk}/people/"), 404)
