"""Jobs that fit, people who fit."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from employers.choices import PostingState
from employers.models import JobPosting, today
from labor.applications.models import PostingInvitation
from labor.matching import resident, suggestions
from labor.matching.actions import runs
from labor.matching.tasks import work
from labor.workers.models import Worker
from tests.factories.accounts import user_in
from tests.factories.employers import EmployerFactory, MemberFactory, owner_of
from tests.factories.reference import region


def match() -> None:
    work(run_id=runs.start().pk)


@pytest.fixture
def worker(town: Any) -> Worker:
    return town.worker(
        trades=[9001], is_open_to_any=False, min_pay=5000, places=["330784"], refused_places=[], housing_need=2,
        couple_room_need=0, shifts=["day"], education=3, years=4,
    )  # fmt: skip


def fitting(town: Any, **fields: Any) -> JobPosting:
    posting = town.posting(
        **{"trade_id": 9001, "shift": "day", "housing": "free", "education_min": 0, "region": region("330784")} | fields
    )
    JobPosting.objects.filter(pk=posting.pk).update(monthly_min=6000, monthly_max=8000)
    return posting


def page_for(user: Any, name: str, *args: Any, **query: Any) -> Any:
    client = Client()
    client.force_login(user)
    return client.get(reverse(name, args=args), query)


def test_a_worker_sees_the_jobs_that_fit_with_three_reasons(town: Any, worker: Worker, letters: Any) -> None:
    posting = fitting(town)
    match()
    text = page_for(worker.user, "matching:jobs_for_me").content.decode()
    assert posting.title in text
    (one,) = suggestions.jobs_for(worker).suggestions
    assert one.reasons == ["是您第一想做的工种", "在永康市，是您最想去的", "上长白班，您能接受"]
    for reason in one.reasons:
        assert reason in text


def test_a_worker_reads_what_would_open_more(town: Any, worker: Worker, letters: Any) -> None:
    for _ in range(3):
        poor = fitting(town)
        JobPosting.objects.filter(pk=poor.pk).update(monthly_min=4000, monthly_max=4800)
    match()
    text = page_for(worker.user, "matching:jobs_for_me").content.decode()
    assert "最低工资降 200 元，可多看 3 个岗位" in text


def test_a_worker_whose_schooling_is_unknown_reads_what_telling_it_would_open(
    town: Any, worker: Worker, letters: Any
) -> None:
    fitting(town, education_min=2)
    Worker.objects.filter(pk=worker.pk).update(education=0)
    worker.refresh_from_db()
    assert suggestions.what_would_open_more(worker)[0] == "填上您的学历，最多可多看 1 个岗位"


def test_with_recommendation_off_the_order_is_the_same_for_everyone(town: Any, worker: Worker, letters: Any) -> None:
    first, second = fitting(town), town.posting(trade_id=9002)
    worker.is_personalised = False
    worker.save()
    jobs = suggestions.jobs_for(worker)
    assert jobs.is_neutral
    assert [one.posting.pk for one in jobs.suggestions] == [second.pk, first.pk]
    assert all(one.reasons == [] for one in jobs.suggestions)
    assert "人人看到的都一样" in page_for(worker.user, "matching:jobs_for_me").content.decode()


def test_a_worker_whom_no_run_has_seen_gets_his_list_at_once(town: Any, worker: Worker, letters: Any) -> None:
    posting = fitting(town)
    assert [one.posting.pk for one in suggestions.jobs_for(worker).suggestions] == [posting.pk]


def test_a_posting_that_closed_since_the_run_is_not_shown(town: Any, worker: Worker, letters: Any) -> None:
    posting = fitting(town)
    match()
    JobPosting.objects.filter(pk=posting.pk).update(state=PostingState.PAUSED)
    assert suggestions.jobs_for(worker).suggestions == []


def test_the_list_is_paged(town: Any, worker: Worker, letters: Any) -> None:
    postings = {fitting(town).pk for _ in range(13)}
    match()
    first, second = suggestions.jobs_for(worker), suggestions.jobs_for(worker, page=2)
    assert first.has_more
    assert not second.has_more
    assert {one.posting.pk for one in first.suggestions + second.suggestions} == postings
    assert page_for(worker.user, "matching:jobs_for_me", page="2").status_code == 200
    assert page_for(worker.user, "matching:jobs_for_me", page="²").status_code == 200


def test_a_user_without_a_worker_is_asked_for_name_and_county_first(db: None) -> None:
    response = page_for(user_in("seeker"), "matching:jobs_for_me")
    assert response.status_code == 302
    assert response.url.startswith(reverse("workers:start"))


@pytest.mark.parametrize("postings", [1, 10])
def test_the_number_of_queries_does_not_grow_with_the_list(
    town: Any, worker: Worker, letters: Any, django_assert_max_num_queries: Any, postings: int
) -> None:
    for _ in range(postings):
        fitting(town)
    match()
    resident.resident()
    client = Client()
    client.force_login(worker.user)
    with django_assert_max_num_queries(26):
        client.get(reverse("matching:jobs_for_me"))


class TestPeople:
    @pytest.fixture
    def posting(self, town: Any, worker: Worker, letters: Any) -> JobPosting:
        posting = fitting(town)
        match()
        return posting

    def test_works_with_masked_names_and_without_phone_or_wishes(self, posting: JobPosting, worker: Worker) -> None:
        text = page_for(owner_of(posting.employer), "suggestions:people", posting.pk).content.decode()
        assert worker.masked_name in text
        assert worker.name not in text
        assert worker.phone not in text
        assert "5000" not in text
        assert "是第一想做的工种" in text

    def test_nobody_is_shown_for_a_posting_that_is_not_open_even_if_its_letter_was_lost(
        self, posting: JobPosting, worker: Worker
    ) -> None:
        owner = owner_of(posting.employer)
        JobPosting.objects.filter(pk=posting.pk).update(valid_until=today() - timedelta(days=1))
        assert worker.masked_name not in page_for(owner, "suggestions:people", posting.pk).content.decode()

    def test_a_colleague_may_look_a_stranger_may_not(self, posting: JobPosting) -> None:
        colleague = MemberFactory(employer=posting.employer, recruiter=True).user
        assert page_for(colleague, "suggestions:people", posting.pk).status_code == 200
        stranger = owner_of(EmployerFactory())
        assert page_for(stranger, "suggestions:people", posting.pk).status_code == 404

    def test_the_employer_invites_once_and_the_page_says_so(self, posting: JobPosting, worker: Worker) -> None:
        client = Client()
        client.force_login(owner_of(posting.employer))
        url = reverse("suggestions:invite", args=[posting.pk])
        for _ in range(2):
            assert client.post(url, {"worker": worker.pk}).status_code == 302
        assert PostingInvitation.objects.filter(posting=posting, worker=worker).count() == 1
        assert "已邀请" in client.get(reverse("suggestions:people", args=[posting.pk])).content.decode()

    def test_somebody_who_was_not_suggested_cannot_be_invited(self, posting: JobPosting, town: Any) -> None:
        other = town.worker()
        client = Client()
        client.force_login(owner_of(posting.employer))
        url = reverse("suggestions:invite", args=[posting.pk])
        for text in (str(other.pk), "", "x", "-1"):
            assert client.post(url, {"worker": text}).status_code == 404
        assert not PostingInvitation.objects.exists()

    def test_inviting_is_a_post_of_an_employer(self, posting: JobPosting, worker: Worker) -> None:
        url = reverse("suggestions:invite", args=[posting.pk])
        client = Client()
        client.force_login(owner_of(posting.employer))
        assert client.get(url).status_code == 405
        client.force_login(worker.user)
        assert client.post(url, {"worker": worker.pk}).status_code == 403


class TestAdmin:
    def test_an_officer_starts_a_run_and_sees_its_progress(self, town: Any, letters: Any) -> None:
        town.posting()
        town.worker()
        client = Client()
        client.force_login(user_in("officer"))
        assert "现在匹配一次" in client.get(reverse("admin:matching_matchrun_changelist")).content.decode()
        response = client.post(reverse("admin:matching_matchrun_start"))
        run = runs.MatchRun.objects.get()
        assert response.url == reverse("admin:matching_matchrun_change", args=[run.pk])
        text = client.get(response.url).content.decode()
        assert "0 / 1 块" in text
        assert "hx-get" in text and 'name="_save"' not in text
        progress = reverse("admin:matching_matchrun_progress", args=[run.pk])
        assert "HX-Refresh" not in client.get(progress)
        work(run_id=run.pk)
        answer = client.get(progress)
        piece = answer.content.decode()
        assert "已完成" in piece
        assert "hx-get" not in piece
        assert answer["HX-Refresh"] == "true"

    def test_a_second_start_is_refused_in_words(self, town: Any, letters: Any) -> None:
        client = Client()
        client.force_login(user_in("admin"))
        client.post(reverse("admin:matching_matchrun_start"))
        text = client.post(reverse("admin:matching_matchrun_start"), follow=True).content.decode()
        assert "已有一次匹配在进行" in text

    def test_a_run_cannot_be_started_by_get_or_without_the_right(self, db: None) -> None:
        client = Client()
        client.force_login(user_in("admin"))
        assert client.get(reverse("admin:matching_matchrun_start")).status_code == 405
        client.force_login(user_in("park"))
        client.post(reverse("admin:matching_matchrun_start"))
        assert not runs.MatchRun.objects.exists()
