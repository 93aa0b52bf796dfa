"""What an employer's members type. Forms read and name; whether it may be so is the actions' business."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.forms.boundfield import BoundField
from django.utils.dateparse import parse_datetime

from employers.actions.postings import FIELDS
from employers.choices import Hazard, MemberRole, OrgType, Scale
from employers.models import Employer, JobPosting, PostingAnswer
from employers.problems import Incomplete
from jinba.core.errors import Refused
from jinba.core.widgets import DateInput, PhoneInput, SideBySideRadios, UnitInput
from jinba.reference.choices import SkillLevel
from jinba.reference.models import Certificate, Skill, Trade, Zone
from jinba.reference.widgets import PlaceField

SKILL_ROWS = 3


def add_refusal(form: forms.BaseForm, refusal: Refused) -> None:
    """Put an action's refusal beside the fields that it speaks of."""
    problems = refusal.problems if isinstance(refusal, Incomplete) else {refusal.field or "": refusal.message}
    for field, sentence in problems.items():
        form.add_error(field if field in form.fields else None, sentence)


# Employer ------------------------------------------------------------------------------------------------------------


class ProfileForm(forms.ModelForm):
    # Not shortened here: a code typed with blanks is longer, and the action says how many characters are too many.
    uscc = forms.CharField(
        label="统一社会信用代码", help_text="营业执照右上角的 18 位代码。",
        widget=forms.TextInput({"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    region = PlaceField(label="所在地", deep_enough=6)
    contact_phone = forms.CharField(label="联系电话", widget=PhoneInput(), help_text="只给审核人员和报了名的人看。")

    class Meta:
        model = Employer
        fields = (
            *("name", "uscc", "org_type", "industry", "scale", "region", "zone", "address", "intro"),
            *("contact_name", "contact_phone"),
        )
        labels = {"zone": "在哪个园区或开发区"}
        widgets = {
            "industry": forms.TextInput({"placeholder": "比如：五金制造"}),
            "intro": forms.Textarea({"rows": 4}),
        }
        help_texts = {
            "name": "和营业执照上一样。",
            "intro": "做什么产品、多少年了、厂里什么样，写给没来过的人看。",
        }

    def __init__(self, *args: Any, locked: frozenset[str] = frozenset(), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("industry", "address", "intro", "contact_name"):
            self.fields[name].required = True
        self.fields["scale"] = forms.ChoiceField(label="规模", choices=[("", "请选择"), *Scale.choices])
        self.fields["org_type"] = forms.ChoiceField(label="单位类型", choices=OrgType.choices)
        self.fields["zone"].empty_label = "不在园区里"  # type: ignore[attr-defined]
        self.fields["zone"].queryset = Zone.objects.all()  # type: ignore[attr-defined]
        for name in locked:
            self.fields[name].disabled = True
            self.fields[name].help_text = "提交认证后不能改。"
        say_plainly(self)

    def _post_clean(self) -> None:
        """The action writes and checks; the instance stays as it is."""


def say_plainly(form: forms.BaseForm) -> None:
    """Every empty required field says what is missing, by its own name."""
    for field in form.fields.values():
        choosing = isinstance(field, forms.ChoiceField | forms.ModelChoiceField)
        field.error_messages["required"] = f"请{'选' if choosing else '填写'}{field.label}。"


# Members -------------------------------------------------------------------------------------------------------------


class InviteForm(forms.Form):
    name = forms.CharField(label="对方姓名", max_length=40)
    phone = forms.CharField(label="对方手机号", widget=PhoneInput({"autocomplete": "off"}))
    role = forms.ChoiceField(
        label="角色", choices=MemberRole.choices, initial=MemberRole.RECRUITER, widget=SideBySideRadios,
        help_text="招聘人员管岗位和报名；负责人还管成员和单位资料。",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_plainly(self)


# Postings ------------------------------------------------------------------------------------------------------------

SECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("what", "招什么人", ("title", "trade", "engagement", "employment_kind", "headcount", "days_planned")),
    ("work", "做什么、要什么", ("duties", "requirements", "education_min", "years_min", "skills", "certificates")),
    ("place", "在哪里", ("region", "zone", "address")),
    (
        "pay",
        "工资",
        (
            *("pay_mode", "pay_unit", "base_pay_min", "base_pay_max", "piece_rate_note", "pay_day"),
            "overtime_rule",
        ),
    ),
    ("hours", "班次和工作条件", ("shift", "hours_per_day", "rest_rule", "hazards", "safety_note")),
    (
        "contract",
        "合同和保险",
        ("contract_months", "probation_months", "social_insurance", "insurance_from_month"),
    ),
    (
        "living",
        "吃、住、路费",
        (
            *("meals", "meal_subsidy", "housing", "housing_fee", "couple_rooms", "has_air_con", "has_hot_water"),
            *("travel", "benefits"),
        ),
    ),
    ("time", "面试和有效期", ("interview_mode", "start_by", "valid_until")),
)
# What a posting cannot be handed in without, or what always has an answer; the rest is “可不填”.
NEEDED = (
    *("title", "trade", "engagement", "employment_kind", "headcount", "duties", "requirements", "education_min"),
    *(
        "address",
        "region",
        "pay_mode",
        "pay_unit",
        "base_pay_min",
        "shift",
        "hours_per_day",
        "rest_rule",
        "social_insurance",
    ),
    *("insurance_from_month", "meals", "housing", "travel", "interview_mode", "valid_until"),
)


LONG = ("duties", "requirements")


class WordsField(forms.CharField):
    """Short words with 、 or commas between them, as a list."""

    def prepare_value(self, value: Any) -> Any:
        return "、".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        for mark in ",\uff0c;\uff1b\n":  # commas and semicolons, narrow and wide
            text = text.replace(mark, "、")
        words = list(dict.fromkeys(word.strip() for word in text.split("、") if word.strip()))
        if len(words) > 10:
            raise forms.ValidationError("最多写 10 项。")
        if any(len(word) > 30 for word in words):
            raise forms.ValidationError("每一项不超过 30 个字。")
        return words


class BitsField(forms.TypedMultipleChoiceField):
    """Several of the certificates, as their numbers."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, widget=forms.CheckboxSelectMultiple, required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return [str(number) for number in value or []]


def grouped(rows: Any) -> list[tuple[str, Any]]:
    """Select options under the name of their family, from rows with `family`."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for row in rows:
        groups.setdefault(row.family.name if row.family else "其他", []).append((row.pk, row.name))
    return list(groups.items())


class PostingForm(forms.ModelForm):
    """The whole posting on one page. Nothing is required here: a draft may hold as little as it likes."""

    region = PlaceField(label="工作地点", required=False)
    certificates = BitsField(label="必须有的证书")
    hazards = forms.MultipleChoiceField(
        label="工作条件与危害", choices=Hazard.choices, widget=forms.CheckboxSelectMultiple,
        help_text="如实勾选，工人有权知道。",
    )  # fmt: skip
    benefits = WordsField(label="其他福利", required=False, help_text="用顿号隔开，比如：生日蛋糕、年底双薪。")
    use_required_attribute = False
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = JobPosting
        fields = FIELDS
        widgets = {
            "headcount": UnitInput("人"),
            "contract_months": UnitInput("个月"),
            "probation_months": UnitInput("个月"),
            "days_planned": UnitInput("天"),
            "years_min": UnitInput("年"),
            "base_pay_min": UnitInput("元"),
            "base_pay_max": UnitInput("元"),
            "pay_day": UnitInput("号"),
            "hours_per_day": UnitInput("小时", {"inputmode": "decimal", "step": "0.5"}),
            "insurance_from_month": UnitInput("个月"),
            "meal_subsidy": UnitInput("元/月"),
            "housing_fee": UnitInput("元/月"),
            "start_by": DateInput(),
            "valid_until": DateInput(),
            "duties": forms.Textarea({"rows": 5}),
            "requirements": forms.Textarea({"rows": 4}),
            "pay_unit": SideBySideRadios,
        }
        labels = {
            "base_pay_min": "基本工资（最低）",
            "base_pay_max": "最高大概能拿",
            "zone": "在哪个园区或开发区",
            "contract_months": "合同签多久",
            "probation_months": "试用期",
            "pay_day": "每月几号发工资",
            "insurance_from_month": "从第几个月开始交",
            "hours_per_day": "每天上几个小时",
        }
        help_texts = {
            "title": "工人平时怎么叫就怎么写，比如：冲压工、缝纫工。",
            "engagement": "请退休师傅、专家短期来帮忙的，选候鸟式、返聘式、兼职式或导师制。",
            "days_planned": "候鸟、返聘、兼职、导师岗位要写。",
            "duties": "每天具体做什么、几个人一组、有没有人带。最多 3000 字。",
            "requirements": "没有要求就写“不限”。不能限定性别、年龄、婚育、民族、户籍。最多 3000 字。",
            "address": "门牌号也写上，工人照着找。",
            "base_pay_min": "不算加班能拿到的最低数。写“面议”不能发布。",
            "base_pay_max": "加上加班、计件、奖金大概能到多少。",
            "probation_months": "合同不满 3 个月不能有；不满 1 年最长 1 个月；"
            "不满 3 年最长 2 个月；3 年以上最长 6 个月。",
            "safety_note": "有噪声、高温、粉尘、化学品、登高的要写，比如：发耳塞和防尘口罩。",
            "piece_rate_note": "计件的要写，比如：每件 0.8 元。",
            "overtime_rule": "比如：平时 1.5 倍，周末 2 倍。",
            "valid_until": "最长 60 天，到期可以再续。",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False
        for name in LONG:
            # A browser would cut what is pasted without a word; the field says how much is too much instead.
            self.fields[name].widget.attrs.pop("maxlength", None)
            for validator in self.fields[name].validators:
                if isinstance(validator, MaxLengthValidator):
                    validator.message = "最多写 %(limit_value)d 个字，现在 %(show_value)d 个字，请删掉一些。"
        families = {"family"}
        trades = grouped(Trade.objects.select_related(*families).order_by("family_id", "code"))
        self.fields["trade"] = forms.TypedChoiceField(
            label="工种", required=False, empty_value=None, coerce=int, choices=[("", "请选择"), *trades]
        )
        self.fields["certificates"].choices = [  # type: ignore[attr-defined]
            (str(row.pk), row.name) for row in Certificate.objects.all()
        ]
        self.fields["zone"].empty_label = "不在园区里"  # type: ignore[attr-defined]
        skills = grouped(Skill.objects.select_related(*families).order_by("family_id", "code"))
        # Kept as lists of pairs: one query for all rows of selects.
        levels = [(str(number), label) for number, label in SkillLevel.choices]
        known = self._known_skills()
        for number in range(SKILL_ROWS):
            code, level = known[number] if number < len(known) else ("", SkillLevel.BASIC)
            self.fields[f"skill_{number}"] = forms.TypedChoiceField(
                label=f"要会的手艺 {number + 1}", required=False, empty_value=None, coerce=int, initial=code,
                choices=[("", "不要求"), *skills],
            )  # fmt: skip
            self.fields[f"level_{number}"] = forms.TypedChoiceField(
                label=f"手艺 {number + 1} 的程度", required=False, empty_value=None, coerce=int, initial=level,
                choices=levels,
            )  # fmt: skip
        if self.instance.pk:
            self.initial["seen"] = self.instance.updated_at.isoformat()

    def _known_skills(self) -> list[tuple[int, int]]:
        return list(self.instance.skills.order_by("pk").values_list("skill_id", "level")) if self.instance.pk else []

    def _post_clean(self) -> None:
        """The action writes and checks; the instance stays as it is."""

    def clean_trade(self) -> Trade | None:
        code = self.cleaned_data.get("trade")
        return Trade.objects.filter(pk=code).first() if code else None

    def as_fields(self) -> dict[str, Any]:
        """The action's arguments."""
        cleaned = self.cleaned_data
        skills = [
            (cleaned[f"skill_{number}"], cleaned.get(f"level_{number}") or SkillLevel.BASIC)
            for number in range(SKILL_ROWS)
            if cleaned.get(f"skill_{number}")
        ]
        # What was emptied falls back to its default; only words may be empty.
        words = {"title", "duties", "requirements", "address", "piece_rate_note", "overtime_rule", "safety_note"}
        fields = {
            name: None if cleaned[name] == "" and name not in words else cleaned[name]
            for name in FIELDS
            if name in cleaned
        }
        return {**fields, "skills": skills}

    def seen_at(self) -> Any:
        try:
            return parse_datetime(self.cleaned_data.get("seen") or "")
        except ValueError:  # well written, but no day of any calendar
            return None

    def sections(self) -> Iterator[dict[str, Any]]:
        """The fields under their headings, for the template; `wrong` says that a section has something to mend.

        Whoever reads what was typed has done so by now: from here on `required` only means “not 可不填”.
        """
        _ = self.errors
        for name in NEEDED:
            self.fields[name].required = True
        for key, title, names in SECTIONS:
            fields: list[BoundField] = []
            for name in names:
                if name == "skills":
                    for number in range(SKILL_ROWS):
                        fields += [self[f"skill_{number}"], self[f"level_{number}"]]
                else:
                    fields.append(self[name])
            yield {"key": key, "title": title, "fields": fields, "wrong": any(field.errors for field in fields)}


def stored_as_typed(posting: JobPosting) -> dict[str, Any]:
    """What is stored, as if it had just been typed: a form bound to it can show what is missing."""
    form = PostingForm(instance=posting)
    data = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in data.items() if value is not None and value is not False}


class RenewForm(forms.Form):
    valid_until = forms.DateField(label="有效期延到", widget=DateInput(), help_text="最长从今天起 60 天。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_plainly(self)


class ReasonForm(forms.Form):
    """Why; asked for where the table of moves wants a reason."""

    reason = forms.CharField(label="原因", max_length=200, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, required: bool = True, help_text: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = required
        self.fields["reason"].help_text = help_text
        say_plainly(self)


class AnswerForm(forms.Form):
    """Other words for one answer on a posting's page; several stand on one page."""

    text = forms.CharField(label="答复", max_length=300, widget=forms.Textarea({"rows": 3, "maxlength": 300}))

    def __init__(self, data: Any = None, *, answer: PostingAnswer) -> None:
        super().__init__(data, initial={"text": answer.answer}, auto_id=f"id_{answer.pk}_%s")
        self.answer = answer
        say_plainly(self)
