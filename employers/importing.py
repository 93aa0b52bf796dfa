"""The tables in which officers bring employers and postings in. There is no column for a state: all become drafts."""

from typing import Any

from import_export.widgets import DateWidget, IntegerWidget

from employers.actions import drafting
from employers.choices import Engagement, Housing, Meals, OrgType, PayUnit, Scale
from employers.models import Employer, JobPosting
from jinba.core.errors import Refused
from jinba.core.import_desk import ChoiceWidget, DeskImport, RowOfWidget, TextWidget, column
from jinba.reference import places
from jinba.reference.choices import Shift
from jinba.reference.models import Region, Trade, Zone


class WholeNumber(IntegerWidget):
    """A whole number, or nothing."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | None:
        text = TextWidget().clean(value).replace(",", "").replace("，", "")
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= 7):
            raise ValueError("请写整数")
        return int(text)


class Day(DateWidget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        try:
            return super().clean(value, row, **kwargs)
        except ValueError as error:
            raise ValueError("请写成 2026-12-31 这样的日期") from error


class PlaceWidget(RowOfWidget):
    """A division by its code, or as people write it: 永康市 as well as 浙江省金华市永康市."""

    def __init__(self) -> None:
        super().__init__(Region, "code", "path", word="地方")

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        place = places.resolve(str(value or "").strip())
        if place is not None and not place.rest:
            return Region.objects.filter(code=place.code).first()
        try:
            return super().clean(value, row, **kwargs)
        except ValueError as error:
            raise ValueError(f"{error}，请写全，如“浙江省金华市永康市”") from None


class EmployerImport(DeskImport):
    uscc = column("uscc", "统一社会信用代码")
    name = column("name", "单位名称")
    org_type = column("org_type", "单位类型", ChoiceWidget(OrgType.choices, default=OrgType.COMPANY))
    industry = column("industry", "行业")
    scale = column("scale", "规模", ChoiceWidget(Scale.choices))
    region = column("region", "所在地", PlaceWidget())
    zone = column("zone", "所在园区", RowOfWidget(Zone, "code", "name", "short_name", word="园区"))
    address = column("address", "详细地址")
    intro = column("intro", "单位介绍")
    contact_name = column("contact_name", "联系人")
    contact_phone = column("contact_phone", "联系电话")

    class Meta:
        model = Employer
        import_id_fields: tuple[str, ...] = ()
        fields = (
            *("uscc", "name", "org_type", "industry", "scale", "region", "zone", "address", "intro", "contact_name"),
            "contact_phone",
        )

    def keep(self, values: dict[str, Any]) -> Employer:
        return drafting.draft_employer(by=self.by, **values)


class PostingImport(DeskImport):
    employer_code = column("source_name", "统一社会信用代码")
    title = column("title", "岗位名称")
    engagement = column("engagement", "岗位类别", ChoiceWidget(Engagement.choices, default=Engagement.REGULAR))
    trade = column("trade", "工种", RowOfWidget(Trade, "name", word="工种"))
    headcount = column("headcount", "招聘人数", WholeNumber())
    duties = column("duties", "岗位内容")
    requirements = column("requirements", "任职要求")
    region = column("region", "工作地点", PlaceWidget())
    zone = column("zone", "所在园区", RowOfWidget(Zone, "code", "name", "short_name", word="园区"))
    address = column("address", "详细地址")
    pay_unit = column("pay_unit", "计薪单位", ChoiceWidget(PayUnit.choices, default=PayUnit.MONTH))
    base_pay_min = column("base_pay_min", "最低工资", WholeNumber())
    base_pay_max = column("base_pay_max", "最高工资", WholeNumber())
    shift = column("shift", "班次", ChoiceWidget(Shift.choices, default=Shift.DAY))
    meals = column("meals", "包吃", ChoiceWidget(Meals.choices, default=Meals.NONE))
    housing = column("housing", "住宿", ChoiceWidget(Housing.choices, default=Housing.NONE))
    valid_until = column("valid_until", "有效期至", Day())

    class Meta:
        model = JobPosting
        import_id_fields: tuple[str, ...] = ()
        fields = (
            *("employer_code", "title", "engagement", "trade", "headcount", "duties", "requirements", "region"),
            *("zone", "address", "pay_unit", "base_pay_min", "base_pay_max", "shift", "meals", "housing"),
            "valid_until",
        )

    def keep(self, values: dict[str, Any]) -> JobPosting:
        # The code says whose it is; on the posting itself that column means something else and stays empty.
        uscc = values.pop("source_name")
        try:
            return drafting.draft_posting(by=self.by, uscc=uscc, **values)
        except Refused as refusal:
            if refusal.field == "uscc":
                raise Refused(refusal.message, field="source_name") from refusal
            raise
