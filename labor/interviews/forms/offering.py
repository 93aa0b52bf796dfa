"""What an employer types who asks applicants to an interview."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from django import forms
from django.db.models import TextChoices

from employers.forms import say_plainly
from employers.models import Member
from jinba.core.slips import SlipForm, new_slip
from jinba.core.time_fields import DAY_MISSING, TIME_MISSING, ClockField, DayField, moment
from jinba.core.widgets import SideBySideRadios, UnitInput
from labor.applications.models import Application
from labor.interviews.choices import Mode
from labor.interviews.forms.times import TimeRows

EVENING = time(20)  # until then one may answer on the day named

SERIES_FIELDS = {"recruiter", "minutes", "way", "day", "starts", "ends", "pause"}


class Way(TextChoices):
    TIMES = "times", "写几个时间，对方挑一个"
    SERIES = "series", "一段时间里一个接一个，各挑一个"
    QUEUE = "queue", "大家同一段时间来，到时候一个一个叫"


class OfferForm(SlipForm):
    """Whom, who asks, how and when. `series_seen` says for which series the times below it were shown."""

    application = forms.TypedMultipleChoiceField(
        label="约谁", coerce=int, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选要约的人。", "invalid_choice": "有人刚刚不能约了，请看看名单再选。"},
    )  # fmt: skip
    recruiter = forms.TypedChoiceField(
        label="谁来面试", coerce=int, error_messages={"invalid_choice": "请选本单位的一位成员。"}
    )
    mode = forms.ChoiceField(
        label="怎么面试", choices=[(Mode.VIDEO, "手机视频"), (Mode.PHONE, "打电话"), (Mode.ONSITE, "来厂里")],
        initial=Mode.VIDEO, widget=SideBySideRadios,
    )  # fmt: skip
    place = forms.CharField(
        label="来哪里", required=False, max_length=120, help_text="写到门牌和楼层，找得到人。",
        widget=forms.TextInput({"autocomplete": "street-address"}),
    )  # fmt: skip
    minutes = forms.IntegerField(label="每人多久", initial=20, min_value=1, widget=UnitInput("分钟"))
    way = forms.ChoiceField(
        label="什么时候", choices=Way.choices, initial=Way.TIMES, widget=forms.RadioSelect,
        help_text="定下来的时间先替面试官留着，不会撞上别的面试。",
    )  # fmt: skip
    day = DayField(label="哪一天", required=False)
    starts = ClockField(label="几点开始", required=False)
    ends = ClockField(label="几点结束", required=False)
    takes_walk_ins = forms.BooleanField(
        label="没约的人到服务专区来，也让他排进来", required=False,
        help_text="限手机视频。报过这个岗位的人，当天到现场就能排；没报名的，工作人员先帮他报名。",
    )  # fmt: skip
    pause = forms.IntegerField(label="每两人之间歇", required=False, initial=5, min_value=0, widget=UnitInput("分钟"))
    series_seen = forms.CharField(required=False, widget=forms.HiddenInput)
    keep = forms.MultipleChoiceField(label="这些时间", required=False, widget=forms.CheckboxSelectMultiple)
    note = forms.CharField(
        label="给对方的话", required=False, max_length=200, widget=forms.Textarea({"rows": 2, "maxlength": 200}),
        help_text="例如：请准备身份证，会问以前干过什么活。",
    )  # fmt: skip
    answer_on = DayField(label="请对方哪天以前选好", required=False, help_text="到那天晚上 8 点。不填就不限。")

    rows = TimeRows(count=6, shown=3)

    def __init__(
        self, data: Any = None, *, people: Iterable[Application], members: Iterable[Member], initial: dict[str, Any]
    ) -> None:
        super().__init__(data, initial={"slip": new_slip(), **initial})
        self.rows.add_to(self)
        fields: Any = self.fields
        fields["application"].choices = [(one.pk, one) for one in people]
        fields["recruiter"].choices = [(one.user_id, one.user.name or "没有写姓名") for one in members]
        # Which times there are follows from the series; the view takes of these those that are ticked.
        fields["keep"].choices = [(one, one) for one in data.getlist("keep")[:100]] if data is not None else []
        say_plainly(self)
        fields["application"].error_messages["required"] = "请选要约的人。"

    @property
    def way_chosen(self) -> str:
        return str(self["way"].value() or Way.TIMES)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        way = data.get("way")
        if way == Way.TIMES:
            data["times"] = self.rows.read(self)
            if not data["times"] and not any(name.startswith(("on_", "at_")) for name in self.errors):
                self.add_error("on_1", "请至少写一个时间。")
        elif way:
            missing = {"day": DAY_MISSING, "starts": TIME_MISSING, "ends": TIME_MISSING}
            for name, words in missing.items():
                if data.get(name) is None and name not in self.errors:
                    self.add_error(name, words)
            if not missing.keys() & self.errors.keys():
                data["start"], data["end"] = (moment(data["day"], data[name]) for name in ("starts", "ends"))
        day = data.get("answer_on")
        data["answer_by"] = moment(day, EVENING) if day else None
        return data

    def only_series(self) -> None:
        """Somebody wants to look at the times of a series: what else is still missing does not matter yet."""
        self.full_clean()
        for name in set(self.errors) - SERIES_FIELDS:
            del self.errors[name]
        if self.way_chosen != Way.SERIES:
            self.add_error("way", "要看一段时间里的时间，请先选“一段时间里一个接一个”。")

    def no_times(self) -> None:
        """A series came to nothing: too short, or nothing of it kept."""
        if self.series_was_seen:
            self.add_error("keep", "请至少留一个时间。")
        else:
            self.add_error("ends", "这段时间里一个人也放不下，请把结束时间写晚一些。")

    @property
    def series_shown(self) -> str:
        """What the times of a series follow from: shown for these, they may be sent."""
        names = ("recruiter", "minutes", "pause", "start", "end")
        return "|".join(str(self.cleaned_data.get(name)) for name in names)

    @property
    def series_was_seen(self) -> bool:
        return bool(self.cleaned_data["series_seen"] == self.series_shown)

    def time_field(self, at: datetime | None) -> str:
        """The field beside which a refusal of that time stands."""
        if self.way_chosen == Way.TIMES:
            row = self.cleaned_data.get("times", {}).get(at)
            return f"at_{row}" if row else "on_1"
        return "starts"
