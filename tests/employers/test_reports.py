"""Reports: anybody makes them, officers answer in time, the employer never learns from whom."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from employers.actions import reports
from employers.choices import PostingState, ReportKind, ReportState
from employers.models import JobPosting, PostingReport, PostingReportEvent
from employers.report_forms import new_slip
from employers.report_moves import FINDINGS, MOVES, OFFICER, due_at
from jinba.accounts.models import User
from jinba.core.errors import Refused
from jinba.notices.models import Notice
from jinba.privacy.models import PersonalDataAccess
from tests.factories.accounts import PASSWORD, user_in
from tests.factories.employers import JobPostingFactory, owner_of

pytestmark = pytest.mark.django_db
S = ReportState
HOME, ELSEWHERE = "203.0.113.7", "203.0.113.8"


def make(posting: JobPosting, **changes: Any) -> tuple[PostingReport, str]:
    return reports.report(
        **{
            "posting": posting,
            "kind": ReportKind.FEE,
            "slip": new_slip(),
            "text": "要交 300 押金",
            "address": HOME,
            **changes,
        }
    )


# Reporting -----------------------------------------------------------------------------------------------------------


def test_a_report_needs_no_account_and_gives_a_code_that_is_stored_nowhere(posting: JobPosting) -> None:
    report, code = make(posting)
    assert len(code) == 10 and reports.with_code(code=f" {code[:5].lower()}-{code[5:]} ") == report
    assert (report.state, report.reporter) == (S.RECEIVED, None)
    assert [(event.from_state, event.to_state) for event in report.events.all()] == [("", S.RECEIVED)]
    row = PostingReport.objects.values().get()
    assert code not in repr(row) and HOME not in repr(row)
    assert reports.with_code(code="23456-789AB") is None and reports.with_code(code="") is None


def test_words_and_contact_lie_in_the_database_in_cipher_only(posting: JobPosting) -> None:
    make(posting, text="联系 13800001111 交钱", contact="13900002222")
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(r)::text, text, contact FROM employers_postingreport r")
        row, *ciphers = cursor.fetchone()
    stored = b"".join([row.encode(), *map(bytes, ciphers)])
    assert not [word for word in ("13800001111", "13900002222", "交钱") if word.encode() in stored]
    assert PostingReport.objects.get().contact == "13900002222"


def test_sent_twice_it_is_one_report_with_one_code(posting: JobPosting) -> None:
    slip = new_slip()
    assert make(posting, slip=slip) == make(posting, slip=slip)
    assert PostingReport.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"kind": "nonsense"}, "kind", "是什么问题"),
        ({"kind": ReportKind.OTHER, "text": " "}, "text", "是怎么回事"),
        ({"kind": ReportKind.RUDE, "text": ""}, "text", "是怎么回事"),
        ({"text": "长" * 501}, "text", "现在 501 个字"),
        ({"contact": "1" * 61}, "contact", "最多 60 个字"),
    ],
)
def test_what_says_too_little_or_too_much_is_refused(
    posting: JobPosting, changes: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(Refused, match=words) as refusal:
        make(posting, **changes)
    assert refusal.value.field == field
    assert not PostingReport.objects.exists()


def test_what_never_was_public_cannot_be_reported(employer: Any) -> None:
    with pytest.raises(Refused, match="没有发布过"):
        make(JobPostingFactory(employer=employer, draft=True))


def test_one_address_reports_so_often_and_others_go_on(posting: JobPosting) -> None:
    for _ in range(reports.SAME_POSTING):
        make(posting)
    with pytest.raises(Refused, match="今天已经举报过"):
        make(posting)
    for _ in range(reports.PER_HOUR - reports.SAME_POSTING):
        make(JobPostingFactory())
    with pytest.raises(Refused, match="举报得太多"):
        make(JobPostingFactory())
    assert make(posting, address=ELSEWHERE)
    PostingReport.objects.update(reported_at=timezone.now() - timedelta(days=1, seconds=1))
    assert make(posting)


def test_one_posting_is_not_drowned_in_reports(posting: JobPosting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "POSTING_PER_DAY", 2)
    make(posting, address=HOME)
    make(posting, address=ELSEWHERE)
    with pytest.raises(Refused, match="很多人举报这个岗位"):
        make(posting, address="203.0.113.9")


@pytest.mark.parametrize(
    ("kind", "since", "due"),
    [
        ("fee", "2026-11-20 23:00", "2026-11-21 23:00"),
        ("papers", "2026-11-22 08:00", "2026-11-23 08:00"),
        ("minor", "2026-11-22 08:00", "2026-11-23 08:00"),
        ("pay", "2026-11-23 10:00", "2026-11-30 10:00"),  # Monday to Monday
        ("fake", "2026-11-20 10:00", "2026-11-27 10:00"),  # Friday to Friday
        ("other", "2026-11-21 10:00", "2026-11-27 10:00"),  # Saturday to Friday
    ],
)
def test_an_answer_is_due_after_a_day_or_five_working_days(kind: str, since: str, due: str) -> None:
    zone = timezone.get_default_timezone()
    start, end = (datetime.fromisoformat(text).replace(tzinfo=zone) for text in (since, due))
    assert due_at(kind, since=start) == end


# Handling ------------------------------------------------------------------------------------------------------------


def test_a_true_report_takes_the_posting_off_in_the_same_step(posting: JobPosting, owner: User, officer: User) -> None:
    reporter = user_in("seeker")
    report, _ = make(posting, by=reporter)
    reports.take_up(report=report, by=officer)
    done = reports.conclude(
        report=report, by=officer, finding=S.TRUE, answer="查实了，已经下架。", deed="remove", reason="向求职者收取费用"
    )
    posting.refresh_from_db()
    assert (posting.state, posting.state_reason) == (PostingState.REMOVED, "向求职者收取费用")
    assert (done.state, done.answer, done.handled_by) == (S.ANSWERED, "查实了，已经下架。", officer)
    assert done.answered_at is not None
    steps = [S.RECEIVED, S.CHECKING, S.TRUE, S.ANSWERED]
    assert [event.to_state for event in done.events.all()] == steps
    told = Notice.objects.get(recipient=reporter)
    assert (told.kind, told.body) == ("report_answered", "查实了，已经下架。")


def test_the_employer_learns_nothing_of_the_reporter(posting: JobPosting, owner: User, officer: User) -> None:
    reporter = user_in("seeker", name="揭发者")
    report, code = make(posting, by=reporter, text="我是揭发者", contact="13900002222")
    reports.conclude(report=report, by=officer, finding=S.TRUE, answer="谢谢揭发者", deed="reject", reason="请删去收费")
    said = [repr(event.__dict__) for event in posting.events.all()]
    said += [f"{notice.title}{notice.body}" for notice in Notice.objects.filter(recipient=owner_of(posting.employer))]
    client = Client()
    client.force_login(owner)
    for url in (reverse("employers:posting_edit", args=[posting.pk]), reverse("notices:list")):
        said.append(client.get(url).content.decode())
    assert "请删去收费" in "".join(said)
    for secret in ("揭发者", "举报", "13900002222", code, str(reporter.pk) + "'"):
        assert secret not in "".join(said).replace("不要举报", "")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"finding": "received"}, "finding"),
        ({"answer": " "}, "answer"),
        ({"deed": "burn"}, "deed"),
        ({"finding": S.UNTRUE, "deed": "remove", "reason": "x"}, "deed"),
        ({"deed": "remove", "reason": " "}, "reason"),
    ],
)
def test_a_conclusion_without_its_parts_changes_nothing(
    posting: JobPosting, officer: User, changes: dict[str, Any], field: str
) -> None:
    report, _ = make(posting)
    with pytest.raises(Refused) as refusal:
        reports.conclude(**{"report": report, "by": officer, "finding": S.TRUE, "answer": "好", "deed": "", **changes})
    assert refusal.value.field == field
    report.refresh_from_db()
    posting.refresh_from_db()
    assert (report.state, posting.state) == (S.RECEIVED, PostingState.PUBLISHED)


def test_a_deed_that_the_posting_does_not_allow_takes_the_whole_answer_back(posting: JobPosting, officer: User) -> None:
    report, _ = make(posting)
    JobPosting.objects.filter(pk=posting.pk).update(state=PostingState.REMOVED)
    with pytest.raises(Refused, match="岗位已下架"):
        reports.conclude(report=report, by=officer, finding=S.TRUE, answer="好", deed="remove", reason="x")
    report.refresh_from_db()
    assert report.state == S.RECEIVED and report.events.count() == 1
    reports.conclude(report=report, by=officer, finding=S.TRUE, answer="早就下架了")


def test_the_table_of_moves_holds_from_every_state(posting: JobPosting, officer: User) -> None:
    allowed = {(start, end) for start, end in MOVES}
    for start in S:
        for act, ends in ((reports.take_up, [S.CHECKING]), (reports.conclude, FINDINGS)):
            for end in ends:
                report, _ = make(JobPostingFactory(), address=f"198.51.100.{PostingReport.objects.count()}")
                PostingReport.objects.filter(pk=report.pk).update(state=start, answer="a", answered_at=timezone.now())
                more = {"finding": end, "answer": "好"} if act is reports.conclude else {}
                if (start, end) in allowed:
                    assert act(report=report, by=officer, **more).state in (end, S.ANSWERED)
                else:
                    with pytest.raises(Refused, match="不能改成"):
                        act(report=report, by=officer, **more)
    assert set(MOVES.values()) == {OFFICER, "reporter"}


def test_the_reporter_may_ask_once_for_another_look(posting: JobPosting, officer: User) -> None:
    report, _ = make(posting)
    with pytest.raises(Refused, match="现在不能申请复核"):
        reports.ask_review(report=report, text="不对")
    reports.conclude(report=report, by=officer, finding=S.UNTRUE, answer="没有查到")
    with pytest.raises(Refused, match="为什么要复核"):
        reports.ask_review(report=report, text=" ")
    with pytest.raises(Refused, match="最多写 500"):
        reports.ask_review(report=report, text="长" * 501)
    again = reports.ask_review(report=report, text="他们换了电话 13800001111")
    assert again.state == S.REVIEW and again.due_at > timezone.now()
    assert "13800001111" not in again.events.last().note
    reports.conclude(report=report, by=officer, finding=S.TRUE, answer="查到了")
    with pytest.raises(Refused, match="现在不能申请复核"):
        reports.ask_review(report=report, text="还是不对")


def test_history_is_only_added_and_an_answer_has_words(posting: JobPosting) -> None:
    report, _ = make(posting)
    with pytest.raises(IntegrityError), transaction.atomic():
        PostingReportEvent.objects.filter(report=report).update(note="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        PostingReport.objects.filter(pk=report.pk).update(state=S.ANSWERED)


def test_who_reads_the_reporters_words_is_written_down(posting: JobPosting, officer: User) -> None:
    report, _ = make(posting, text="找王五 13800001111", contact="13900002222")
    assert reports.masked(report=report) == {
        "reporter_text": "找王五 138****1111",
        "reporter_contact": "已留（不显示）",
    }
    shown = reports.reveal(report=report, by=officer, purpose="complaint", reason="打电话核实")
    assert shown == {"reporter_text": "找王五 13800001111", "reporter_contact": "13900002222"}
    look = PersonalDataAccess.objects.get()
    assert (look.by, look.subject, look.subject_id, look.reason) == (officer, "reporter", report.pk, "打电话核实")


# Pages ---------------------------------------------------------------------------------------------------------------


def address_of(posting: JobPosting) -> str:
    return reverse("postings:report", args=[posting.pk])


def test_a_visitor_reports_and_reads_the_answer_without_an_account(
    client: Client, posting: JobPosting, officer: User
) -> None:
    assert address_of(posting) in client.get(posting.get_absolute_url()).content.decode()
    page = client.get(address_of(posting))
    assert page.status_code == 200 and page.content.decode().count('type="radio"') == len(ReportKind)
    sent = {"kind": "fee", "text": "要交押金", "contact": "", "slip": page.context["form"]["slip"].value()}
    done = client.post(address_of(posting), sent, follow=True)
    report = PostingReport.objects.get()
    code = reports.code_of(slip=sent["slip"])
    assert f"{code[:5]}-{code[5:]}" in done.content.decode() and "已登记" in done.content.decode()
    reports.conclude(report=report, by=officer, finding=S.TRUE, answer="查实了")
    other = Client()
    assert "查实了" not in other.get(reverse("postings:reports")).content.decode()
    page = other.post(reverse("postings:reports"), {"code": f"{code[:5]} {code[5:].lower()}"}, follow=True)
    assert "查实了" in page.content.decode()
    other.post(reverse("postings:report_review"), {"code": code, "text": "不够"})
    report.refresh_from_db()
    assert report.state == S.REVIEW


def test_a_signed_in_reporter_finds_his_reports_and_nobody_elses(client: Client, posting: JobPosting) -> None:
    reporter, other = user_in("seeker"), user_in("seeker")
    report, _ = make(posting, by=reporter)
    client.force_login(reporter)
    assert posting.title in client.get(reverse("postings:reports")).content.decode()
    client.force_login(other)
    assert posting.title not in client.get(reverse("postings:reports")).content.decode()
    assert client.post(reverse("postings:report_review"), {"report": report.pk, "text": "x"}).status_code == 404


def test_what_was_typed_stays_when_something_is_missing(client: Client, posting: JobPosting) -> None:
    page = client.post(address_of(posting), {"text": "写了很多", "contact": "王五", "slip": new_slip()})
    text = page.content.decode()
    assert page.status_code == 422 and "请选是什么问题。" in text and "写了很多" in text and "王五" in text


def test_a_program_that_fills_in_everything_is_stopped_in_words(client: Client, posting: JobPosting) -> None:
    page = client.post(address_of(posting), {"kind": "fee", "website": "http://x", "slip": new_slip()})
    assert page.status_code == 422 and "请留空" in page.content.decode()
    assert not PostingReport.objects.exists()


def test_a_wrong_code_is_said_and_a_draft_has_no_page(client: Client, employer: Any) -> None:
    page = client.post(reverse("postings:reports"), {"code": "22222-22222"})
    assert page.status_code == 422 and "没有这个查询码" in page.content.decode()
    draft = JobPostingFactory(employer=employer, draft=True)
    assert client.get(address_of(draft)).status_code == 404
    assert client.get(reverse("postings:report_review")).status_code == 405


def test_the_page_costs_few_queries(client: Client, posting: JobPosting, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(2):
        client.get(address_of(posting))


@pytest.fixture
def desk(officer: User) -> Client:
    client = Client()
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_desk_shows_the_clock_and_concludes_with_a_deed(
    desk: Client, posting: JobPosting, django_assert_max_num_queries: Any
) -> None:
    report, _ = make(posting, text="打 13800001111 交钱", contact="13900002222")
    PostingReport.objects.filter(pk=report.pk).update(due_at=timezone.now() - timedelta(hours=30))
    listed = reverse("admin:employers_postingreport_changelist")
    with django_assert_max_num_queries(9):
        assert "已超 1 天 6 小时" in desk.get(listed).content.decode()
    page = desk.get(reverse("admin:employers_postingreport_change", args=[report.pk])).content.decode()
    assert "138****1111" in page and "13800001111" not in page and "13900002222" not in page
    answer = {"action": "reports_conclude", "_selected_action": [report.pk], "sure": "yes", "finding": "true"}
    page = desk.post(listed, {**answer, "answer": "查实", "deed": "reject"}).content.decode()
    assert "驳回或下架要写原因" in page
    desk.post(listed, {**answer, "answer": "查实", "deed": "reject", "reason": "收费"})
    report.refresh_from_db()
    posting.refresh_from_db()
    assert (report.state, posting.state) == (S.ANSWERED, PostingState.REJECTED)


def test_the_reporters_contact_is_shown_for_a_reason_only(desk: Client, posting: JobPosting) -> None:
    report, _ = make(posting, contact="13900002222")
    url = reverse("admin:employers_postingreport_contact", args=[report.pk])
    asked = desk.post(url, {"purpose": "complaint", "reason": "核实"})
    assert asked.status_code == 302 and asked["Location"].startswith(reverse("accounts:confirm"))
    desk.post(reverse("accounts:confirm"), {"password": PASSWORD})
    assert "13900002222" not in desk.get(url).content.decode()
    assert not PersonalDataAccess.objects.exists()
    shown = desk.post(url, {"purpose": "complaint", "reason": "核实"})
    assert "13900002222" in shown.content.decode() and PersonalDataAccess.objects.count() == 1
