"""Applications: each side by its own words and moves, strangers by 404."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from employers.models import JobPosting
from labor.applications.choices import Stage
from labor.applications.models import Application, PostingInvitation
from labor.workers.models import Worker
from tests.api.conftest import Caller, assert_problem, caller_of
from tests.factories.accounts import user_in
from tests.factories.applications import ApplicationFactory, PostingInvitationFactory, offered
from tests.factories.employers import JobPostingFactory, MemberFactory, owner_of
from tests.factories.workers import DelegationFactory, WorkerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


@pytest.fixture
def worker() -> Worker:
    return WorkerFactory()


@pytest.fixture
def seeker(worker: Worker) -> Caller:
    return caller_of(worker.user)


def employer_of(application: Application) -> Caller:
    return caller_of(owner_of(application.posting.employer))


# Applying -------------------------------------------------------------------------------------------------------------


def test_a_worker_applies_once_however_often_he_asks(worker: Worker, seeker: Caller) -> None:
    posting = JobPostingFactory()
    first = seeker.post("/applications/", {"posting": posting.pk})
    assert (first.status_code, first.json()["word"]) == (201, "已报名")
    assert first.headers["Location"] == f"/api/v1/applications/{first.json()['id']}/"
    again = seeker.post("/applications/", {"posting": posting.pk})
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    assert Application.objects.get().worker == worker


def test_who_comes_too_late_reads_why(seeker: Caller) -> None:
    body = assert_problem(
        seeker.post("/applications/", {"posting": JobPostingFactory(filled_up=True).pk}), 422, code="refused"
    )
    assert "招满" in body["detail"]
    assert_problem(seeker.post("/applications/", {"posting": JobPostingFactory(draft=True).pk}), 404)
    assert_problem(seeker.post("/applications/", {"posting": "x"}), 400, code="validation")


def test_who_is_no_worker_does_not_apply(nobody: Caller) -> None:
    posting = {"posting": JobPostingFactory().pk}
    assert_problem(nobody.post("/applications/", posting), 401)
    assert_problem(caller_of(MemberFactory().user).post("/applications/", posting), 403, code="wrong_role")
    assert_problem(caller_of(user_in("seeker")).post("/applications/", posting), 404)


# The worker's side ----------------------------------------------------------------------------------------------------


def test_a_worker_reads_his_own_in_plain_words_and_no_stage(worker: Worker, seeker: Caller) -> None:
    own, other = ApplicationFactory(worker=worker, stage=Stage.NEED_INFO), ApplicationFactory()
    (row,) = seeker.get("/applications/").json()["results"]
    assert (row["id"], row["word"], row["moves"]) == (own.pk, "企业在看", ["withdraw"])
    body = seeker.get(f"/applications/{own.pk}/").json()
    assert not {"stage", "stage_word", "close_note", "applicant"} & set(body)
    assert [step["title"] for step in body["history"]] == ["企业想多了解您"] and "need_info" not in str(body)
    assert_problem(seeker.get(f"/applications/{other.pk}/"), 404)
    assert_problem(seeker.get("/applications/?stage=need_info"), 400)


def test_a_worker_answers_an_offer(worker: Worker, seeker: Caller) -> None:
    application = offered(worker=worker)
    path = f"/applications/{application.pk}/moves/"
    assert seeker.get(f"/applications/{application.pk}/").json()["moves"] == ["accept", "decline"]
    for _ in range(2):  # twice is as once
        assert seeker.post(path, {"move": "accept"}).json()["word"] == "已录用"
    assert JobPosting.objects.get(pk=application.posting_id).filled == 1
    assert seeker.post(path, {"move": "arrive"}).json()["moves"] == []


def test_a_worker_takes_back_with_a_reason(worker: Worker, seeker: Caller) -> None:
    path = f"/applications/{ApplicationFactory(worker=worker).pk}/moves/"
    assert_problem(seeker.post(path, {"move": "withdraw"}), 422, field="reason")
    body = seeker.post(path, {"move": "withdraw", "reason": "stays_home"}).json()
    assert (body["word"], body["why"]) == ("已结束", "家里有事，不出门了")


def test_each_side_makes_only_its_own_moves(worker: Worker, seeker: Caller) -> None:
    application = ApplicationFactory(worker=worker)
    path = f"/applications/{application.pk}/moves/"
    assert "move" in assert_problem(seeker.post(path, {"move": "shortlisted"}), 400)["errors"]
    assert "move" in assert_problem(employer_of(application).post(path, {"move": "accept"}), 400)["errors"]
    for stranger in (caller_of(MemberFactory().user), caller_of(WorkerFactory().user)):
        assert_problem(stranger.post(path, {"move": "withdraw", "reason": "full"}), 404)
    assert_problem(caller_of(user_in("officer")).post(path, {"move": "rejected"}), 403)


# The employer's side --------------------------------------------------------------------------------------------------


def test_an_employer_reads_stages_and_a_masked_phone(worker: Worker) -> None:
    application = ApplicationFactory(worker=worker)
    caller = employer_of(application)
    ApplicationFactory()
    (row,) = caller.get("/applications/").json()["results"]
    assert (row["id"], row["stage"], row["applicant"]["name"]) == (application.pk, "applied", worker.name)
    assert row["applicant"]["phone"] == worker.masked_phone and "****" in row["applicant"]["phone"]
    assert "shortlisted" in row["moves"] and "word" not in row
    assert caller.get(f"/applications/?posting={application.posting_id}&stage=applied&live=1").json()["results"]
    assert not caller.get("/applications/?stage=offered").json()["results"]


def test_who_took_his_application_back_shows_no_phone() -> None:
    application = ApplicationFactory(stage=Stage.WITHDRAWN)
    assert employer_of(application).get(f"/applications/{application.pk}/").json()["applicant"]["phone"] == ""


def test_an_employer_moves_one_and_many() -> None:
    application = ApplicationFactory()
    caller, more = employer_of(application), ApplicationFactory(posting=application.posting)
    path = f"/applications/{application.pk}/moves/"
    assert caller.post(path, {"move": "shortlisted"}).json()["stage"] == "shortlisted"
    assert_problem(caller.post(path, {"move": "processing"}), 422, code="refused")
    assert_problem(caller.post(path, {"move": "rejected"}), 422, field="reason")
    foreign = ApplicationFactory()
    body = caller.post("/applications/moves/", {"ids": [more.pk, foreign.pk], "move": "processing"}).json()
    assert (body["moved"], [row["is_moved"] for row in body["results"]]) == (1, [True, False])
    foreign.refresh_from_db()
    assert foreign.stage == Stage.APPLIED


def test_an_officer_reads_and_does_nothing() -> None:
    application = ApplicationFactory()
    officer = caller_of(user_in("officer"))
    assert officer.get(f"/applications/{application.pk}/").json()["stage"] == "applied"
    assert_problem(officer.post("/applications/moves/", {"ids": [application.pk], "move": "processing"}), 403)


@pytest.mark.parametrize("side", ["employer", "worker"])
def test_the_list_costs_as_much_for_fifty_as_for_one(side: str, worker: Worker) -> None:
    posting = JobPostingFactory()
    first = ApplicationFactory(posting=posting, worker=worker)
    caller = employer_of(first) if side == "employer" else caller_of(worker.user)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            caller.get("/applications/?page_size=100")
        return len(captured)

    caller.get("/applications/")
    few = queries()
    for _ in range(49):
        ApplicationFactory(posting=posting) if side == "employer" else ApplicationFactory(worker=worker)
    assert queries() == few <= 5


# Helpers --------------------------------------------------------------------------------------------------------------


def test_a_helper_acts_for_who_entrusted_himself_and_for_nobody_else(worker: Worker) -> None:
    delegation = DelegationFactory(worker=worker)
    helper, stranger = caller_of(delegation.helper), WorkerFactory()
    (row,) = helper.get("/delegations/").json()["results"]
    assert (row["worker"]["id"], "****" in row["worker"]["phone"]) == (worker.pk, True)
    posting = {"posting": JobPostingFactory().pk}
    assert_problem(helper.post("/applications/", posting), 400, code="malformed")
    assert_problem(helper.post(f"/applications/?worker={stranger.pk}", posting), 404)
    made = helper.post(f"/applications/?worker={worker.pk}", posting)
    assert (made.status_code, made.json()["worker"], made.json()["via"]) == (201, worker.pk, "broker")
    assert [row["id"] for row in helper.get("/applications/").json()["results"]] == [made.json()["id"]]
    assert helper.get(f"/me/profile/?worker={worker.pk}").json()["id"] == worker.pk
    assert worker.acts.get().kind == "apply"


def test_a_delegation_that_ended_opens_nothing(worker: Worker) -> None:
    delegation = DelegationFactory(worker=worker, ended_at=timezone.now())
    helper = caller_of(delegation.helper)
    application = ApplicationFactory(worker=worker)
    assert helper.get("/delegations/").json()["results"] == []
    assert_problem(helper.get(f"/me/profile/?worker={worker.pk}"), 404)
    assert_problem(helper.get(f"/applications/{application.pk}/"), 404)


# Invitations ----------------------------------------------------------------------------------------------------------


def test_a_worker_reads_and_declines_an_invitation(worker: Worker, seeker: Caller) -> None:
    invitation, other = PostingInvitationFactory(worker=worker), PostingInvitationFactory()
    assert [row["id"] for row in seeker.get("/invitations/").json()["results"]] == [invitation.pk]
    assert_problem(seeker.post(f"/invitations/{other.pk}/decline/"), 404)
    for _ in range(2):
        assert seeker.post(f"/invitations/{invitation.pk}/decline/").status_code == 204
    assert seeker.get("/invitations/").json()["results"] == []


def test_an_employer_invites_from_the_list_of_suggestions_alone(worker: Worker, monkeypatch: Any) -> None:
    posting = JobPostingFactory()
    caller = caller_of(owner_of(posting.employer))
    path = f"/postings/{posting.pk}/invitations/"
    assert_problem(caller.post(path, {"worker": worker.pk}), 404)
    monkeypatch.setattr("labor.matching.suggestions.ids_for", lambda posting: [worker.pk])
    response = caller.post(path, {"worker": worker.pk})
    assert (response.status_code, PostingInvitation.objects.get().worker) == (201, worker)
    assert_problem(caller_of(MemberFactory().user).post(path, {"worker": worker.pk}), 404)
