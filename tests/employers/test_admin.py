"""The officers' desk in the admin."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from employers.choices import EmployerState, PostingState
from employers.models import Employer, JobPosting
from jinba.accounts.choices import Role
from jinba.accounts.models import User
from tests.factories.accounts import user_in
from tests.factories.employers import EmployerFactory, JobPostingFactory, MemberFactory
from tests.factories.reference import SkillFactory, TradeFactory, ZoneFactory

pytestmark = pytest.mark.django_db
EMPLOYERS, POSTINGS = reverse("admin:employers_employer_changelist"), reverse("admin:employers_jobposting_changelist")


@pytest.fixture
def desk(officer: User) -> Client:
    client = Client()
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text(response: Any) -> str:
    return response.content.decode()


def press(client: Client, url: str, action: str, *rows: Any, **more: str) -> Any:
    """Choose an action for the rows; with `sure` and `reason` answer its question too."""
    return client.post(url, {"action": action, "_selected_action": [row.pk for row in rows], **more}, follow=True)


def test_the_employers_that_wait_come_first(desk: Client, django_assert_max_num_queries: Any) -> None:
    waiting, due, verified = EmployerFactory(submitted=True), EmployerFactory(due=True), EmployerFactory()
    with django_assert_max_num_queries(7):
        page = text(desk.get(EMPLOYERS))
    assert waiting.name in page and due.name in page and verified.name not in page
    assert verified.name in text(desk.get(f"{EMPLOYERS}?queue=all"))
    assert verified.name in text(desk.get(f"{EMPLOYERS}?queue=verified"))
    assert verified.name in text(desk.get(f"{EMPLOYERS}?q={verified.uscc}"))


@pytest.mark.parametrize(
    ("start", "action", "end"),
    [
        ("submitted", "employers_verify", EmployerState.VERIFIED),
        ("submitted", "employers_return", EmployerState.RETURNED),
        ("due", "employers_suspend", EmployerState.SUSPENDED),
        ("due", "employers_ban", EmployerState.BANNED),
    ],
)
def test_an_officer_decides_with_a_reason(desk: Client, officer: User, start: str, action: str, end: str) -> None:
    employer = EmployerFactory(**{start: True}, papers=True)
    asked = text(press(desk, EMPLOYERS, action, employer))
    assert employer.name in asked and "<textarea" in asked
    employer.refresh_from_db()
    assert employer.state == start
    press(desk, EMPLOYERS, action, employer, sure="yes", reason="核对过了")
    employer.refresh_from_db()
    assert (employer.state, employer.state_reason) == (end, "核对过了")
    assert employer.events.get().by == officer


def test_without_a_reason_it_asks_again(desk: Client) -> None:
    employer = EmployerFactory(submitted=True, papers=True)
    assert "请填写原因" in text(press(desk, EMPLOYERS, "employers_return", employer, sure="yes", reason=""))
    press(desk, EMPLOYERS, "employers_verify", employer, sure="yes", reason="")
    employer.refresh_from_db()
    assert employer.state == EmployerState.VERIFIED  # good news needs none


def test_what_is_refused_is_told_row_by_row_and_the_rest_is_done(desk: Client) -> None:
    good, wrong = EmployerFactory(submitted=True, papers=True), EmployerFactory(draft=True)
    page = text(press(desk, f"{EMPLOYERS}?queue=all", "employers_verify", good, wrong, sure="yes", reason=""))
    assert f"{wrong.name}：单位草稿" in page and "1 项" in page
    good.refresh_from_db()
    assert good.state == EmployerState.VERIFIED


def test_the_review_queue_comes_first_and_reads_no_long_texts(desk: Client, django_assert_max_num_queries: Any) -> None:
    waiting, out = JobPostingFactory.create_batch(3, review=True), JobPostingFactory()
    with django_assert_max_num_queries(7):
        page = text(desk.get(POSTINGS))
    assert all(row.title in page for row in waiting) and out.title not in page


def test_postings_are_approved_rejected_and_removed(desk: Client) -> None:
    first, second, third = JobPostingFactory.create_batch(3, review=True)
    press(desk, POSTINGS, "approve", first)
    press(desk, POSTINGS, "reject", second, sure="yes", reason="写清加班")
    press(desk, POSTINGS, "remove", third, sure="yes", reason="涉嫌收费")
    states = dict(JobPosting.objects.values_list("pk", "state"))
    assert [states[row.pk] for row in (first, second, third)] == [
        *(PostingState.PUBLISHED, PostingState.REJECTED, PostingState.REMOVED)
    ]


def test_what_may_not_be_published_is_told(desk: Client) -> None:
    posting = JobPostingFactory(employer=EmployerFactory(suspended=True), review=True)
    assert "通过认证后" in text(press(desk, POSTINGS, "approve", posting))
    posting.refresh_from_db()
    assert posting.state == PostingState.REVIEW


def test_details_show_all_and_change_nothing(desk: Client) -> None:
    member = MemberFactory(employer__submitted=True)
    posting = JobPostingFactory(employer=member.employer, review=True, base_pay_min=None, base_pay_max=None)
    page = text(desk.get(reverse("admin:employers_employer_change", args=[member.employer.pk])))
    assert str(member.employer.uscc) in page and str(member.user.phone) not in page
    assert "校验位正确" in page
    page = text(desk.get(reverse("admin:employers_jobposting_change", args=[posting.pk])))
    assert "请写基本工资" in page and posting.duties in page
    desk.post(reverse("admin:employers_jobposting_change", args=[posting.pk]), {"title": "改", "state": "published"})
    posting.refresh_from_db()
    assert posting.title != "改" and posting.state == PostingState.REVIEW


@pytest.mark.parametrize("url", [EMPLOYERS, POSTINGS])
def test_nobody_adds_or_deletes_here(desk: Client, url: str) -> None:
    EmployerFactory(submitted=True)
    assert desk.get(f"{url}add/").status_code == 403
    press(desk, url, "delete_selected", *Employer.objects.all(), post="yes")
    assert Employer.objects.exists()


@pytest.mark.parametrize("role", [Role.SEEKER, Role.EMPLOYER, Role.BROKER, Role.PARK])
def test_only_officers_and_administrators_come_in(role: str) -> None:
    client = Client()
    client.force_login(user_in(role), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(EMPLOYERS).status_code in (302, 403)


def test_administrators_come_in() -> None:
    client = Client()
    client.force_login(user_in(Role.ADMIN), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(EMPLOYERS).status_code == client.get(POSTINGS).status_code == 200


def test_members_and_reference_data_are_read(desk: Client, recruiter: User) -> None:
    ZoneFactory()
    TradeFactory()
    SkillFactory()
    page = text(desk.get(reverse("admin:employers_member_changelist")))
    assert recruiter.name in page and str(recruiter.phone) not in page
    for name in ("region", "zone", "occupation", "trade", "tradefamily", "skill", "certificate"):
        assert desk.get(reverse(f"admin:reference_{name}_changelist")).status_code == 200
    assert desk.get(reverse("admin:employers_memberinvitation_changelist")).status_code == 200


def test_an_officer_does_not_touch_accounts(officer: User) -> None:
    assert officer.has_perm("employers.change_employer") and officer.has_perm("reference.view_region")
    for perm in ("accounts.change_user", "accounts.view_user", "employers.delete_employer", "workers.delete_worker"):
        assert not officer.has_perm(perm)
    officer.is_active = False
    assert not officer.has_perm("employers.change_employer")


def test_a_single_page_has_the_actions_as_buttons_and_nothing_to_save(desk: Client) -> None:
    employer = EmployerFactory(submitted=True)
    page = text(desk.get(reverse("admin:employers_employer_change", args=[employer.pk])))
    assert 'value="employers_verify"' in page and 'name="_save"' not in page
    posting = JobPostingFactory(review=True)
    page = text(desk.get(reverse("admin:employers_jobposting_change", args=[posting.pk])))
    assert 'value="approve"' in page and 'value="delete_selected"' not in page
    assert press(desk, f"{POSTINGS}?queue=all", "approve", posting).status_code == 200
    posting.refresh_from_db()
    assert posting.state == PostingState.PUBLISHED
