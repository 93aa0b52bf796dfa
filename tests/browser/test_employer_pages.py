"""An employer at work on a phone: dependent places, long form, pieces in place; and all of it without scripts."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from employers.choices import PostingState
from employers.models import Employer, JobPosting, Member, today
from jinba.accounts.models import User
from tests.browser.conftest import Opens
from tests.employers.test_views import signed_in
from tests.factories.accounts import UserFactory
from tests.factories.employers import EmployerFactory, JobPostingFactory, MemberFactory, credit_code
from tests.factories.reference import TradeFactory, both_cities

pytestmark = pytest.mark.browser


def sign_in(context: BrowserContext, user: User, site: str, settings: Any) -> None:
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": signed_in(user).cookies[name].value, "url": site}])


def fill_profile(page: Page) -> None:
    page.get_by_label("单位名称").fill("永康市飞鹰五金厂")
    page.get_by_label("统一社会信用代码").fill(credit_code(31).lower())
    page.get_by_label("行业").fill("五金制造")
    page.get_by_label("规模").select_option("20-99")
    page.get_by_label("详细地址").fill("五金大道 8 号")
    page.get_by_label("单位介绍").fill("做扳手。")


def test_registering_with_places_that_follow_each_other(
    page: Page, phone: BrowserContext, site: str, settings: Any
) -> None:
    both_cities()
    sign_in(phone, UserFactory(employer=True), site, settings)
    page.goto("/employers/register/")
    fill_profile(page)
    page.get_by_label("省", exact=True).select_option("51")
    expect(page.get_by_label("市", exact=True).locator("option")).to_have_count(2)
    page.get_by_label("市", exact=True).select_option("5119")
    page.locator("#id_region_2 option[value='511921']").wait_for(state="attached")
    page.locator("#id_region_2").select_option("511921")
    page.get_by_role("button", name="登记").click()
    page.wait_for_url("**/employers/profile/")
    assert Employer.objects.get().region_id == "511921"
    page.get_by_role("button", name="提交认证").click()
    page.wait_for_url("**/employers/documents/")
    expect(page.get_by_text("还有 4 份材料要上传")).to_be_visible()


def test_without_scripts_a_posting_is_written_marked_and_handed_in(opens: Opens, site: str, settings: Any) -> None:
    both_cities()
    TradeFactory(code=203, name="冲压工")
    member = MemberFactory(employer=EmployerFactory())
    context = opens(java_script_enabled=False)
    sign_in(context, member.user, site, settings)
    page = context.new_page()
    page.goto("/employers/postings/new/")
    page.get_by_label("岗位名称").fill("冲压工")
    page.get_by_label("工种").select_option("203")
    # Each sending shows the next level of the place.
    for level, code in enumerate(("33", "3307", "330784")):
        page.locator(f"#id_region_{level}").select_option(code)
        page.get_by_role("button", name="提交审核").click()
        expect(page.get_by_role("alert").first).to_contain_text("还有几处要改")
    page.get_by_label("详细地址").fill("五金大道 8 号")
    page.get_by_label("工作内容").fill("操作冲床")
    page.get_by_label("招聘条件").fill("不限")
    page.get_by_label("基本工资（最低）").fill("6000")
    page.get_by_label("有效期至").fill((today() + timedelta(days=20)).isoformat())
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_text("已提交审核")).to_be_visible()
    assert JobPosting.objects.get().state == PostingState.REVIEW


def test_tabs_and_invitations_change_in_place(
    page: Page, phone: BrowserContext, site: str, settings: Any, sms: list[dict[str, str]]
) -> None:
    member: Member = MemberFactory()
    published = JobPostingFactory(employer=member.employer, title="冲压工")
    JobPostingFactory(employer=member.employer, title="钳工", draft=True)
    sign_in(phone, member.user, site, settings)
    page.goto("/employers/postings/")
    page.evaluate("window.stayed = true")
    page.get_by_role("link", name="草稿").click()
    expect(page.locator("article")).to_have_count(1)
    assert page.url.endswith("?state=draft") and page.evaluate("window.stayed")
    page.go_back()
    expect(page.get_by_text(published.title).first).to_be_visible()
    page.goto("/employers/members/")
    page.get_by_label("对方姓名").fill("李招聘")
    page.get_by_label("对方手机号").fill("139 1234 0000")
    page.get_by_role("button", name="发邀请短信").click()
    expect(page.get_by_text("邀请短信已发给李招聘")).to_be_visible()
    assert sms[-1]["phone"] == "13912340000"
