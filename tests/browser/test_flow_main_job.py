"""The main job, through the pages alone: from an employer's first visit to a worker's accepted offer."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from employers.choices import EmployerState, PostingState, Scale
from employers.models import Employer, JobPosting, today
from jinba.accounts.models import User
from labor.applications.choices import PUBLIC_WORDS, Stage
from labor.applications.models import Application
from labor.applications.words import NEXT_STEPS
from labor.interviews.actions import changing
from labor.interviews.choices import State
from labor.interviews.models import Interview
from labor.matching.actions import runs
from labor.workers.models import Worker
from tests.browser.chromium import DESK, PHONE
from tests.browser.conftest import Hands, Opens
from tests.browser.people import Person
from tests.core.hostile_files import picture
from tests.factories.accounts import PASSWORD, user_in
from tests.factories.employers import JobPostingFactory, LicenceFactory, credit_code
from tests.factories.interviews import days_ahead, in_minutes
from tests.factories.reference import TradeFactory, both_cities

pytestmark = pytest.mark.browser


def register_employer(boss: Person) -> Employer:
    boss.go("/employers/register/")
    boss.prove_phone()
    boss.write(name="吕建国")
    boss.tap_submit()
    boss.page.wait_for_url("**/employers/register/")
    boss.write(name="永康市晨光五金厂", uscc=credit_code(7), industry="五金制造", address="五金大道 8 号")
    boss.write(intro="做五金工具三十年。", contact_name="吕建国", contact_phone=boss.phone)
    boss.choose(scale=Scale.MIDDLE.value, region_2="330784")
    boss.tap("登记")
    boss.page.wait_for_url("**/employers/profile/")
    boss.tap("提交认证")  # too early: it leads to what is missing
    boss.page.wait_for_url("**/employers/documents/")
    for number, kind in enumerate(("licence", "letter", "agent_id", "proxy")):
        photo = {"name": "IMG_2031.jpg", "mimeType": "image/jpeg", "buffer": picture(size=(600 + number, 800))}
        boss.page.locator(f"#{kind} input[type=file]").set_input_files([photo])
        boss.page.locator(f"#{kind} form [type=submit]").click()
        boss.page.wait_for_url(f"**/employers/documents/#{kind}")
    boss.tap("提交认证")
    boss.sees("已提交认证")
    return Employer.objects.get()


def verify(officer: Person, employer: Employer) -> None:
    officer.go("/admin/")
    officer.page.wait_for_url("**/accounts/staff/**")
    officer.write(login=User.objects.get(role="officer").username, password=PASSWORD)
    officer.tap_submit()
    officer.page.wait_for_url("**/admin/")
    officer.page.goto("/admin/employers/employerdocument/")
    officer.page.locator("#action-toggle").check()
    officer.page.locator("select[name=action]").select_option("documents_approve")
    officer.page.locator("button[name=index]").click()
    officer.page.locator("input[type=submit]").click()
    officer.sees("4 项")
    officer.page.goto("/admin/employers/employer/")
    officer.tap(employer.name)
    officer.tap("通过认证")
    # The page that asks why; a word of praise is not asked for.
    officer.page.locator("input[type=submit]").click()
    officer.page.wait_for_load_state()
    employer.refresh_from_db()
    assert employer.state == EmployerState.VERIFIED


def write_posting(boss: Person) -> JobPosting:
    boss.go("/employers/postings/new/")
    boss.write(title="冲压工", headcount=2, duties="操作冲床，两人一台，有师傅带。", requirements="不限，肯学就行。")
    boss.choose(trade=203, housing="free")
    boss.write(base_pay_min=6000, base_pay_max=8500, contract_months=12, probation_months=1)
    boss.write(valid_until=(today() + timedelta(days=40)).isoformat())
    boss.tap("提交审核")
    boss.page.wait_for_url("**/employers/postings/")
    posting = JobPosting.objects.get(title="冲压工")
    assert posting.state == PostingState.REVIEW
    return posting


def publish(officer: Person, posting: JobPosting) -> None:
    officer.page.goto("/admin/employers/jobposting/")
    officer.tap(posting.title)
    officer.tap("通过并发布")
    officer.page.wait_for_load_state()
    posting.refresh_from_db()
    assert posting.state == PostingState.PUBLISHED


def apply_as_newcomer(worker: Person, posting: JobPosting) -> Application:
    """From the shared link to the application, and what it costs."""
    worker.go(posting.get_absolute_url())
    worker.tap("我要报名")
    worker.prove_phone()
    worker.sees(posting.employer.name)
    worker.write(name="苟明华")
    worker.choose(county="511921")
    worker.tap_submit(times=2)
    worker.page.wait_for_url(lambda url: "/applications/new/" not in url)
    return Application.objects.get(posting=posting)


def agree_on_interview(boss: Person, worker: Person, application: Application) -> Interview:
    """Asked on one page, answered on another; its hour comes."""
    boss.tap(boss.page.get_by_role("link", name="约面试", exact=True))
    boss.page.wait_for_url("**/interviews/new/**")
    tomorrow = f"{days_ahead(1):%Y-%m-%d}"
    boss.write(on_1=tomorrow, at_1="09:00", on_2=tomorrow, at_2="14:00")
    boss.tap("发出去")
    boss.page.wait_for_url("**/interviews/sittings/**")
    worker.page.goto(application.get_absolute_url())
    worker.sees(PUBLIC_WORDS[Stage.INTERVIEW_SCHEDULED], NEXT_STEPS[Stage.INTERVIEW_SCHEDULED])
    interview = Interview.objects.get(application=application)
    worker.go(interview.get_absolute_url())
    worker.choose(slot=interview.sitting.slots.all()[1].pk)
    worker.tap("就这个时间")
    worker.sees("明天 下午 2:00")
    interview.refresh_from_db()
    assert (interview.state, interview.starts_at) == (State.CONFIRMED, days_ahead(1, 14))
    Interview.objects.filter(pk=interview.pk).update(starts_at=in_minutes(-5), ends_at=in_minutes(15))
    return interview


def test_from_an_employers_first_visit_to_an_accepted_offer(opens: Opens, hands: Hands) -> None:
    both_cities()
    TradeFactory(code=203, name="冲压工")
    LicenceFactory()
    user_in("officer")
    boss, officer = Person(opens(DESK), "13857900001"), Person(opens(DESK))
    worker = Person(opens(PHONE), "13900000002")

    employer = register_employer(boss)
    verify(officer, employer)
    posting = write_posting(boss)
    publish(officer, posting)
    hands.work()

    application = apply_as_newcomer(worker, posting)
    # Between the link and the page that says how it stands: phone, code, name and county.
    assert len(worker.screens[1:-1]) <= 3, worker.screens
    assert worker.taps <= 7
    assert worker.seconds < 60
    assert worker.path == application.get_absolute_url()
    worker.sees(PUBLIC_WORDS[Stage.APPLIED], NEXT_STEPS[Stage.APPLIED])
    hands.work()

    # Matching: at once for what has changed, then the nightly run.
    second = JobPostingFactory(title="包装工", trade=posting.trade)
    for start in (hands.work, runs.start):
        start()
        hands.work()
        worker.page.goto("/workers/me/matches/")
        worker.sees("冲压工", "包装工")
        worker.sees(PUBLIC_WORDS[Stage.APPLIED])
    worker.tap("包装工")
    worker.tap("我要报名")
    worker.tap_submit()
    other = Application.objects.get(posting=second)
    worker.page.wait_for_url(f"**{other.get_absolute_url()}")

    worker.look_away()
    # The employer's board: many at once, then one by one.
    for deed in ("受理", "初审通过"):
        boss.go(f"/employers/postings/{posting.pk}/board/")
        boss.page.get_by_role("checkbox", name="苟明华").check()
        boss.page.locator("select[name=move]").select_option(label=deed)
        boss.tap("办理")
        boss.page.wait_for_url("**/board/move/")
        boss.sees("苟明华", "办好了")
    hands.work()
    assert worker.popped_up("/applications/") != []
    assert worker.popped_up("/applications/") == []
    boss.go(f"/employers/postings/{posting.pk}/board/")
    boss.tap("苟明华")
    boss.tap(boss.page.locator("[data-reveal] [type=submit]"))  # in stars until somebody asks, and is written down
    boss.sees(worker.phone)
    boss.page.reload()
    interview = agree_on_interview(boss, worker, application)
    # How they meet and how its result is written down, the tests of the room show.
    changing.finish(interview=interview, by=interview.recruiter, feedback="手脚麻利")
    worker.page.goto(application.get_absolute_url())
    worker.sees(PUBLIC_WORDS[Stage.INTERVIEWED], NEXT_STEPS[Stage.INTERVIEWED])
    worker.look_away()
    boss.go(f"/employers/applicants/{application.pk}/")
    boss.tap(boss.page.get_by_role("button", name="发录用", exact=True))
    boss.page.wait_for_load_state()
    boss.sees(Stage.OFFERED.label)
    boss.look_away()
    hands.work()
    assert worker.popped_up(application.get_absolute_url()) != []
    worker.sees(PUBLIC_WORDS[Stage.OFFERED], NEXT_STEPS[Stage.OFFERED])
    assert worker.popped_up("/notices/") == []
    expect(worker.page.locator("main .list__item")).to_have_count(6)
    worker.go(application.get_absolute_url())

    worker.tap("我去")
    worker.tap("是的，我去")
    worker.page.wait_for_url(f"**{application.get_absolute_url()}")
    worker.sees(PUBLIC_WORDS[Stage.ACCEPTED], NEXT_STEPS[Stage.ACCEPTED])
    hands.work()
    assert boss.popped_up(f"/employers/applicants/{application.pk}/") != []
    boss.sees(Stage.ACCEPTED.label)
    posting.refresh_from_db()
    assert posting.filled == 1
    # He cannot be in two places: the other application ended by itself, and says so.
    worker.go(other.get_absolute_url())
    worker.sees(NEXT_STEPS[Stage.OBSOLETE])

    for person in (boss, worker, officer):
        assert person.complaints == []


def test_browsing_and_applying_without_scripts(opens: Opens) -> None:
    both_cities()
    posting = JobPostingFactory(title="冲压工")
    worker = Person(opens(PHONE, java_script_enabled=False), "13900000002", scripts=False)
    worker.go("/postings/")
    worker.tap("冲压工")
    worker.tap("我要报名")
    worker.prove_phone()
    worker.write(name="苟明华")
    worker.choose(county="511921")
    worker.tap_submit(times=2)
    application = Application.objects.get(posting=posting, worker=Worker.objects.get())
    assert worker.path == application.get_absolute_url()
    worker.sees(PUBLIC_WORDS[Stage.APPLIED])
    worker.go("/applications/")
    expect(worker.page.locator("main article")).to_have_count(1)
