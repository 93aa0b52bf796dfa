"""Licences: nobody recruits without one, everybody sees it, and who has to know hears before it runs out."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.checks import Tags, run_checks
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from employers import licensing
from employers.actions import licences, postings
from employers.choices import EmployerState, LicenceKind, PostingState
from employers.models import Employer, JobPosting, Licence, papers, today
from employers.problems import Incomplete
from employers.tasks import watch_own_licence, watch_papers
from jinba.accounts.choices import Role
from jinba.accounts.models import User
from jinba.core.errors import Refused
from jinba.notices.models import Notice
from tests.factories.accounts import UserFactory, user_in
from tests.factories.employers import EmployerFactory, JobPostingFactory, LicenceFactory, owner_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


def days(number: int) -> date:
    return today() + timedelta(days=number)


def agency_with(**licence: Any) -> Employer:
    agency = EmployerFactory(agency=True)
    LicenceFactory(employer=agency, **licence)
    return agency


# The gate ------------------------------------------------------------------------------------------------------------


def break_platform(how: str) -> None:
    ours = Licence.objects.of_platform()
    changes: dict[str, dict[str, Any]] = {
        "ran out": {"valid_to": days(-1)},
        "begins tomorrow": {"valid_from": days(1)},
        "was ended": {"is_active": False},
        "is for dispatch": {"kind": LicenceKind.DISPATCH},
    }
    if how == "is missing":
        ours.delete()
    else:
        ours.update(**changes[how])


@pytest.mark.parametrize("how", ["ran out", "begins tomorrow", "was ended", "is for dispatch", "is missing"])
def test_without_this_zones_licence_nobody_recruits(employer: Employer, how: str) -> None:
    licensing.check_may_recruit(employer)
    break_platform(how)
    with pytest.raises(Refused, match="本站的人力资源服务许可证"):
        licensing.check_may_recruit(employer)


@pytest.mark.parametrize("field", ["valid_from", "valid_to"])
def test_its_first_and_last_day_count(employer: Employer, field: str) -> None:
    Licence.objects.update(**{field: today()})
    licensing.check_may_recruit(employer)


@pytest.mark.parametrize(
    "licence",
    [
        {"valid_to": days(-1)},
        {"valid_from": days(1)},
        {"is_active": False},
        {"kind": LicenceKind.DISPATCH},
        None,
    ],
)
def test_an_agency_needs_one_of_its_own(licence: dict[str, Any] | None) -> None:
    agency = EmployerFactory(agency=True) if licence is None else agency_with(**licence)
    with pytest.raises(Refused, match="机构要有在有效期内的许可证"):
        licensing.check_may_recruit(agency)
    LicenceFactory(employer=EmployerFactory(agency=True))  # another's does not help
    with pytest.raises(Refused):
        licensing.check_may_recruit(agency)
    LicenceFactory(employer=agency)
    licensing.check_may_recruit(agency)


def renew(posting: JobPosting, by: User, officer: User) -> Any:
    return postings.renew(posting=posting, by=by, valid_until=days(40))


DOORS: dict[str, tuple[dict[str, Any], Callable[[JobPosting, User, User], Any]]] = {
    "submit": ({"draft": True}, lambda posting, by, officer: postings.submit(posting=posting, by=by)),
    "publish": ({"review": True}, lambda posting, by, officer: postings.publish(posting=posting, by=officer)),
    "resume": ({"paused": True}, lambda posting, by, officer: postings.resume(posting=posting, by=by)),
    "renew": ({}, renew),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("whose", ["the zone's", "the agency's"])
def test_every_way_out_is_shut_without_a_licence(officer: User, door: str, whose: str) -> None:
    agency = agency_with()
    state, act = DOORS[door]
    posting = JobPostingFactory(employer=agency, **state)
    before, lost = posting.state, Licence.objects.filter(employer=None if whose == "the zone's" else agency)
    lost.update(valid_to=days(-1))
    with pytest.raises(Refused, match="许可证"):
        act(posting, owner_of(agency), officer)
    posting.refresh_from_db()
    assert posting.state == before
    lost.update(valid_to=days(1))
    act(posting, owner_of(agency), officer)


# What opens by itself -------------------------------------------------------------------------------------------------

BREAKS = {"the zone's": licensing.OURS_ENDED, "the agency's": licensing.THEIRS_ENDED}


def lose(whose: str, agency: Employer) -> None:
    Licence.objects.filter(employer=None if whose == "the zone's" else agency).update(valid_to=days(-1))


@pytest.mark.parametrize("whose", BREAKS)
def test_a_seat_given_back_without_a_licence_opens_nothing_and_stops_nobody(whose: str) -> None:
    agency = agency_with()
    posting = JobPostingFactory(employer=agency, headcount=2, filled_up=True)
    lose(whose, agency)
    assert postings.give_seat_back(posting_id=posting.pk)
    posting.refresh_from_db()
    assert (posting.filled, posting.state, posting.state_reason) == (1, PostingState.PAUSED, BREAKS[whose])
    event = posting.events.first()
    assert event is not None and (event.to_state, event.by) == (PostingState.PAUSED, None)
    with pytest.raises(Refused, match="许可证"):
        postings.resume(posting=posting, by=owner_of(agency))


@pytest.mark.parametrize("whose", BREAKS)
def test_more_seats_without_a_licence_are_written_and_rest(whose: str) -> None:
    agency = agency_with()
    owner = owner_of(agency)
    posting = JobPostingFactory(employer=agency, headcount=2, filled_up=True)
    lose(whose, agency)
    changed = postings.change(posting=posting, by=owner, headcount=3)
    assert (changed.headcount, changed.state, changed.state_reason) == (3, PostingState.PAUSED, BREAKS[whose])


def state_of(posting: JobPosting) -> str:
    return str(JobPosting.objects.values_list("state", flat=True).get(pk=posting.pk))


def test_every_posting_rests_while_this_zone_has_no_licence_and_goes_on_after() -> None:
    one, other = EmployerFactory(), agency_with()
    repost = JobPostingFactory(employer=EmployerFactory(imported=True), source_name="前程无忧")
    owner = owner_of(one)
    rows = [JobPostingFactory(employer=one), JobPostingFactory(employer=other), repost]
    by_hand = JobPostingFactory(employer=one)
    postings.pause(posting=by_hand, by=owner, reason="设备检修")
    assert licences.watch_ours() == 0
    lose("the zone's", other)
    assert [licences.watch_ours(limit=2), licences.watch_ours(limit=2), licences.watch_ours()] == [2, 1, 0]
    assert {state_of(row) for row in rows} == {PostingState.PAUSED}
    assert not JobPosting.objects.visible().exists()
    notice = Notice.objects.get(recipient=owner)
    assert notice.kind == "zone_paused" and "自动继续招聘" in notice.body
    LicenceFactory()
    assert (licences.watch_ours(), licences.watch_ours()) == (3, 0)
    assert {state_of(row) for row in rows} == {PostingState.PUBLISHED}
    assert state_of(by_hand) == PostingState.PAUSED  # what the employer paused is his


def test_what_rested_goes_on_only_where_it_may() -> None:
    """Filled meanwhile, no longer trusted, an agency without a licence of its own."""
    filled = JobPostingFactory(headcount=1)
    suspended, agencys = JobPostingFactory(), JobPostingFactory(employer=agency_with())
    lose("the zone's", agencys.employer)
    licences.watch_ours()
    assert postings.take_seat(posting_id=filled.pk)
    Employer.objects.filter(pk=suspended.employer_id).update(state=EmployerState.SUSPENDED)
    lose("the agency's", agencys.employer)
    LicenceFactory()
    watch_own_licence()
    assert [state_of(row) for row in (filled, suspended, agencys)] == [
        PostingState.FILLED, PostingState.PAUSED, PostingState.PAUSED,
    ]  # fmt: skip
    LicenceFactory(employer=agencys.employer)
    Employer.objects.filter(pk=suspended.employer_id).update(state=EmployerState.VERIFIED)
    watch_own_licence()
    assert {state_of(row) for row in (suspended, agencys)} == {PostingState.PUBLISHED}


# The night -----------------------------------------------------------------------------------------------------------


def test_an_agency_whose_licence_ran_out_stops_and_hears_of_it_once() -> None:
    late, fine, company = agency_with(valid_to=days(-1)), agency_with(), EmployerFactory()
    owner = owner_of(late)
    paused, goes_on, others = (JobPostingFactory(employer=one) for one in (late, fine, company))
    assert (licences.watch(), licences.watch()) == ((1, 0), (0, 0))
    states = dict(JobPosting.objects.values_list("pk", "state"))
    published = PostingState.PUBLISHED
    assert [states[row.pk] for row in (paused, goes_on, others)] == [PostingState.PAUSED, published, published]
    notice = Notice.objects.get()
    assert (notice.recipient, notice.kind) == (owner, "licence_ended") and "1 个在招岗位已暂停" in notice.body
    late.refresh_from_db()
    assert late.is_trusted  # it may come back by a new licence alone


@pytest.mark.parametrize(("left", "told"), [(61, 0), (60, 1), (31, 1), (30, 1), (8, 1), (7, 1), (0, 1), (-1, 0)])
def test_owners_and_officers_hear_before_it_runs_out(officer: User, left: int, told: int) -> None:
    agency = agency_with(valid_to=days(left))
    owner = owner_of(agency)
    licences.watch()
    licences.watch()
    for person in (owner, officer):
        assert Notice.objects.filter(recipient=person, kind="licence_ending").count() == told


def test_they_hear_at_sixty_thirty_and_seven_days(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    last, heard = days(60), []
    LicenceFactory(valid_to=last)
    for left in (61, 60, 45, 30, 29, 7, 6, 0):
        for module in (licences, papers):
            monkeypatch.setattr(module, "today", lambda left=left: last - timedelta(days=left))
        licences.watch()
        heard.append(Notice.objects.filter(recipient=officer).count())
    assert heard == [0, 1, 1, 2, 2, 3, 3, 3]


def test_officers_without_that_work_and_who_has_a_successor_hear_nothing(officer: User) -> None:
    powerless = UserFactory(officer=True)
    powerless.groups.clear()
    admin, reader = user_in(Role.ADMIN), user_in(Role.PARK)
    ours = LicenceFactory(valid_to=days(20))
    licences.watch()
    told = set(Notice.objects.values_list("recipient", flat=True))
    assert {officer.pk, admin.pk} <= told and not {powerless.pk, reader.pk} & told
    Notice.objects.all().delete()
    LicenceFactory(valid_from=ours.valid_to + timedelta(days=1), valid_to=days(400))
    Licence.objects.filter(pk=ours.pk).update(valid_to=days(5), valid_from=days(-5))
    Licence.objects.exclude(pk=ours.pk).update(valid_from=days(6))
    licences.watch()
    assert not Notice.objects.exists()


def test_the_nights_task_does_all_of_it() -> None:
    posting = JobPostingFactory(employer=agency_with(valid_to=days(-1)))
    watch_papers()
    posting.refresh_from_db()
    assert posting.state == PostingState.PAUSED


# Writing them down ---------------------------------------------------------------------------------------------------


def fields(**changes: Any) -> dict[str, Any]:
    return {
        "employer": None, "kind": LicenceKind.PLACEMENT, "holder": "金巴中心", "number": "人服证字 1 号",
        "scope": "职业中介", "issuer": "市人社局", "valid_from": days(0), "valid_to": days(900),
        "fee_note": "对求职者不收费", "supervision_phone": "12333", **changes,
    }  # fmt: skip


def test_an_officer_records_and_corrects_a_licence(officer: User) -> None:
    licence = licences.record(by=officer, **fields(number=" 人服证字 1 号 "))
    assert licence.number == "人服证字 1 号"
    licences.change(licence=licence, by=officer, valid_to=days(30))
    licence.refresh_from_db()
    assert licence.days_left == 30


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"valid_to": days(-1)}, "valid_to"),
        ({"scope": ""}, "scope"),
        ({"fee_note": " "}, "fee_note"),
        ({"supervision_phone": ""}, "supervision_phone"),
    ],
)
def test_what_has_to_be_shown_has_to_be_written(officer: User, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Incomplete) as refusal:
        licences.record(by=officer, **fields(**changes))
    assert list(refusal.value.problems) == [field]
    assert not Licence.objects.exists()


def test_whose_licence_it_may_be_and_who_writes(officer: User, employer: Employer, owner: User) -> None:
    with pytest.raises(Incomplete, match="不是人力资源服务机构"):
        licences.record(by=officer, **fields(employer=employer))
    agency = EmployerFactory(agency=True)
    for by in (owner, owner_of(agency), None):
        with pytest.raises(Refused, match="只有审核人员"):
            licences.record(by=by, **fields(employer=agency))
    licences.record(by=officer, **fields(employer=agency, scope="", supervision_phone=""))


def test_one_that_is_ended_stops_its_agency_at_once(officer: User, owner: User) -> None:
    agency = agency_with()
    posting, licence = JobPostingFactory(employer=agency), agency.licences.get()
    for by, reason, said in ((owner, "吊销", "只有审核人员"), (officer, " ", "写原因")):
        with pytest.raises(Refused, match=said):
            licences.end(licence=licence, by=by, reason=reason)
    licences.end(licence=licence, by=officer, reason="吊销")
    posting.refresh_from_db()
    assert posting.state == PostingState.PAUSED and "吊销" in posting.state_reason
    with pytest.raises(Refused, match="已经停用"):
        licences.end(licence=licence, by=officer, reason="吊销")


# What is shown -------------------------------------------------------------------------------------------------------


def page(client: Client, url: str) -> str:
    return client.get(url).content.decode()


@pytest.mark.parametrize("url", ["/", "/postings/", "/about/", "/accounts/sign-in/"])
def test_every_page_shows_licence_scope_fees_and_whom_to_call(client: Client, url: str) -> None:
    """A page that shows nothing of it fails here (C2)."""
    LicenceFactory(
        number="（浙）人服证字〔2026〕第 77 号", scope="职业中介", fee_note="一分钱不收", supervision_phone="12333"
    )
    foot = page(client, url).partition("<footer")[2]
    for shown in ("（浙）人服证字〔2026〕第 77 号", "职业中介", "一分钱不收", 'href="tel:12333"', reverse("about")):
        assert shown in foot


def test_without_one_the_page_says_so_and_shows_none(client: Client) -> None:
    LicenceFactory(valid_to=days(-1), number="旧的 1 号")
    assert "旧的 1 号" not in page(client, "/")
    assert "暂停发布新岗位" in page(client, "/about/")


def test_the_placement_licence_stands_before_others(client: Client) -> None:
    LicenceFactory(kind=LicenceKind.DISPATCH, number="派遣 9 号", valid_to=days(5000))
    LicenceFactory(number="中介 1 号")
    foot = page(client, "/").partition("<footer")[2]
    assert "中介 1 号" in foot and "派遣 9 号" not in foot
    about = page(client, "/about/")
    assert "中介 1 号" in about and "派遣 9 号" in about


def test_an_agencys_own_page_and_the_list_show_its_licence(client: Client) -> None:
    agency = agency_with(number="机构 5 号")
    assert "机构 5 号" in page(client, agency.get_absolute_url())
    assert "机构 5 号" in page(client, "/about/") and agency.name in page(client, "/about/")
    Licence.objects.filter(employer=agency).update(valid_to=days(-1))
    licensing.forget_shown()
    assert "暂停招聘" in page(Client(), f"{agency.get_absolute_url()}?fresh")
    assert "机构 5 号" not in page(Client(), "/about/?fresh")


def test_a_verified_employer_shows_until_when(client: Client, employer: Employer) -> None:
    until = f"有效期至 {date_format(timezone.localtime(employer.verified_until), 'Y年n月j日')}"
    posting = JobPostingFactory(employer=employer)
    assert until in page(client, employer.get_absolute_url())
    assert until in page(client, reverse("postings:detail", args=[posting.pk]))


# The desk ------------------------------------------------------------------------------------------------------------

LIST = reverse("admin:employers_licence_changelist")


@pytest.fixture
def desk(officer: User) -> Client:
    client = Client()
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    return client


def typed(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in fields(employer="", **changes).items() if value is not None}


def test_an_officer_writes_a_licence_down_at_the_desk(desk: Client, django_assert_max_num_queries: Any) -> None:
    response = desk.post(f"{LIST}add/", typed(supervision_phone=""))
    assert response.status_code == 200 and "请写监督电话" in response.content.decode()
    assert desk.post(f"{LIST}add/", typed()).status_code == 302
    licence = Licence.objects.get()
    url = reverse("admin:employers_licence_change", args=[licence.pk])
    assert desk.post(url, typed(number="改过的 2 号")).status_code == 302
    licence.refresh_from_db()
    assert licence.number == "改过的 2 号"
    with django_assert_max_num_queries(9):
        assert "还有 900 天" in page(desk, LIST)
    press = {"action": "licences_end", "_selected_action": [licence.pk], "sure": "yes", "reason": "换证"}
    desk.post(LIST, press)
    licence.refresh_from_db()
    assert not licence.is_active
    assert desk.post(url, typed(number="又改")).status_code == 403
    assert desk.post(f"{LIST}{licence.pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_desk_says_when_there_is_none(desk: Client) -> None:
    assert "许可快到期或缺失" in page(desk, reverse("admin:index"))


def test_a_start_without_a_licence_says_so() -> None:
    def said() -> list[str]:
        return [found.id for found in run_checks(tags=[Tags.database], databases=["default"]) if found.id]

    assert "employers.W001" in said()
    EmployerFactory()
    assert "employers.W001" not in said()
