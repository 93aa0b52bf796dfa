"""A family goes together, through the pages alone: a broker's roster, an employer's papers, a phrase that is mended."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from employers.choices import FlagState, PostingState
from employers.models import JobPosting, PostingFlag, today
from jinba.accounts.choices import Role
from labor.applications.choices import Stage, Via
from labor.applications.models import Application, GroupApplication
from labor.workers.models import Delegation, RegistrationBatch, Worker
from tests.browser.chromium import DESK, PHONE
from tests.browser.conftest import Hands, Opens
from tests.browser.people import Person
from tests.browser.test_flow_main_job import publish, register_employer, verify
from tests.factories.accounts import user_in
from tests.factories.employers import LicenceFactory
from tests.factories.reference import TradeFactory, both_cities
from tests.factories.rosters import person, workbook

pytestmark = pytest.mark.browser

FAMILY = [
    person(1, 姓名="景大山", 出生日期="1986-05-04", 结伴编号="1", 结伴关系="夫妻"),
    person(2, 姓名="向玉兰", 出生日期="1988-11-20", 结伴编号="1", 结伴关系="夫妻"),
    person(3, 姓名="景小勇", 出生日期="2003-02-17"),
]


def send_roster(broker: Person, rows: list[dict[str, str]], hands: Hands) -> RegistrationBatch:
    """What the check found is on the page when it comes back."""
    broker.page.goto("/workers/batches/")
    file = {"name": "景家.xlsx", "mimeType": "application/octet-stream", "buffer": workbook(rows)}
    broker.page.locator("main input[type=file]").set_input_files([file])
    broker.tap("上传并检查")
    broker.page.wait_for_url("**/workers/batches/*/")
    hands.work()
    broker.page.reload()
    return RegistrationBatch.objects.latest("pk")


def register_family(broker: Person, hands: Hands) -> None:
    broker.go("/accounts/sign-in/")
    broker.prove_phone()
    wrong = [*FAMILY[:2], {**FAMILY[2], "手机号": "1370000003"}]
    send_roster(broker, wrong, hands)
    broker.sees("第 4 行 手机号")
    assert not Worker.objects.exists(), "one wrong cell, and nobody is registered"
    send_roster(broker, FAMILY, hands)
    assert not Worker.objects.exists(), "nobody has confirmed yet"
    broker.page.locator("main label:has([name=is_signed])").click()
    broker.tap("确认登记")
    broker.page.wait_for_load_state()
    hands.work()
    broker.page.reload()
    broker.sees("新登记了 3 人")
    assert Delegation.objects.live().filter(worker__in=Worker.objects.all()).count() == 3


def write_and_mend_posting(boss: Person) -> JobPosting:
    """The first words would keep women away; the page says so beside the field before an officer has to."""
    boss.go("/employers/postings/new/")
    boss.write(title="冲压工", headcount=4, duties="操作冲床，两人一台，有师傅带。", requirements="限男，肯学就行。")
    boss.choose(trade=203, housing="free")
    boss.write(base_pay_min=6000, base_pay_max=8500, contract_months=12, probation_months=1)
    boss.write(valid_until=(today() + timedelta(days=40)).isoformat())
    boss.tap("提交审核")
    boss.sees("可能违法", "限男")
    assert boss.page.locator("main [name=title]").input_value() == "冲压工", "what was typed stays"
    boss.tap("提交审核")  # he insists: it is a person who decides
    boss.page.wait_for_url("**/employers/postings/")
    posting = JobPosting.objects.get()
    assert posting.state == PostingState.REVIEW
    assert PostingFlag.objects.get(posting=posting).state == FlagState.OPEN
    return posting


def refuse_to_publish(officer: Person, posting: JobPosting) -> None:
    """With an open flag the posting does not go out; the officer gives it back."""
    officer.page.goto(f"/admin/employers/jobposting/{posting.pk}/change/")
    officer.tap("通过并发布")
    officer.page.wait_for_load_state()
    posting.refresh_from_db()
    assert posting.state == PostingState.REVIEW
    officer.page.goto(f"/admin/employers/jobposting/{posting.pk}/change/")
    officer.tap("驳回")
    officer.page.locator("[name=reason]").fill("“限男”不能写，请改。")
    officer.page.locator("input[type=submit]").click()
    officer.page.wait_for_load_state()
    posting.refresh_from_db()
    assert posting.state == PostingState.REJECTED


def mend(boss: Person, posting: JobPosting) -> None:
    boss.go(f"/employers/postings/{posting.pk}/edit/")
    boss.write(requirements="男女不限，肯学就行。")
    boss.tap("提交审核")
    boss.page.wait_for_url("**/employers/postings/")
    posting.refresh_from_db()
    assert posting.state == PostingState.REVIEW
    assert PostingFlag.objects.get(posting=posting).state in (FlagState.GONE, FlagState.UPHELD)


def apply_together(broker: Person, posting: JobPosting) -> None:
    couple = Worker.objects.get(name="景大山")
    broker.go(f"/helpers/people/{couple.pk}/")
    broker.sees("向玉兰")
    broker.go(f"/applications/new/{posting.pk}/together/{couple.group_id}/")
    broker.sees("景大山", "向玉兰")
    broker.tap("他们同意，一起报名")
    broker.page.wait_for_url("**/applications/together/*/")
    broker.sees("已报名 2 人")


def test_a_family_from_a_roster_applies_together_for_a_posting_that_was_mended(opens: Opens, hands: Hands) -> None:
    both_cities()
    TradeFactory(code=203, name="冲压工")
    LicenceFactory()
    call_command("load_lexicon", verbosity=0)
    user_in(Role.OFFICER)
    user_in(Role.BROKER, phone="13900000003", name="王经纪")
    boss, officer = Person(opens(DESK), "13857900001"), Person(opens(DESK))
    broker = Person(opens(PHONE), "13900000003")

    register_family(broker, hands)
    verify(officer, register_employer(boss))
    posting = write_and_mend_posting(boss)
    refuse_to_publish(officer, posting)
    mend(boss, posting)
    publish(officer, posting)
    hands.work()
    apply_together(broker, posting)

    together = GroupApplication.objects.get()
    rows = Application.objects.filter(together=together).select_related("worker", "applied_by")
    assert {row.worker.name for row in rows} == {"景大山", "向玉兰"}
    assert {(row.stage, row.via, row.applied_by.name) for row in rows} == {(Stage.APPLIED, Via.BROKER, "王经纪")}
    assert all(row.events.get().for_worker for row in rows)
    boss.go(f"/employers/postings/{posting.pk}/board/")
    boss.sees("夫妻 2 人")
    for person_ in (boss, broker, officer):
        assert person_.complaints == []
