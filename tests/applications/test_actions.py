"""What the actions do and, row by row, what they refuse."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from employers.actions import postings
from employers.choices import EmployerState, PostingState
from employers.models import Employer, JobPosting
from jinba.core.errors import Refused
from jinba.notices.models import Notice
from labor.applications import actions as applications
from labor.applications.choices import LIVE, CloseReason, Stage, Via
from labor.applications.models import Application, ApplicationEvent, PostingInvitation
from labor.workers.choices import JobStatus
from tests.factories.accounts import UserFactory
from tests.factories.applications import ApplicationFactory, PostingInvitationFactory, offered
from tests.factories.employers import EmployerFactory, JobPostingFactory, MemberFactory, owner_of
from tests.factories.workers import WorkerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


def stage_of(application: Application) -> str:
    return Application.objects.get(pk=application.pk).stage


def notices_of(user: Any) -> list[str]:
    return list(Notice.objects.filter(recipient=user).order_by("pk").values_list("title", flat=True))


# Applying ------------------------------------------------------------------------------------------------------------


def test_applying_records_the_consent_that_names_the_employer_and_tells_its_members() -> None:
    posting, worker = JobPostingFactory(), WorkerFactory()
    owner, colleague = owner_of(posting.employer), MemberFactory(employer=posting.employer, recruiter=True).user
    application = applications.apply(worker=worker, posting=posting, by=worker.user)
    assert application.stage == Stage.APPLIED and application.via == Via.SELF
    assert (
        posting.employer.name in application.consent_text
        and "第 2 版" in application.consent_text
        and "年满 16 周岁" in application.consent_text
    )
    assert list(application.events.values_list("from_stage", "to_stage", "by")) == [("", "applied", worker.user_id)]
    assert notices_of(owner) == notices_of(colleague) == [f"“{posting.title}”有新的报名"]


def test_a_second_tap_returns_the_same_application() -> None:
    posting, worker = JobPostingFactory(), WorkerFactory()
    first = applications.apply(worker=worker, posting=posting, by=worker.user)
    assert applications.apply(worker=worker, posting=posting, by=worker.user) == first
    assert ApplicationEvent.objects.count() == 1


def test_a_second_tap_returns_the_same_application_even_after_the_posting_closed() -> None:
    application = ApplicationFactory(posting__paused=True)
    assert application == applications.apply(
        worker=application.worker, posting=application.posting, by=application.worker.user
    )


def test_two_hundred_applicants_in_an_hour_are_one_notice() -> None:
    posting = JobPostingFactory()
    owner = owner_of(posting.employer)
    for _ in range(3):
        worker = WorkerFactory()
        applications.apply(worker=worker, posting=posting, by=worker.user)
    assert len(notices_of(owner)) == 1


@pytest.mark.parametrize(
    ("situation", "words"),
    [
        ({"paused": True}, "暂时不招人"),
        ({"filled_up": True}, "招满了"),
        ({"filled": 5}, "招满了"),
        ({"expired": True}, "过了有效期"),
        ({"removed": True}, "已经不招人了"),
        ({"archived": True}, "已经不招人了"),
        ({"draft": True}, "正在修改"),
        ({"repost": True}, "到来源页面报名"),
        ({"employer__suspended": True}, "正在核实"),
    ],
)
def test_applying_to_a_posting_that_is_not_open_is_refused(situation: dict[str, Any], words: str) -> None:
    posting, worker = JobPostingFactory(**situation), WorkerFactory()
    with pytest.raises(Refused, match=words):
        applications.apply(worker=worker, posting=posting, by=worker.user)
    JobPosting.objects.filter(pk=posting.pk).update(
        state=PostingState.PUBLISHED, filled=0, valid_until=timezone.localdate(), published_at=timezone.now()
    )
    Employer.objects.filter(pk=posting.employer_id).update(state=EmployerState.VERIFIED, verified_at=timezone.now())
    assert applications.apply(worker=worker, posting=posting, by=worker.user)


def test_applying_is_refused_to_an_inactive_worker() -> None:
    posting, worker = JobPostingFactory(), WorkerFactory(is_active=False)
    with pytest.raises(Refused, match="已停用"):
        applications.apply(worker=worker, posting=posting, by=worker.user)


@pytest.mark.parametrize(("days_missing", "may"), [(0, True), (1, False)])
def test_applying_is_refused_below_sixteen(days_missing: int, may: bool) -> None:
    today = timezone.localdate()
    born = today.replace(year=today.year - 16, day=min(today.day, 28)) + timedelta(days=days_missing)
    if today.day > 28:
        born = date(today.year - 16, today.month, 28) + timedelta(days=days_missing + today.day - 28)
    posting, worker = JobPostingFactory(), WorkerFactory(birth_date=born)
    if may:
        assert applications.apply(worker=worker, posting=posting, by=worker.user)
    else:
        with pytest.raises(Refused, match="不满 16 岁"):
            applications.apply(worker=worker, posting=posting, by=worker.user)


def test_a_broker_applies_for_those_who_entrusted_him_and_for_nobody_else() -> None:
    posting, worker = JobPostingFactory(), WorkerFactory(unclaimed=True)
    with pytest.raises(Refused, match="只有本人"):
        applications.apply(worker=worker, posting=posting, by=UserFactory(broker=True), via=Via.BROKER)
    application = applications.apply(worker=worker, posting=posting, by=worker.registered_by, via=Via.BROKER)
    assert (application.via, application.applied_by) == (Via.BROKER, worker.registered_by)


def test_another_seeker_cannot_apply_for_me() -> None:
    with pytest.raises(Refused, match="只有本人"):
        applications.apply(worker=WorkerFactory(), posting=JobPostingFactory(), by=WorkerFactory().user)


def test_after_withdrawing_one_may_apply_again() -> None:
    application = ApplicationFactory()
    worker = application.worker
    applications.withdraw(application=application, by=worker.user, reason=CloseReason.OTHER, note="想再等等")
    again = applications.apply(worker=worker, posting=application.posting, by=worker.user)
    assert again != application and again.stage == Stage.APPLIED


# Moving --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def application() -> Application:
    return ApplicationFactory()


@pytest.fixture
def member(application: Application) -> Any:
    return owner_of(application.posting.employer)


def test_a_colleague_moves_what_the_other_member_began(application: Application, member: Any) -> None:
    applications.move(application=application, to=Stage.PROCESSING, by=member)
    colleague = MemberFactory(employer=application.posting.employer, recruiter=True).user
    applications.move(application=application, to=Stage.SHORTLISTED, by=colleague, note="周三上午来厂里看看")
    assert list(application.events.values_list("to_stage", "by"))[1:] == [
        ("processing", member.pk), ("shortlisted", colleague.pk),
    ]  # fmt: skip


def test_the_worker_reads_of_it_in_plain_words(application: Application, member: Any) -> None:
    applications.move(application=application, to=Stage.NEED_INFO, by=member, note="请填健康证，周三前")
    notice = Notice.objects.filter(recipient=application.worker.user).first()
    assert notice is not None
    assert notice.title == f"{application.posting.title}：企业想多了解您"
    assert "周三前" in notice.body and "待补充" not in notice.body
    assert notice.url == application.get_absolute_url()


def test_a_move_asked_twice_is_one_move(application: Application, member: Any) -> None:
    for _ in range(2):
        applications.move(application=application, to=Stage.PROCESSING, by=member)
    assert application.events.count() == 2


@pytest.mark.parametrize("to", [Stage.OFFERED, Stage.ACCEPTED, Stage.WITHDRAWN, Stage.OBSOLETE, Stage.TIMED_OUT])
def test_a_member_is_refused_moves_that_are_not_his(application: Application, member: Any, to: Stage) -> None:
    with pytest.raises(Refused):
        applications.move(application=application, to=to, by=member, reason=CloseReason.SKILLS)
    assert stage_of(application) == Stage.APPLIED


def test_members_of_other_employers_and_officers_are_refused(application: Application) -> None:
    for stranger in (MemberFactory().user, UserFactory(officer=True), WorkerFactory().user):
        with pytest.raises(Refused, match="不归您办"):
            applications.move(application=application, to=Stage.PROCESSING, by=stranger)


@pytest.mark.parametrize(
    ("reason", "note", "field"),
    [("", "", "reason"), ("nonsense", "", "reason"), (CloseReason.AUTOMATIC, "", "reason"), ("other", " ", "note")],
)
def test_closing_without_a_proper_reason_is_refused(
    application: Application, member: Any, reason: str, note: str, field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        applications.move(application=application, to=Stage.REJECTED, by=member, reason=reason, note=note)
    assert refusal.value.field == field
    applications.move(application=application, to=Stage.REJECTED, by=member, reason="other", note="岗位要求有叉车证")
    assert stage_of(application) == Stage.REJECTED


def test_a_note_that_does_not_fit_is_refused(application: Application, member: Any) -> None:
    with pytest.raises(Refused, match="200 个字"):
        applications.move(application=application, to=Stage.PROCESSING, by=member, note="字" * 201)


def test_a_closed_application_stays_closed_and_says_why(application: Application, member: Any) -> None:
    applications.move(application=application, to=Stage.REJECTED, by=member, reason=CloseReason.SKILLS)
    with pytest.raises(Refused, match=r"已经结束（技能不符）"):
        applications.move(application=application, to=Stage.PROCESSING, by=member)


def test_offering_is_refused_when_all_are_hired_or_the_employer_lost_its_standing() -> None:
    application = ApplicationFactory(stage=Stage.SHORTLISTED, posting__headcount=1)
    posting, member = application.posting, owner_of(application.posting.employer)
    JobPosting.objects.filter(pk=posting.pk).update(filled=1)
    with pytest.raises(Refused, match="已经录满"):
        applications.move(application=application, to=Stage.OFFERED, by=member)
    JobPosting.objects.filter(pk=posting.pk).update(filled=0, state=PostingState.REMOVED)
    with pytest.raises(Refused, match="已下架"):
        applications.move(application=application, to=Stage.OFFERED, by=member)
    JobPosting.objects.filter(pk=posting.pk).update(state=PostingState.PUBLISHED)
    Employer.objects.filter(pk=posting.employer_id).update(state=EmployerState.SUSPENDED)
    with pytest.raises(Refused, match="已认证"):
        applications.move(application=application, to=Stage.OFFERED, by=member)
    Employer.objects.filter(pk=posting.employer_id).update(state=EmployerState.VERIFIED)
    assert applications.move(application=application, to=Stage.OFFERED, by=member).stage == Stage.OFFERED


# Hiring --------------------------------------------------------------------------------------------------------------


def test_accepting_takes_a_seat_and_ends_the_other_applications() -> None:
    application = offered()
    worker, posting = application.worker, application.posting
    waiting = ApplicationFactory(worker=worker, stage=Stage.SHORTLISTED)
    other_offer = offered(worker=worker)
    closed = ApplicationFactory(worker=worker, stage=Stage.REJECTED)
    somebody = ApplicationFactory(posting=posting)
    owner, other_owner = owner_of(posting.employer), owner_of(waiting.posting.employer)
    applications.accept(application=application, by=worker.user)
    posting.refresh_from_db()
    waiting.refresh_from_db()
    assert (stage_of(application), posting.filled, posting.state) == ("accepted", 1, "published")
    assert (waiting.stage, waiting.resumes_as, waiting.close_reason) == ("obsolete", "shortlisted", "hired_elsewhere")
    assert [stage_of(row) for row in (other_offer, closed, somebody)] == ["obsolete", "rejected", "applied"]
    assert notices_of(owner) == [f"{worker.masked_name} 接受了“{posting.title}”的录用"]
    assert notices_of(other_owner) == [f"{worker.masked_name} 去了别的单位，“{waiting.posting.title}”的报名自动结束"]


def test_the_last_seat_fills_the_posting_and_a_withdrawal_publishes_it_again() -> None:
    application = offered(posting__headcount=1)
    late = offered(posting=application.posting)
    posting, worker = application.posting, application.worker
    applications.accept(application=application, by=worker.user)
    posting.refresh_from_db()
    assert (posting.filled, posting.state) == (1, PostingState.FILLED)
    with pytest.raises(Refused, match="招满"):
        applications.accept(application=late, by=late.worker.user)
    applications.withdraw(application=application, by=worker.user, reason=CloseReason.STAYS_HOME)
    posting.refresh_from_db()
    assert (posting.filled, posting.state) == (0, PostingState.PUBLISHED)
    assert applications.accept(application=late, by=late.worker.user).stage == Stage.ACCEPTED


@pytest.mark.parametrize("who", ["worker", "employer"])
def test_the_end_of_a_hire_revives_what_it_had_ended_and_can_end_it_again(who: str) -> None:
    application = offered()
    worker = application.worker
    waiting = ApplicationFactory(worker=worker, stage=Stage.INTERVIEWED)
    paused = ApplicationFactory(worker=worker, posting__paused=True)
    long_ago = ApplicationFactory(worker=worker, stage=Stage.OBSOLETE, resumes_as=Stage.APPLIED)
    applications.accept(application=application, by=worker.user)
    if who == "worker":
        applications.withdraw(application=application, by=worker.user, reason=CloseReason.NOT_INTERESTED)
    else:
        by = owner_of(application.posting.employer)
        applications.retract(application=application, by=by, reason=CloseReason.OTHER, note="订单取消了")
    waiting.refresh_from_db()
    assert (waiting.stage, waiting.resumes_as, waiting.close_reason) == (Stage.INTERVIEWED, "", "")
    assert [stage_of(paused), stage_of(long_ago)] == ["obsolete", "obsolete"]
    assert f"{waiting.posting.title}：这个报名恢复了" in notices_of(worker.user)

    second = offered(worker=worker)
    applications.accept(application=second, by=worker.user)
    assert [stage_of(waiting), stage_of(paused)] == ["obsolete", "obsolete"]


def test_who_applied_anew_is_not_revived_twice() -> None:
    application = offered()
    worker = application.worker
    waiting = ApplicationFactory(worker=worker)
    applications.accept(application=application, by=worker.user)
    anew = applications.apply(worker=worker, posting=waiting.posting, by=worker.user)
    applications.withdraw(application=application, by=worker.user, reason=CloseReason.NOT_INTERESTED)
    assert [stage_of(waiting), stage_of(anew)] == ["obsolete", "applied"]


def test_a_second_hire_is_refused_until_the_first_is_given_up() -> None:
    first = offered()
    worker = first.worker
    applications.accept(application=first, by=worker.user)
    second = offered(worker=worker)
    with pytest.raises(Refused, match=f"已经答应去“{first.posting.title}”"):
        applications.accept(application=second, by=worker.user)
    applications.withdraw(application=first, by=worker.user, reason=CloseReason.NOT_INTERESTED)
    assert applications.accept(application=second, by=worker.user).stage == Stage.ACCEPTED


def test_an_offer_of_an_employer_under_suspicion_cannot_be_accepted() -> None:
    application = offered()
    Employer.objects.filter(pk=application.posting.employer_id).update(state=EmployerState.BANNED)
    with pytest.raises(Refused, match="正在核实"):
        applications.accept(application=application, by=application.worker.user)
    assert JobPosting.objects.get(pk=application.posting_id).filled == 0


def test_accepting_without_an_offer_is_refused(application: Application) -> None:
    with pytest.raises(Refused, match="还不能办"):
        applications.accept(application=application, by=application.worker.user)
    assert JobPosting.objects.get(pk=application.posting_id).filled == 0


def test_accepting_twice_takes_one_seat() -> None:
    application = offered(posting__headcount=1)
    for _ in range(2):
        applications.accept(application=application, by=application.worker.user)
    assert JobPosting.objects.get(pk=application.posting_id).filled == 1


def test_declining_an_offer_tells_the_employer_why() -> None:
    application = offered()
    owner = owner_of(application.posting.employer)
    applications.decline(application=application, by=application.worker.user, reason=CloseReason.HIRED_ELSEWHERE)
    notice = Notice.objects.get(recipient=owner)
    assert "没有接受" in notice.title and notice.body == "已在别处就业"
    with pytest.raises(Refused, match="没有要回答的录用"):
        applications.decline(
            application=ApplicationFactory(), by=application.worker.user, reason=CloseReason.HIRED_ELSEWHERE
        )


def test_arriving_keeps_the_seat() -> None:
    application = offered()
    applications.accept(application=application, by=application.worker.user)
    applications.move(application=application, to=Stage.ONBOARDED, by=application.worker.user)
    assert JobPosting.objects.get(pk=application.posting_id).filled == 1
    with pytest.raises(Refused):
        applications.withdraw(application=application, by=application.worker.user, reason=CloseReason.NOT_INTERESTED)


# Many at once --------------------------------------------------------------------------------------------------------


def test_a_bulk_move_checks_row_by_row_and_does_not_touch_other_peoples_rows() -> None:
    posting = JobPostingFactory()
    by = owner_of(posting.employer)
    new, gone = ApplicationFactory(posting=posting), ApplicationFactory(posting=posting, stage=Stage.WITHDRAWN)
    there, foreign = ApplicationFactory(posting=posting, stage=Stage.PROCESSING), ApplicationFactory()
    ids = [new.pk, gone.pk, there.pk, foreign.pk, 10**9, new.pk]
    results = applications.move_many(ids=ids, to=Stage.PROCESSING, by=by)
    assert [(row.application_id, row.is_moved) for row in results] == [
        (new.pk, True), (gone.pk, False), (there.pk, False), (foreign.pk, False), (10**9, False),
    ]  # fmt: skip
    assert results[3].message == results[4].message and results[3].name == ""
    stages = [stage_of(row) for row in (new, gone, there, foreign)]
    assert stages == ["processing", "withdrawn", "processing", "applied"]


def test_a_bulk_closing_needs_a_reason_and_a_bulk_has_a_limit() -> None:
    application = ApplicationFactory()
    by = owner_of(application.posting.employer)
    with pytest.raises(Refused, match="选一个原因"):
        applications.move_many(ids=[application.pk], to=Stage.REJECTED, by=by)
    with pytest.raises(Refused, match="最多办 200"):
        applications.move_many(ids=range(201), to=Stage.REJECTED, by=by, reason=CloseReason.FULL)
    (row,) = applications.move_many(ids=[application.pk], to=Stage.REJECTED, by=by, reason=CloseReason.FULL)
    assert row.is_moved and row.message == "已报名 → 未录用"


# Closed postings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("is_removed", "ended", "kept"),
    [
        (False, 7, {Stage.OFFERED, Stage.ACCEPTED, Stage.ONBOARDED}),
        (True, 8, {Stage.ACCEPTED, Stage.ONBOARDED}),  # nobody could accept an offer of a removed posting
    ],
)
def test_the_end_of_a_posting_ends_what_runs(
    letters: list[Any], is_removed: bool, ended: int, kept: set[Stage]
) -> None:
    posting = JobPostingFactory()
    running = [ApplicationFactory(posting=posting, stage=stage) for stage in LIVE]
    elsewhere = ApplicationFactory()
    if is_removed:
        postings.remove(posting=posting, by=UserFactory(officer=True), reason="虚假信息")
    else:
        postings.archive(posting=posting, by=owner_of(posting.employer))
    assert applications.posting_closed(posting_id=posting.pk) == ended
    for application, start in zip(running, LIVE, strict=True):
        assert stage_of(application) == (start if start in kept else Stage.JOB_CANCELLED)
    assert stage_of(elsewhere) == Stage.APPLIED
    first = Application.objects.get(pk=running[0].pk)
    assert first.close_reason == CloseReason.POSTING_CLOSED
    assert notices_of(first.worker.user) == [f"{posting.title}：岗位不招了"]
    assert applications.posting_closed(posting_id=posting.pk) == 0


def test_a_paused_posting_keeps_its_applications() -> None:
    application = ApplicationFactory()
    postings.pause(posting=application.posting, by=owner_of(application.posting.employer))
    assert applications.posting_closed(posting_id=application.posting_id) == 0
    assert stage_of(application) == Stage.APPLIED


def test_a_banned_employers_paused_posting_ends_its_applications() -> None:
    application = ApplicationFactory(posting__paused=True, posting__employer__banned=True)
    assert applications.posting_closed(posting_id=application.posting_id) == 1


def test_the_sweep_finds_what_a_lost_letter_left_behind() -> None:
    left, paused = ApplicationFactory(posting__removed=True), ApplicationFactory(posting__paused=True)
    offers = [offered(posting__removed=True), offered(posting__employer__banned=True), offered(posting__archived=True)]
    assert applications.close_what_is_left() == 3
    assert [stage_of(left), stage_of(paused)] == ["job_cancelled", "applied"]
    assert [stage_of(offer) for offer in offers] == ["job_cancelled", "job_cancelled", "offered"]


# Invitations ---------------------------------------------------------------------------------------------------------


def test_an_invitation_is_told_once_and_marks_the_application() -> None:
    posting, worker = JobPostingFactory(), WorkerFactory()
    by = owner_of(posting.employer)
    first = applications.invite(posting=posting, worker=worker, by=by)
    assert applications.invite(posting=posting, worker=worker, by=by) == first
    assert notices_of(worker.user) == [f"{posting.employer.name} 邀请您看看“{posting.title}”"]
    assert applications.apply(worker=worker, posting=posting, by=worker.user).via == Via.INVITED


def test_invitations_that_make_no_sense_are_refused() -> None:
    posting, worker = JobPostingFactory(), WorkerFactory()
    by = owner_of(posting.employer)
    with pytest.raises(Refused, match="不是您单位的"):
        applications.invite(posting=posting, worker=worker, by=MemberFactory().user)
    with pytest.raises(Refused, match="没有在招"):
        applications.invite(posting=JobPostingFactory(employer=posting.employer, paused=True), worker=worker, by=by)
    with pytest.raises(Refused, match="暂时不找工作"):
        applications.invite(posting=posting, worker=WorkerFactory(job_status=JobStatus.NOT_NOW), by=by)
    with pytest.raises(Refused, match="已经报了名"):
        applications.invite(posting=posting, worker=ApplicationFactory(posting=posting).worker, by=by)
    declined = PostingInvitationFactory(posting=posting, declined_at=timezone.now())
    with pytest.raises(Refused, match="不考虑"):
        applications.invite(posting=posting, worker=declined.worker, by=by)
    assert applications.invite(posting=posting, worker=worker, by=by)


def test_only_the_invited_worker_declines_and_only_before_applying() -> None:
    invitation = PostingInvitationFactory()
    with pytest.raises(Refused, match="不是发给您的"):
        applications.decline_invitation(invitation=invitation, by=WorkerFactory().user)
    applications.decline_invitation(invitation=invitation, by=invitation.worker.user)
    assert PostingInvitation.objects.get().declined_at
    ApplicationFactory(posting=invitation.posting, worker=invitation.worker)
    with pytest.raises(Refused, match="已经报了名"):
        applications.decline_invitation(invitation=invitation, by=invitation.worker.user)


# Rolled back ---------------------------------------------------------------------------------------------------------


def test_a_rolled_back_action_tells_nobody(letters: list[Any], django_capture_on_commit_callbacks: Any) -> None:
    posting = JobPostingFactory(employer=EmployerFactory())
    owner_of(posting.employer)
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(50):
            worker = WorkerFactory()
            with pytest.raises(ZeroDivisionError), transaction.atomic():
                applications.apply(worker=worker, posting=posting, by=worker.user)
                raise ZeroDivisionError
    assert (letters, Notice.objects.count(), Application.objects.count()) == ([], 0, 0)
    with django_capture_on_commit_callbacks(execute=True):
        applications.apply(worker=worker, posting=posting, by=worker.user)
    assert (Notice.objects.count(), Application.objects.count()) == (1, 1)
    assert letters == [], "what stands on the site needs no letter"
