"""Postings: what the public reads, and what an employer's program does with its own."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from employers.choices import PostingState
from employers.models import JobPosting, today
from jinba.accounts.choices import Scope
from jinba.core.memory import forget_all
from tests.api.conftest import Caller, assert_problem, caller_of
from tests.factories.accounts import user_in
from tests.factories.employers import EmployerFactory, JobPostingFactory, MemberFactory, owner_of
from tests.factories.reference import SkillFactory, region

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


@pytest.fixture
def posting() -> JobPosting:
    return JobPostingFactory()


@pytest.fixture
def owner(posting: JobPosting) -> Caller:
    return caller_of(owner_of(posting.employer))


# The public's list ----------------------------------------------------------------------------------------------------


def test_anybody_reads_the_open_postings_the_newest_first(nobody: Caller) -> None:
    first, second = JobPostingFactory(), JobPostingFactory()
    JobPostingFactory(draft=True), JobPostingFactory(expired=True), JobPostingFactory(paused=True)
    response = nobody.get("/postings/")
    assert response.status_code == 200
    assert [row["id"] for row in response.json()["results"]] == [second.pk, first.pk]
    assert response.headers["Cache-Control"].startswith("public, max-age=10")


def test_the_list_takes_the_sites_own_filters(nobody: Caller) -> None:
    far = JobPostingFactory(region=region("511921"), title="采茶工")
    near = JobPostingFactory(base_pay_min=9000, base_pay_max=9000)
    assert [row["id"] for row in nobody.get("/postings/", {"region": "33"}).json()["results"]] == [near.pk]
    assert [row["id"] for row in nobody.get("/postings/", {"pay": "8000"}).json()["results"]] == [near.pk]
    assert [row["id"] for row in nobody.get("/postings/", {"q": far.title}).json()["results"]] == [far.pk]


def test_a_filter_that_nobody_understands_is_said_and_not_left_out(nobody: Caller) -> None:
    body = assert_problem(nobody.get("/postings/", {"region": "abc"}), 400, code="malformed")
    assert "地点" in body["detail"]


def test_pages_meet_without_a_gap_and_lead_back(nobody: Caller) -> None:
    made = [row.pk for row in JobPostingFactory.create_batch(7)][::-1]
    seen, address, previous = [], "/postings/?page_size=3", []
    while address:
        page = nobody.get(address.split("/api/v1")[-1]).json()
        seen += [row["id"] for row in page["results"]]
        previous.append(page["previous"])
        address = page["next"]
    assert seen == made and previous[0] is None
    back = nobody.get(previous[2].split("/api/v1")[-1]).json()
    assert [row["id"] for row in back["results"]] == made[3:6]


@pytest.mark.parametrize(
    "query", ["page_size=101", "page_size=0", "page_size=x", "cursor=!!", "cursor=bm8", "cursor=bmZmZg"]
)
def test_a_page_that_cannot_be_is_refused(nobody: Caller, query: str) -> None:
    assert_problem(nobody.get(f"/postings/?{query}"), 400, code="malformed")


def test_the_list_costs_as_many_queries_for_fifty_as_for_one(nobody: Caller) -> None:
    def queries() -> int:
        forget_all()
        with CaptureQueriesContext(connection) as captured:
            assert nobody.get("/postings/?page_size=100").status_code == 200
        return len(captured)

    employer = EmployerFactory()
    JobPostingFactory(employer=employer)
    nobody.get("/postings/")
    few = queries()
    JobPostingFactory.create_batch(49, employer=employer)
    assert queries() == few <= 8


# One posting ----------------------------------------------------------------------------------------------------------


def test_the_public_reads_a_posting_but_not_what_only_its_employer_sees(nobody: Caller, posting: JobPosting) -> None:
    body = nobody.get(f"/postings/{posting.pk}/").json()
    assert (body["title"], body["is_open"]) == (posting.title, True)
    assert not set(body) & {"state", "state_reason", "moves", "filled", "created_at"}
    assert {"name": "招多少人", "value": "5 人，还差 5 人"} in body["sections"][-1]["facts"]


@pytest.mark.parametrize("trait", ["draft", "paused", "expired", "removed", "review"])
def test_what_is_not_public_is_not_there_for_strangers(nobody: Caller, trait: str) -> None:
    hidden = JobPostingFactory(**{trait: True})
    stranger = caller_of(MemberFactory().user)
    for caller in (nobody, stranger):
        assert_problem(caller.get(f"/postings/{hidden.pk}/"), 404)
    assert caller_of(owner_of(hidden.employer)).get(f"/postings/{hidden.pk}/").json()["state"] == hidden.state


def test_a_known_tag_is_answered_by_304_until_the_posting_changes(nobody: Caller, posting: JobPosting) -> None:
    for path in ("/postings/", f"/postings/{posting.pk}/", f"/employers/{posting.employer_id}/"):
        tag = nobody.get(path).headers["ETag"]
        again = nobody.get(path, if_none_match=tag)
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    posting.title = "电焊工"
    posting.save()
    assert nobody.get(f"/postings/{posting.pk}/", if_none_match=tag).status_code == 200


def test_what_a_member_reads_is_kept_by_no_cache(owner: Caller, posting: JobPosting) -> None:
    response = owner.get(f"/postings/{posting.pk}/")
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "Authorization" in response.headers["Vary"]


# Writing --------------------------------------------------------------------------------------------------------------


def test_a_member_drafts_a_posting(owner: Caller, posting: JobPosting) -> None:
    skill = SkillFactory()
    response = owner.post(
        "/postings/",
        {"title": "冲压工", "region": "330784", "base_pay_min": 6000, "skills": [{"skill": skill.pk, "level": 2}]},
    )
    assert response.status_code == 201, response.content
    made = JobPosting.objects.get(pk=response.json()["id"])
    assert response.headers["Location"] == f"/api/v1/postings/{made.pk}/"
    assert (made.state, made.employer, list(made.skills.values_list("skill_id", "level"))) == (
        PostingState.DRAFT, posting.employer, [(skill.pk, 2)],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"headcount": "many"}, "headcount"), ({"region": "999999"}, "region"), ({"trade": 7}, "trade"),
        ({"skills": [{"skill": 999, "level": 1}]}, "skills"),
        ({"skills": [{"skill": 1, "level": 9}]}, "skills.0.level"),
        ({"certificates": [63]}, "certificates"), ({"title": "字" * 81}, "title"), ({"shift": "moon"}, "shift"),
        ({"headcount": 2**40}, "headcount"), ({"title": "\x00"}, "title"), ({"hazards": ["luck"]}, "hazards.0"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_named_by_its_field(owner: Caller, body: dict[str, Any], field: str) -> None:
    assert field in assert_problem(owner.post("/postings/", body), 400, code="validation")["errors"]
    assert JobPosting.objects.count() == 1


def test_only_members_write(posting: JobPosting, nobody: Caller) -> None:
    assert_problem(nobody.post("/postings/", {"title": "冲压工"}), 401, code="unauthenticated")
    for role in ("broker", "park", "officer", "seeker"):
        caller = caller_of(user_in(role))
        problem = caller.post("/postings/", {"title": "冲压工"})
        assert_problem(problem, 403)
    assert_problem(caller_of(user_in("employer")).post("/postings/", {"title": "冲压工"}), 404)
    assert_problem(caller_of(MemberFactory().user).patch(f"/postings/{posting.pk}/", {"headcount": 9}), 404)


def test_a_change_with_an_old_tag_is_412_and_changes_nothing(owner: Caller, posting: JobPosting) -> None:
    path = f"/postings/{posting.pk}/"
    tag = owner.get(path).headers["ETag"]
    changed = owner.patch(path, {"headcount": 9}, if_match=tag)
    assert (changed.status_code, changed.json()["headcount"]) == (200, 9)
    assert_problem(owner.patch(path, {"headcount": 11}, if_match=tag), 412, code="changed_meanwhile")
    weak = f"W/{changed.headers['ETag']}"
    assert owner.patch(path, {"headcount": 12}, if_match=weak).status_code == 200
    assert owner.patch(path, {"headcount": 13}).status_code == 200


def test_a_colleague_who_was_quicker_is_412_too(owner: Caller, posting: JobPosting, monkeypatch: Any) -> None:
    tag = owner.get(f"/postings/{posting.pk}/").headers["ETag"]
    from employers import api

    def slow(self: Any, kind: Any, **kwargs: Any) -> dict[str, Any]:
        posting.save()  # the colleague, between our look and the action's lock
        return {"headcount": 9}

    monkeypatch.setattr(api.Posting, "read", slow)
    assert_problem(owner.patch(f"/postings/{posting.pk}/", {}, if_match=tag), 412)


def test_the_life_of_a_posting_in_moves(posting: JobPosting, owner: Caller) -> None:
    path = f"/postings/{posting.pk}/moves/"
    for move, state in (
        ("pause", "paused"), ("resume", "published"), ("filled", "filled"), ("resume", "published"),
        ("archive", "archived"),
    ):  # fmt: skip
        answer = owner.post(path, {"move": move})
        assert (answer.status_code, answer.json()["state"]) == (200, state), answer.content
    assert_problem(owner.post(path, {"move": "resume"}), 422, code="refused")


def test_a_draft_is_submitted_whole_or_told_all_that_is_missing(owner: Caller, posting: JobPosting) -> None:
    blank = JobPostingFactory(employer=posting.employer, blank=True)
    body = assert_problem(owner.post(f"/postings/{blank.pk}/moves/", {"move": "submit"}), 422)
    assert {"title", "region", "base_pay_min"} <= set(body["errors"])
    draft = JobPostingFactory(employer=posting.employer, draft=True)
    assert owner.post(f"/postings/{draft.pk}/moves/", {"move": "submit"}).json()["state"] == "review"
    assert owner.post(f"/postings/{draft.pk}/moves/", {"move": "take_back"}).json()["state"] == "draft"


def test_a_posting_is_renewed_to_a_day(owner: Caller, posting: JobPosting) -> None:
    path = f"/postings/{posting.pk}/moves/"
    assert "valid_until" in assert_problem(owner.post(path, {"move": "renew"}), 400)["errors"]
    day = today() + timedelta(days=45)
    assert owner.post(path, {"move": "renew", "valid_until": f"{day}"}).json()["valid_until"] == f"{day}"
    late = f"{today() + timedelta(days=400)}"
    assert_problem(owner.post(path, {"move": "renew", "valid_until": late}), 422, field="valid_until")


def test_a_copy_is_a_new_draft(owner: Caller, posting: JobPosting) -> None:
    response = owner.post(f"/postings/{posting.pk}/copy/")
    assert (response.status_code, response.json()["state"]) == (201, "draft")
    assert response.json()["id"] != posting.pk


def test_own_postings_by_state(owner: Caller, posting: JobPosting) -> None:
    draft = JobPostingFactory(employer=posting.employer, draft=True)
    JobPostingFactory(draft=True)
    assert [row["id"] for row in owner.get("/employers/me/postings/").json()["results"]] == [draft.pk, posting.pk]
    assert [row["id"] for row in owner.get("/employers/me/postings/?state=draft").json()["results"]] == [draft.pk]
    assert_problem(owner.get("/employers/me/postings/?state=moon"), 400)


# Employers ------------------------------------------------------------------------------------------------------------


def test_the_public_reads_trusted_employers_without_their_phone(nobody: Caller, posting: JobPosting) -> None:
    hidden = [EmployerFactory(draft=True), EmployerFactory(suspended=True), EmployerFactory(banned=True)]
    rows = nobody.get("/employers/").json()["results"]
    assert [row["id"] for row in rows] == [posting.employer_id]
    assert not {"contact_phone", "contact_name", "uscc"} & set(rows[0])
    for employer in hidden:
        assert_problem(nobody.get(f"/employers/{employer.pk}/"), 404)


def test_an_owner_corrects_the_profile_a_recruiter_reads_it(posting: JobPosting, owner: Caller) -> None:
    body = owner.get("/employers/me/").json()
    assert body["contact_phone"] == "138****0001"
    tag = owner.get("/employers/me/").headers["ETag"]
    changed = owner.patch("/employers/me/", {"intro": "做门锁。"}, if_match=tag)
    assert (changed.status_code, changed.json()["intro"]) == (200, "做门锁。")
    assert_problem(owner.patch("/employers/me/", {"intro": "做锁。"}, if_match=tag), 412)
    assert_problem(owner.patch("/employers/me/", {"name": "别的厂"}), 422, field="name")
    recruiter = caller_of(MemberFactory(employer=posting.employer, recruiter=True).user)
    assert recruiter.get("/employers/me/").status_code == 200
    assert_problem(recruiter.patch("/employers/me/", {"intro": "别的"}), 422)


def test_a_token_without_the_scope_reads_but_does_not_write(posting: JobPosting) -> None:
    reader = caller_of(owner_of(posting.employer), Scope.READ)
    assert reader.get("/employers/me/").status_code == 200
    refused = reader.post("/postings/", {"title": "冲压工"})
    assert_problem(refused, 403, code="scope_missing", scope="postings")
    assert 'scope="postings"' in refused.headers["WWW-Authenticate"]
    writer = caller_of(owner_of(posting.employer), Scope.POSTINGS)
    assert_problem(writer.get("/employers/me/"), 403, code="scope_missing")
    assert writer.post("/postings/", {"title": "冲压工"}).status_code == 201
