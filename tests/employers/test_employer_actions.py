"""Registration, profile and verification: what works, and every refusal beside it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from employers.actions import employers
from employers.choices import EmployerState, MemberRole, PostingState
from employers.models import Employer, EmployerEvent, Member
from employers.moves import MOVES
from employers.problems import Incomplete
from employers.tasks import watch_verifications
from jinba.accounts.choices import Role
from jinba.accounts.models import User
from jinba.core.errors import Refused
from jinba.notices.models import Notice
from tests.factories.accounts import UserFactory
from tests.factories.employers import (
    EmployerFactory,
    JobPostingFactory,
    LicenceFactory,
    MemberFactory,
    credit_code,
    owner_of,
    papers_of,
)
from tests.factories.reference import ZoneFactory, region

pytestmark = pytest.mark.django_db
S = EmployerState


def profile(**changes: Any) -> dict[str, Any]:
    complete = {
        "name": "永康市飞鹰五金厂",
        "uscc": credit_code(5001),
        "org_type": "company",
        "industry": "五金制造",
        "scale": "100-499",
        "region": region("330784"),
        "zone": None,
        "address": "五金大道 8 号",
        "intro": "做扳手。",
        "contact_name": "吕厂长",
        "contact_phone": "138 5790 0001",
    }
    return {**complete, **changes}


@pytest.fixture
def newcomer() -> User:
    return UserFactory(employer=True)


# Registration --------------------------------------------------------------------------------------------------------


def test_who_registers_an_employer_owns_it(newcomer: User) -> None:
    member = employers.register(by=newcomer, **profile(uscc=credit_code(5001).lower()))
    employer = member.employer
    assert member.user == newcomer and member.role == MemberRole.OWNER
    assert (employer.state, employer.uscc, employer.contact_phone) == (S.DRAFT, credit_code(5001), "13857900001")
    assert list(employer.events.values_list("reason", "by")) == [("注册", newcomer.pk)]


def test_a_zone_tells_the_place(newcomer: User) -> None:
    member = employers.register(by=newcomer, **profile(region=None, zone=ZoneFactory()))
    assert member.employer.region_id == "330702"


def test_who_looks_for_work_does_not_turn_into_an_employer() -> None:
    seeker = UserFactory()
    with pytest.raises(Refused, match="不是用人单位"):
        employers.register(by=seeker, **profile())
    seeker.refresh_from_db()
    assert seeker.role == Role.SEEKER and not Employer.objects.exists()


def test_one_user_registers_one_employer(newcomer: User) -> None:
    employers.register(by=newcomer, **profile())
    with pytest.raises(Refused, match="已经是一家单位的成员"):
        employers.register(by=newcomer, **profile(uscc=credit_code(5002)))


def test_a_code_that_is_taken_is_refused_and_tells_nothing_of_its_owner(newcomer: User) -> None:
    taken = EmployerFactory(name="某某厂", contact_name="王总")
    with pytest.raises(Refused, match="邀请您") as refusal:
        employers.register(by=newcomer, **profile(uscc=taken.uscc))
    assert refusal.value.field == "uscc"
    assert "某某" not in refusal.value.message and "王" not in refusal.value.message


def test_every_wrong_field_is_named_at_once(newcomer: User) -> None:
    with pytest.raises(Incomplete) as refusal:
        employers.register(
            by=newcomer,
            **profile(uscc="91110000600037342L", contact_phone="123", zone=ZoneFactory(park=True)),
        )
    assert set(refusal.value.problems) == {"uscc", "contact_phone", "zone"}
    assert not Member.objects.exists()


@pytest.mark.parametrize("field", ["name", "uscc"])
def test_name_and_code_are_asked_for_at_once(newcomer: User, field: str) -> None:
    with pytest.raises(Incomplete) as refusal:
        employers.register(by=newcomer, **profile(**{field: "  "}))
    assert list(refusal.value.problems) == [field]


# Profile -------------------------------------------------------------------------------------------------------------


def test_an_owner_corrects_the_profile(employer: Employer, owner: User) -> None:
    employers.change_profile(employer=employer, by=owner, address="新路 1 号", contact_phone="13900000000")
    employer.refresh_from_db()
    assert (employer.address, employer.contact_phone) == ("新路 1 号", "13900000000")


def test_a_recruiter_a_stranger_and_nobody_may_not(employer: Employer, recruiter: User, stranger: User) -> None:
    for by, said in ((recruiter, "只有负责人"), (stranger, "不是这家单位的成员"), (None, "只有负责人")):
        with pytest.raises(Refused, match=said):
            employers.change_profile(employer=employer, by=by, address="新路 1 号")


@pytest.mark.parametrize("state", ["draft", "returned"])
def test_the_name_may_change_before_it_is_handed_in(state: str) -> None:
    employer = EmployerFactory(**{state: True})
    posting = JobPostingFactory(employer=employer, draft=True)
    employers.change_profile(employer=employer, by=owner_of(employer), name="金东区红星纺织厂")
    posting.refresh_from_db()
    assert "红星" in posting.search


@pytest.mark.parametrize("state", ["submitted", "due", "suspended"])
@pytest.mark.parametrize(("field", "value"), [("name", "别的厂"), ("uscc", credit_code(777)), ("org_type", "sole")])
def test_what_the_officer_compared_stands_still(state: str, field: str, value: str) -> None:
    employer = EmployerFactory(**{state: True})
    with pytest.raises(Refused, match="不能改") as refusal:
        employers.change_profile(employer=employer, by=owner_of(employer), **{field: value})
    assert refusal.value.field == field


def test_a_profile_that_was_handed_in_stays_complete(employer: Employer, owner: User) -> None:
    with pytest.raises(Incomplete) as refusal:
        employers.change_profile(employer=employer, by=owner, intro="")
    assert list(refusal.value.problems) == ["intro"]


def test_a_banned_employer_changes_nothing(owner: User, employer: Employer) -> None:
    Employer.objects.filter(pk=employer.pk).update(state=S.BANNED)
    with pytest.raises(Refused, match="黑名单"):
        employers.change_profile(employer=employer, by=owner, address="新路 1 号")


# Verification --------------------------------------------------------------------------------------------------------

Act = Callable[..., Employer]
ACTS: dict[EmployerState, Act] = {
    S.SUBMITTED: employers.submit_for_verification,
    S.VERIFIED: employers.verify,
    S.RETURNED: employers.return_,
    S.SUSPENDED: employers.suspend,
    S.BANNED: employers.ban,
    S.DUE: employers.mark_due,
}


def act(employer: Employer, to: EmployerState, by: Any, reason: str = "执照看不清") -> Employer:
    return ACTS[to](employer=employer, by=by, **({} if to == S.SUBMITTED else {"reason": reason}))


@pytest.mark.parametrize("to", list(ACTS))
@pytest.mark.parametrize("start", list(S))
def test_the_table_of_moves_holds_for_everybody(start: EmployerState, to: EmployerState) -> None:
    allowed = MOVES.get((start, to), frozenset())
    for who in ("owner", "officer", "system", "recruiter"):
        employer = EmployerFactory(state=start, verified_at=timezone.now(), papers=True)
        people = {
            "owner": owner_of(employer),
            "officer": UserFactory(officer=True),
            "system": None,
            "recruiter": MemberFactory(employer=employer, recruiter=True).user,
        }
        if who in allowed:
            assert act(employer, to, people[who]).state == to
            event = EmployerEvent.objects.get(employer=employer)
            assert (event.from_state, event.to_state, event.by) == (start, to, people[who])
        else:
            with pytest.raises(Refused, match="不能改成"):
                act(employer, to, people[who])
            employer.refresh_from_db()
            assert employer.state == start and not employer.events.exists()


def test_an_incomplete_profile_is_not_handed_in() -> None:
    employer = EmployerFactory(draft=True, intro="", region=region("3307"), papers=True)
    with pytest.raises(Incomplete) as refusal:
        employers.submit_for_verification(employer=employer, by=owner_of(employer))
    assert set(refusal.value.problems) == {"intro", "region"}


@pytest.mark.parametrize("to", [S.RETURNED, S.SUSPENDED, S.BANNED])
def test_bad_news_needs_a_reason(officer: User, to: EmployerState) -> None:
    employer = EmployerFactory(due=True)
    with pytest.raises(Refused, match="写原因") as refusal:
        act(employer, to, officer, reason="  ")
    assert refusal.value.field == "reason"
    assert act(employer, to, officer, reason="投诉属实").state_reason == "投诉属实"


def test_verifying_says_who_and_when(officer: User) -> None:
    employer = employers.verify(employer=EmployerFactory(submitted=True, papers=True), by=officer)
    assert employer.verified_by == officer and employer.verified_at is not None and employer.is_trusted


def test_owners_are_told_and_recruiters_not(employer: Employer, owner: User, recruiter: User, officer: User) -> None:
    employers.suspend(employer=employer, by=officer, reason="欠薪核查")
    notice = Notice.objects.get()
    assert notice.recipient == owner and notice.kind == "employer_suspended" and "欠薪核查" in notice.body


@pytest.mark.parametrize("to", [S.SUSPENDED, S.BANNED])
def test_losing_trust_pauses_what_is_published(officer: User, to: EmployerState) -> None:
    employer = EmployerFactory(due=True)
    published, draft = JobPostingFactory(employer=employer), JobPostingFactory(employer=employer, draft=True)
    elsewhere = JobPostingFactory()
    act(employer, to, officer, reason="欠薪核查")
    for row in (published, draft, elsewhere):
        row.refresh_from_db()
    assert (published.state, draft.state) == (PostingState.PAUSED, PostingState.DRAFT)
    assert elsewhere.state == PostingState.PUBLISHED
    assert "欠薪核查" in published.state_reason and published.events.get().by == officer


def test_a_ban_ends_the_running_applications_a_suspension_does_not(
    officer: User, letters: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    for to, closes in ((S.SUSPENDED, False), (S.BANNED, True)):
        posting = JobPostingFactory(employer=EmployerFactory(due=True))
        # Changed after it was published: applications run, though an officer has to look at it again.
        changed = JobPostingFactory(employer=posting.employer, review=True, published_at=timezone.now())
        with django_capture_on_commit_callbacks(execute=True):
            act(posting.employer, to, officer)
        for row in (posting, changed):
            assert (("labor.applications.tasks.posting_closed", {"posting_id": row.pk}) in letters) is closes
        assert ("labor.matching.tasks.match_posting", {"posting_id": posting.pk}) in letters


def verified(days_ago: float, **fields: Any) -> Employer:
    return EmployerFactory(verified_at=timezone.now() - timedelta(days=days_ago), **fields)


def test_old_verifications_fall_due_once_and_the_owners_hear_by_when() -> None:
    old, fresh = verified(150.1), verified(149.9)
    owner = owner_of(old)
    assert (employers.mark_all_due(), employers.mark_all_due()) == (1, 0)
    old.refresh_from_db()
    fresh.refresh_from_db()
    assert (old.state, fresh.state) == (S.DUE, S.VERIFIED)
    assert old.is_trusted and old.events.get().by is None
    notice = Notice.objects.get()
    assert notice.recipient == owner and notice.kind == "employer_due"
    assert f"{timezone.localtime(old.verified_until):%Y-%m-%d} 到期" in notice.body


def test_who_was_not_looked_at_in_time_stops_recruiting_once() -> None:
    late, in_time = verified(180.1, due=True), verified(179.9, due=True)
    owner, posting = owner_of(late), JobPostingFactory(employer=late)
    assert (employers.suspend_overdue(), employers.suspend_overdue()) == (1, 0)
    late.refresh_from_db()
    in_time.refresh_from_db()
    posting.refresh_from_db()
    assert (late.state, in_time.state, posting.state) == (S.SUSPENDED, S.DUE, PostingState.PAUSED)
    assert late.events.get().by is None and "没有复核" in late.state_reason
    assert Notice.objects.get(recipient=owner).kind == "employer_suspended"


def test_a_new_verification_starts_the_clock_anew(officer: User) -> None:
    employer = verified(170, due=True, papers=True)
    employers.verify(employer=employer, by=officer)
    assert (employers.mark_all_due(), employers.suspend_overdue()) == (0, 0)
    employer.refresh_from_db()
    assert employer.state == S.VERIFIED and employer.verified_until > timezone.now() + timedelta(days=179)


def test_after_a_long_silence_of_beat_nobody_is_suspended_unwarned() -> None:
    """The night's work runs suspensions first: who only now falls due has another day."""
    employer = verified(200)
    watch_verifications()
    employer.refresh_from_db()
    assert employer.state == S.DUE
    watch_verifications()
    employer.refresh_from_db()
    assert employer.state == S.SUSPENDED


# Papers --------------------------------------------------------------------------------------------------------------


def test_without_all_papers_nothing_is_handed_in() -> None:
    employer = EmployerFactory(draft=True)
    with pytest.raises(Incomplete) as refusal:
        employers.submit_for_verification(employer=employer, by=owner_of(employer))
    assert set(refusal.value.problems) == {f"document_{kind}" for kind in ("licence", "letter", "agent_id", "proxy")}
    papers_of(employer, "submitted")
    assert employers.submit_for_verification(employer=employer, by=owner_of(employer)).state == S.SUBMITTED


@pytest.mark.parametrize(
    ("state", "valid_to", "said"),
    [("returned", None, "退回"), ("rejected", None, "退回"), ("approved", date(2020, 1, 1), "过期")],
)
def test_a_bad_paper_is_not_handed_in_again(state: str, valid_to: Any, said: str) -> None:
    employer = EmployerFactory(returned=True, papers=True)
    employer.documents.filter(kind="proxy").update(state=state, valid_to=valid_to)
    with pytest.raises(Incomplete, match=said) as refusal:
        employers.submit_for_verification(employer=employer, by=owner_of(employer))
    assert list(refusal.value.problems) == ["document_proxy"]


@pytest.mark.parametrize("start", ["submitted", "due", "suspended"])
@pytest.mark.parametrize(
    ("state", "valid_to", "said"),
    [
        *(("submitted", None, "待审核"), ("returned", None, "需补正"), ("rejected", None, "不通过")),
        *(("replaced", None, "还没有上传"), ("approved", date(2020, 1, 1), "过期")),
    ],
)
def test_nobody_is_verified_unless_every_paper_is_good(
    officer: User, start: str, state: str, valid_to: Any, said: str
) -> None:
    employer = EmployerFactory(**{start: True}, papers=True)
    employer.documents.filter(kind="licence").update(state=state, valid_to=valid_to)
    with pytest.raises(Incomplete, match=said) as refusal:
        employers.verify(employer=employer, by=officer)
    assert list(refusal.value.problems) == ["document_licence"]
    employer.documents.filter(kind="licence").update(state="approved", valid_to=None)
    assert employers.verify(employer=employer, by=officer).state == S.VERIFIED


def test_an_agency_shows_its_permit_and_needs_it_on_record(officer: User) -> None:
    agency = EmployerFactory(submitted=True, agency=True, papers=True)
    assert agency.documents.filter(kind="permit").exists()
    with pytest.raises(Refused, match="登记这家机构"):
        employers.verify(employer=agency, by=officer)
    LicenceFactory(employer=agency)
    assert employers.verify(employer=agency, by=officer).state == S.VERIFIED
    agency.documents.filter(kind="permit").update(state="returned")
    Employer.objects.filter(pk=agency.pk).update(state=S.DUE)
    with pytest.raises(Incomplete, match="许可证需补正"):
        employers.verify(employer=agency, by=officer)


# A code that a stranger registered -----------------------------------------------------------------------------------


@pytest.mark.parametrize("start", ["draft", "submitted", "returned", "suspended", "banned"])
def test_a_code_is_freed_for_the_real_firm(officer: User, newcomer: User, start: str) -> None:
    squatter = EmployerFactory(**{start: True})
    code = squatter.uscc
    employers.free_code(employer=squatter, by=officer, reason="冒用别人的执照")
    squatter.refresh_from_db()
    assert (squatter.state, squatter.uscc) == (S.BANNED, None)
    event = squatter.events.last()
    assert event is not None and str(code) in event.reason and "冒用" in event.reason and event.by == officer
    assert employers.register(by=newcomer, **profile(uscc=code)).employer.uscc == code
    with pytest.raises(Refused, match="没有信用代码"):
        employers.free_code(employer=squatter, by=officer, reason="再来一次")
    with pytest.raises(Refused, match="已经释放"):
        employers.return_(employer=squatter, by=officer, reason="弄错了")


def test_who_may_not_free_a_code(officer: User, employer: Employer, owner: User) -> None:
    squatter = EmployerFactory(submitted=True)
    with pytest.raises(Refused, match="已认证"):
        employers.free_code(employer=employer, by=officer, reason="冒用")
    with pytest.raises(Refused, match="只有审核人员"):
        employers.free_code(employer=squatter, by=owner_of(squatter), reason="冒用")
    with pytest.raises(Refused, match="不是这家单位的成员"):
        employers.free_code(employer=squatter, by=owner, reason="冒用")
    with pytest.raises(Refused, match="写原因") as refusal:
        employers.free_code(employer=squatter, by=officer, reason=" ")
    assert refusal.value.field == "reason"
    squatter.refresh_from_db()
    assert squatter.uscc and squatter.state == S.SUBMITTED


def test_what_a_freed_seat_opened_under_a_suspension_is_matched_when_trust_returns(
    officer: User, letters: list[tuple[str, dict[str, Any]]], django_capture_on_commit_callbacks: Any
) -> None:
    employer = EmployerFactory(suspended=True, papers=True)
    posting, other = JobPostingFactory(employer=employer), JobPostingFactory(employer=employer, paused=True)
    with django_capture_on_commit_callbacks(execute=True):
        employers.verify(employer=employer, by=officer)
    matched = [arguments["posting_id"] for task, arguments in letters if task == "labor.matching.tasks.match_posting"]
    assert matched == [posting.pk] and other.pk not in matched
    before = posting.updated_at
    posting.refresh_from_db()
    assert posting.updated_at > before  # and the sweep sees it, should the letter get lost
