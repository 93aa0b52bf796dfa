"""A gallery of the components in their states, for those who build pages. Shown in DEBUG only."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jinba.core.access import public
from jinba.core.widgets import CodeInput, DateInput, PhoneInput, SideBySideRadios, UnitInput

SHIFTS = [("day", "长白班"), ("two", "两班倒"), ("three", "三班倒")]


class SampleForm(forms.Form):
    name = forms.CharField(label="姓名", max_length=20, help_text="和身份证上的一样")
    phone = forms.CharField(label="手机号", widget=PhoneInput())
    code = forms.CharField(label="验证码", widget=CodeInput({"data-otp-send": False}))
    county = forms.ChoiceField(label="家在哪里", choices=[("", "请选择"), ("511902", "巴州区"), ("511921", "通江县")])
    pay = forms.IntegerField(label="最低想要多少工资", min_value=1000, required=False, widget=UnitInput("元/月"))
    start_on = forms.DateField(label="什么时候能上班", required=False, widget=DateInput())
    shifts = forms.MultipleChoiceField(
        label="能上什么班", choices=SHIFTS, required=False, widget=forms.CheckboxSelectMultiple, help_text="可以多选"
    )
    housing = forms.ChoiceField(
        label="要不要住宿舍",
        choices=[("none", "不用，自己住"), ("single", "要，我一个人"), ("couple", "要夫妻房")],
        widget=forms.RadioSelect,
    )
    education = forms.ChoiceField(
        label="会开叉车吗", choices=[("yes", "会"), ("no", "不会")], required=False, widget=SideBySideRadios
    )
    about = forms.CharField(label="还想说点什么", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    agrees = forms.BooleanField(label="我同意把姓名和电话交给“永康市晨光五金厂”")


class FilterForm(forms.Form):
    pay = forms.ChoiceField(
        label="月工资", choices=[("", "不限"), ("5000", "5000 元以上"), ("7000", "7000 元以上")], required=False
    )
    shift = forms.MultipleChoiceField(label="班次", choices=SHIFTS, required=False, widget=forms.CheckboxSelectMultiple)


CONFIRMATION = {
    "title": "放弃这个岗位？",
    "text": "放弃后，厂里就不再联系您了。想好了还可以重新报名。",
    "yes": "放弃",
    "danger": True,
    "back_url": "/styleguide/",
}


def sample_posting(**changes: Any) -> dict[str, Any]:
    return {
        "title": "冲压工",
        "get_absolute_url": "/postings/1/",
        "base_pay_min": 6500,
        "base_pay_max": 8500,
        "get_pay_unit_display": "月",
        "place": "浙江省金华市永康市",
        "trade": {"name": "五金冲压"},
        "headcount": 12,
        "housing": "free",
        "meals": "work",
        "couple_rooms": True,
        "get_shift_display": "两班倒",
        "travel": "refund",
        "employer": {"name": "永康市晨光五金厂", "is_trusted": True},
        "source_name": "",
        **changes,
    }


def board_cards(start: int, count: int) -> list[dict[str, Any]]:
    names = ["王*华", "李*芳", "何*强", "苟*英", "杨*军"]
    return [
        {
            "pk": start + number,
            "name": names[(start + number) % len(names)],
            "href": "#board",
            "lines": ["通江县 · 焊工 6 年"],
            "chips": ["要夫妻房", "随时到岗"],
            "since": "3 天前报名",
        }
        for number in range(count)
    ]


def sample_context() -> dict[str, Any]:
    filled = SampleForm(
        {"name": "何秀英", "phone": "1380000", "code": "", "county": "511921", "shifts": ["day"], "pay": "10"},
        auto_id="bad_%s",
    )
    return {
        "form": SampleForm(auto_id="new_%s"),
        "bad_form": filled,
        "form_errors": ["短信验证码不对，请再看一眼。还可以试 4 次。"],
        "filter_form": FilterForm({"pay": "5000"}, auto_id="filter_%s"),
        "chosen": [
            {"text": "永康市", "href": "?"},
            {"text": "5000 元以上", "href": "?"},
            {"text": "包住", "href": "?"},
        ],
        "posting": sample_posting(),
        "plain_posting": sample_posting(
            title="注塑车间操作工（可学徒，长期招聘）",
            base_pay_max=None,
            housing="paid",
            meals="none",
            couple_rooms=False,
            travel="none",
            place="四川省巴中市通江县·兰溪通江共建产业园",
            trade=None,
        ),
        "reposted": sample_posting(
            title="仓库管理员",
            source_name="前程无忧",
            base_pay_min=None,
            housing="none",
            meals="none",
            couple_rooms=False,
            travel="none",
            employer={"name": "义乌市某供应链管理有限公司", "is_trusted": False},
        ),
        "reasons": ["工资 6500 元起，高过您要的 6000 元", "有夫妻房，您和爱人可以一起去", "要的焊工手艺您是熟练"],
        "steps": [
            {"title": "已报名", "state": "done", "when": "11 月 20 日 09:12"},
            {
                "title": "企业在看",
                "state": "done",
                "when": "11 月 21 日 15:40",
                "text": "厂里看了您的资料，想和您聊聊。",
            },
            {
                "title": "等你面试",
                "state": "now",
                "when": "11 月 25 日 10:00（北京时间）",
                "text": "请提前 10 分钟打开，手机充好电。",
                "href": "#steps",
                "link_text": "看面试安排",
            },
            {"title": "等结果", "state": "later"},
            {"title": "录用", "state": "later"},
        ],
        "states": [
            ("published", "招聘中"),
            ("review", "待审核"),
            ("shortlisted", "初审通过"),
            ("offered", "已发录用"),
            ("rejected", "未录用"),
            ("filled", "已招满"),
            ("verified", "已认证"),
            ("suspended", "已暂停"),
        ],
        "columns": [
            {"label": "岗位"},
            {"label": "状态"},
            {"label": "报名", "number": True},
            {"label": "还差", "number": True},
        ],
        "rows": [
            {"cells": ["冲压工", "招聘中", 31, 4], "href": "#table"},
            {"cells": ["包装工", "待审核", 0, 20], "href": "#table"},
            {"cells": ["缝纫工", "已招满", 58, 0], "href": "#table"},
        ],
        "bars": [
            {"label": "通江县", "value": 412, "percent": 100, "text": "412 人", "strong": True},
            {"label": "巴州区", "value": 350, "percent": 85, "text": "350 人"},
            {"label": "平昌县", "value": 120, "percent": 29.1, "text": "120 人"},
        ],
        "items": [
            {
                "title": "永康市晨光五金厂约您面试",
                "text": "11 月 25 日 10:00，手机视频。",
                "when": "今天 15:40",
                "href": "#list",
                "is_unread": True,
            },
            {
                "title": "您的报名已送到",
                "text": "厂里一般两天内回话。",
                "when": "昨天 09:12",
                "href": "#list",
                "is_unread": False,
            },
        ],
        "tabs": [
            {"text": "进行中", "href": "#tabs", "current": True, "count": 3},
            {"text": "已结束", "href": "#tabs", "current": False, "count": 12},
            {"text": "邀请我的", "href": "#tabs", "current": False, "count": None},
        ],
        "board": [
            {"key": "applied", "title": "已报名", "count": 2, "cards": board_cards(1, 2)},
            {"key": "shortlisted", "title": "初审通过", "count": 1, "cards": board_cards(3, 1)},
            {"key": "interview", "title": "约面", "count": 1, "cards": board_cards(4, 1)},
            {"key": "offered", "title": "已发录用", "count": 0, "cards": []},
        ],
        "moves": [("shortlist", "初审通过"), ("reject", "未录用")],
        "facts": [
            ("计薪方式", "月薪，底薪 6500 元"),
            ("发工资", "每月 15 号，银行卡"),
            ("社会保险", "五险，第 1 个月开始交"),
            ("备注", ""),
        ],
    }


@public
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    if not settings.DEBUG:
        raise Http404
    if "confirm" in request.GET:
        return render(request, "confirm.html", CONFIRMATION)
    return render(request, "styleguide.html", sample_context())
