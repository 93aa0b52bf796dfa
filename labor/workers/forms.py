"""The worker's questions, one on a screen, in the order in which they help him most. None must be answered.

A form knows its words; what may be answered is the action's business (`labor.workers.answers`).
"""

from typing import Any

from django import forms

from jinba.accounts.forms import NameForm
from jinba.core.widgets import DateInput, SideBySideRadios, UnitInput
from jinba.reference.choices import Education, Shift, SkillLevel
from jinba.reference.models import Certificate, Skill, Trade, TradeFamily
from jinba.reference.widgets import PlaceField
from labor.workers.choices import GroupKind, JobStatus, Need, ReturnWish
from labor.workers.models import Worker
from labor.workers.places import bazhong_counties, known_places

NUMBERS = {"invalid": "请填数字。", "min_value": "请填 0 或更大的数。"}
DAYS = {"invalid": "请选一个日子。"}
MISSING = {"required": "请选一个，或者点“跳过”。"}
PAYS = [(pay, f"{pay} 元") for pay in (4000, 5000, 6000, 7000, 8000, 10000)]


class StartForm(NameForm):
    """All that a newcomer says before he applies: his name and where his home is."""

    county = forms.ChoiceField(label="家在哪个县", required=False, widget=SideBySideRadios)
    elsewhere = PlaceField(label="选您家在哪里", required=False, deep_enough=6)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["county"].choices = bazhong_counties()  # type: ignore[attr-defined]

    @property
    def is_elsewhere(self) -> bool:
        return bool(self.is_bound and (self["elsewhere"].value() or self["elsewhere"].errors))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "elsewhere" not in self.errors and "county" not in self.errors:
            home = cleaned.get("elsewhere") or cleaned.get("county")
            if not home:
                self.add_error("county", "请选您家在哪个县。")
            cleaned["home"] = home
        return cleaned


class Question(forms.Form):
    """One screen. Fields bear the names of the worker's own, unless `load` and `answers` say otherwise."""

    slug = ""
    title = ""
    why = ""
    short = ""  # in the list on the profile page
    wide = False

    def __init__(self, *args: Any, worker: Worker, **kwargs: Any) -> None:
        self.worker = worker
        kwargs.setdefault("initial", self.load(worker))
        super().__init__(*args, **kwargs)

    def load(self, worker: Worker) -> dict[str, Any]:
        told = self.slug in worker.answered
        return {name: self.first(getattr(worker, name), told) for name in self.base_fields}

    def first(self, value: Any, told: bool) -> Any:
        """A default that nobody answered is not shown as if he had."""
        return value if told or value else None

    def answers(self) -> dict[str, Any]:
        """Keyword arguments of the action."""
        return dict(self.cleaned_data)


class StatusQuestion(Question):
    slug, short, title = "status", "找工作", "您现在找活吗？"
    why = "选了“暂时不找”，就不给您推荐岗位，企业也看不到您。"
    job_status = forms.ChoiceField(
        label="现在的情况", choices=JobStatus.choices, widget=forms.RadioSelect, error_messages=MISSING
    )


class TradesQuestion(Question):
    slug, short, title = "trades", "想干的工种", "您想干什么活？"
    why = "最想干的放在第一个。没有特别想的，勾上“什么活都行”就好。"
    first_trade = forms.ChoiceField(label="最想干", required=False)
    second_trade = forms.ChoiceField(label="其次", required=False)
    third_trade = forms.ChoiceField(label="再其次", required=False)
    is_open_to_any = forms.BooleanField(label="别的活也行，什么活都可以", required=False)

    names = ("first_trade", "second_trade", "third_trade")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: dict[str, list[tuple[int, str]]] = {}
        for code, name, family in Trade.objects.order_by("family_id", "code").values_list(
            "code", "name", "family__name"
        ):
            groups.setdefault(family, []).append((code, name))
        for name in self.names:
            self.fields[name].choices = [("", "没有想好"), *groups.items()]  # type: ignore[attr-defined]

    def load(self, worker: Worker) -> dict[str, Any]:
        return {
            **dict(zip(self.names, worker.trades, strict=False)),
            "is_open_to_any": worker.is_open_to_any if worker.trades else True,
        }

    def answers(self) -> dict[str, Any]:
        trades = [int(self.cleaned_data[name]) for name in self.names if self.cleaned_data[name]]
        return {"trades": trades, "is_open_to_any": self.cleaned_data["is_open_to_any"] or not trades}


class PlaceChips(Question):
    """Both cities' places as chips, a city to a field."""

    wide = True
    jinhua = forms.MultipleChoiceField(label="金华", required=False, widget=forms.CheckboxSelectMultiple)
    bazhong = forms.MultipleChoiceField(label="巴中", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known_places()
        self.fields["jinhua"].choices = self.known.jinhua  # type: ignore[attr-defined]
        self.fields["bazhong"].choices = self.known.bazhong  # type: ignore[attr-defined]


class PlacesQuestion(PlaceChips):
    slug, short, title = "places", "想去的地方", "您想去哪里干活？"
    why = "不选就是哪里都可以看看。"
    first_place = forms.ChoiceField(label="最想去", required=False)
    field_order = ("first_place", "jinhua", "bazhong")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first_place"].choices = [("", "没有特别想去的"), *self.known.groups]  # type: ignore[attr-defined]
        self.fields["jinhua"].label, self.fields["bazhong"].label = "金华这些地方也行", "巴中这些地方也行"

    def load(self, worker: Worker) -> dict[str, Any]:
        others = worker.places[1:]
        return {"first_place": (worker.places or [""])[0], "jinhua": others, "bazhong": others}

    def answers(self) -> dict[str, Any]:
        told = self.cleaned_data
        return {"places": list(filter(None, [told["first_place"], *told["jinhua"], *told["bazhong"]]))}


class RefusedQuestion(PlaceChips):
    slug, short, title = "refused", "不去的地方", "有没有哪里您不去？"
    why = "选了的地方，岗位再好也不推荐给您。"

    def load(self, worker: Worker) -> dict[str, Any]:
        return {"jinhua": worker.refused_places, "bazhong": worker.refused_places}

    def answers(self) -> dict[str, Any]:
        return {"refused_places": self.cleaned_data["jinhua"] + self.cleaned_data["bazhong"]}


class PayQuestion(Question):
    slug, short, title = "pay", "最少要挣", "一个月最少要挣多少？"
    why = "低于这个数的岗位不推荐给您。填得太高，能看的岗位会少。"
    step = forms.TypedChoiceField(
        label="点一个", choices=[(0, "多少都行"), *PAYS], coerce=int, empty_value=None, required=False,
        widget=SideBySideRadios,
    )  # fmt: skip
    other = forms.IntegerField(
        label="或者自己填", min_value=0, required=False, widget=UnitInput("元/月"), error_messages=NUMBERS
    )

    def load(self, worker: Worker) -> dict[str, Any]:
        if not worker.min_pay:
            return {"step": 0 if self.slug in worker.answered else None}
        on_button = worker.min_pay in dict(PAYS)
        return {"step": worker.min_pay} if on_button else {"other": worker.min_pay}

    def answers(self) -> dict[str, Any]:
        other, step = self.cleaned_data["other"], self.cleaned_data["step"]
        return {"min_pay": other if other is not None else step or 0}


class StartDayQuestion(Question):
    slug, short, title = "start", "什么时候能上班", "您什么时候能去上班？"
    why = "空着就是随时可以。"
    available_from = forms.DateField(label="最早哪天", required=False, widget=DateInput(), error_messages=DAYS)


class HousingQuestion(Question):
    slug, short, title = "housing", "住宿", "要厂里安排住的地方吗？"
    housing_need = forms.TypedChoiceField(
        label="宿舍", choices=Need.choices, coerce=int, widget=forms.RadioSelect, error_messages=MISSING
    )


class CoupleRoomQuestion(Question):
    slug, short, title = "couple-room", "夫妻房", "要夫妻房吗？"
    why = "有的厂有夫妻房，两口子可以住一间。"
    couple_room_need = forms.TypedChoiceField(
        label="夫妻房", choices=Need.choices, coerce=int, widget=forms.RadioSelect, error_messages=MISSING
    )


class MealsQuestion(Question):
    slug, short, title = "meals", "吃饭", "想要厂里包吃吗？"
    wants_meals = forms.TypedChoiceField(
        label="包吃", choices=[("yes", "想要包吃"), ("no", "自己解决也行")],
        coerce=lambda value: value == "yes", widget=forms.RadioSelect, error_messages=MISSING,
    )  # fmt: skip

    def load(self, worker: Worker) -> dict[str, Any]:
        told = self.slug in worker.answered
        return {"wants_meals": "yes" if worker.wants_meals else "no" if told else None}


class ShiftsQuestion(Question):
    slug, short, title = "shifts", "能上的班", "您能上什么班？"
    why = "可以多选。一个都不选，就是什么班都能上。"
    shifts = forms.MultipleChoiceField(
        label="班次", choices=Shift.choices, required=False, widget=forms.CheckboxSelectMultiple
    )


class SkillsQuestion(Question):
    """Chips by family; how well he knows each is the next screen."""

    slug, short, title, wide = "skills", "手艺", "您会哪些手艺？", True
    why = "会一点也算。点开一类，把会的都点上。"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_family: dict[int | None, list[tuple[int, str]]] = {}
        for skill, name, family_id in Skill.objects.order_by("code").values_list("code", "name", "family_id"):
            by_family.setdefault(family_id, []).append((skill, name))
        names = dict(TradeFamily.objects.values_list("code", "name"))
        trades = Trade.objects.filter(code__in=self.worker.trades)
        self.wanted = set(trades.values_list("family_id", flat=True))
        for family in sorted(by_family, key=lambda code: (code not in self.wanted, code or 0)):
            self.fields[f"family_{family or 0}"] = forms.TypedMultipleChoiceField(
                label=names.get(family or 0, "其他"), choices=by_family[family], coerce=int, required=False,
                widget=forms.CheckboxSelectMultiple, initial=[c for c, _ in by_family[family] if c in self.levels],
            )  # fmt: skip

    def load(self, worker: Worker) -> dict[str, Any]:
        self.levels = dict(worker.skills.values_list("skill_id", "level"))
        return {}

    @property
    def folds(self) -> list[tuple[forms.BoundField, int, bool]]:
        """Each family with how many are chosen and whether it is unfolded at first."""
        found = []
        for field in self:
            chosen = len(field.value() or [])
            code = int(field.name.removeprefix("family_"))
            found.append((field, chosen, bool(chosen) or code in self.wanted or bool(field.errors)))
        return found

    def answers(self) -> dict[str, Any]:
        chosen = [code for codes in self.cleaned_data.values() for code in codes]
        return {"skills": {code: self.levels.get(code, SkillLevel.BASIC.value) for code in chosen}}


class LevelsQuestion(Question):
    slug, title = "levels", "这几样您干得怎么样？"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for have in self.worker.skills.select_related("skill").order_by("skill_id"):
            self.fields[f"skill_{have.skill_id}"] = forms.TypedChoiceField(
                label=have.skill.name, choices=SkillLevel.choices, coerce=int, initial=have.level,
                widget=SideBySideRadios, error_messages=MISSING,
            )  # fmt: skip

    def answers(self) -> dict[str, Any]:
        return {
            "skills": {int(name.removeprefix("skill_")): level for name, level in self.cleaned_data.items()},
        }


class CertificatesQuestion(Question):
    slug, short, title, wide = "certificates", "证书", "您有什么证？", True
    why = "有的岗位要证才能上。没有就跳过。"
    certificates = forms.TypedMultipleChoiceField(
        label="手里有的证", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = list(Certificate.objects.order_by("code").values_list("code", "name"))
        self.fields["certificates"].choices = rows  # type: ignore[attr-defined]


class YearsQuestion(Question):
    slug, short, title = "years", "干了几年", "您在外面干活有几年了？"
    why = "把各处干的年头加起来，大概就行。"
    years = forms.IntegerField(
        label="年数", min_value=0, required=False, widget=UnitInput("年"), error_messages=NUMBERS
    )


class EducationQuestion(Question):
    slug, short, title = "education", "学历", "您念书念到哪里？"
    why = "大多数岗位不看学历，看的那些会先看这一条。"
    education = forms.TypedChoiceField(
        label="学历", choices=[choice for choice in Education.choices if choice[0]], coerce=int,
        widget=forms.RadioSelect, error_messages=MISSING,
    )  # fmt: skip


class ReturnQuestion(Question):
    slug, short, title = "return", "返乡打算", "以后想回巴中干活吗？"
    why = "巴中的共建产业园也在招人。想回来的，有合适的会告诉您。"
    return_wish = forms.ChoiceField(
        label="打算", choices=[choice for choice in ReturnWish.choices if choice[0]], widget=forms.RadioSelect,
        error_messages=MISSING,
    )  # fmt: skip


class BirthQuestion(Question):
    slug, short, title = "birth", "出生日期", "您是哪年哪月哪天生的？"
    why = "国家规定未满 16 周岁不得招用，16 到 18 岁不能干重活、险活，所以要问。企业只看到您够不够年龄。"
    birth_date = forms.DateField(
        label="出生日期", required=False, widget=DateInput({"autocomplete": "bday"}), error_messages=DAYS
    )


class HomeQuestion(Question):
    slug, short, title = "home", "姓名和家", "您的姓名和家"
    name = forms.CharField(label="姓名", max_length=40, widget=forms.TextInput({"autocomplete": "name"}))
    home = PlaceField(label="家在哪里", deep_enough=6, error_messages={"required": "请选您家在哪里。"})
    village = forms.CharField(label="哪个村（社区）", max_length=60, required=False)

    def load(self, worker: Worker) -> dict[str, Any]:
        return {"name": worker.name, "home": worker.home_id, "village": worker.village}


class StartGroupForm(forms.Form):
    kind = forms.ChoiceField(
        label="和谁一起",
        choices=GroupKind.choices,
        widget=SideBySideRadios,
        error_messages={"required": "请选和谁一起。"},
    )


class JoinGroupForm(forms.Form):
    code = forms.CharField(
        label="结伴码",
        max_length=20,
        help_text="同伴手机上的 8 位码，大小写都行",
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": "请输入同伴给您的结伴码。"},
    )


QUESTIONS: dict[str, type[Question]] = {
    form.slug: form
    for form in (
        StatusQuestion, TradesQuestion, PlacesQuestion, PayQuestion, StartDayQuestion, HousingQuestion,
        CoupleRoomQuestion, MealsQuestion, ShiftsQuestion, SkillsQuestion, LevelsQuestion, YearsQuestion,
        CertificatesQuestion, EducationQuestion, BirthQuestion, RefusedQuestion, ReturnQuestion, HomeQuestion,
    )
}  # fmt: skip
