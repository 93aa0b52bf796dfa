"""The columns in which employers and postings leave the house."""

from employers.models import Employer, JobPosting
from jinba.core.masking import masked_name, masked_phone
from jinba.privacy.choices import Subject
from jinba.privacy.exports.resource import DeskResource, column


class EmployerResource(DeskResource):
    title = "用人单位"
    related = ("region", "zone")
    subject = Subject.EMPLOYER
    clear_fields = ("contact_phone",)

    number = column("编号", "pk")
    name = column("单位名称", "name")
    uscc = column("统一社会信用代码", "uscc")
    kind = column("单位类型", "get_org_type_display")
    industry = column("行业", "industry")
    size = column("规模", "get_scale_display")
    place = column("所在地")
    park = column("所在园区")
    address = column("详细地址", "address")
    contact = column("联系人")
    phone_number = column("联系电话")
    state = column("认证状态", "get_state_display")
    verified = column("认证日期")
    origin = column("来源", "get_origin_display")

    def dehydrate_place(self, employer: Employer) -> str:
        return employer.region.path if employer.region else ""

    def dehydrate_park(self, employer: Employer) -> str:
        return employer.zone.name if employer.zone else ""

    def dehydrate_contact(self, employer: Employer) -> str:
        return employer.contact_name if self.clear else masked_name(employer.contact_name)

    def dehydrate_phone_number(self, employer: Employer) -> str:
        if self.clear:
            return employer.contact_phone or ""
        masked = masked_phone(employer.contact_phone)
        return masked if "*" in masked or not masked else f"{masked[:4]}****"

    def dehydrate_verified(self, employer: Employer) -> str:
        return f"{employer.verified_at:%Y-%m-%d}" if employer.verified_at else ""


class PostingResource(DeskResource):
    title = "岗位"
    related = ("employer", "region", "zone", "trade")
    deferred = ("search", "duties", "requirements")

    number = column("编号", "pk")
    name = column("岗位名称", "title")
    employer_name = column("用人单位", "employer__name")
    uscc = column("统一社会信用代码", "employer__uscc")
    trade_name = column("工种")
    kind = column("岗位类别", "get_engagement_display")
    place = column("工作地点", "place")
    headcount = column("招聘人数", "headcount")
    filled = column("已录用人数", "filled")
    pay_unit = column("计薪单位", "get_pay_unit_display")
    pay_min = column("最低工资", "base_pay_min")
    pay_max = column("最高工资", "base_pay_max")
    monthly_min = column("折合每月最低", "monthly_min")
    meals = column("包吃", "get_meals_display")
    housing = column("住宿", "get_housing_display")
    state = column("状态", "shown_state")
    published = column("发布日期")
    valid_until = column("有效期至", "valid_until")
    source = column("信息来源", "source_name")

    def dehydrate_trade_name(self, posting: JobPosting) -> str:
        return posting.trade.name if posting.trade else ""

    def dehydrate_published(self, posting: JobPosting) -> str:
        return f"{posting.published_at:%Y-%m-%d}" if posting.published_at else ""
