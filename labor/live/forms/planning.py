"""What the crew types who plans a session. Forms read and name; whether it may be so is the actions' business."""

from typing import Any

from django import forms
from django.utils import timezone

from employers.forms import say_plainly
from jinba.core.slips import SlipForm, new_slip
from jinba.core.time_fields import ClockField, DayField, moment
from jinba.core.widgets import PhoneInput, UnitInput
from jinba.links.choices import Channel
from jinba.reference.choices import RegionLevel
from jinba.reference.models import Region
from labor.live.choices import CrewPart, Platform
from labor.live.models import LiveSession, Studio

SUGGESTED_PLAN = """\
断线：页面会自动重连；一分钟没恢复，场控先发公告“画面马上回来”，接着在互动区答题，主播换手机流量再开。
有人骂人、打广告、留电话：场控隐藏并禁言，不争论。
讲错工价或待遇：主播马上当场更正，场控发公告；岗位写错的先撤下。
有人受伤、起火、停电：先停播救人，打 120、119，再报告服务专区。
有人说要交押金、收费：主播当场说明求职不收费，请他举报。
总负责：（写姓名）"""
PARTS = [(CrewPart.ANCHOR, "主播：出镜讲岗位"), (CrewPart.MODERATOR, "场控：放岗位卡、答题、管秩序")]
# Where a poster of a session hangs.
ON_PAPER = (Channel.POSTER, Channel.VILLAGE, Channel.FAIR, Channel.WECHAT, Channel.OTHER)
OUR_CITY = "5119"  # 巴中: its people are who posters call


class SessionForm(SlipForm):
    title = forms.CharField(
        label="标题", max_length=60, help_text="看的人先看到这一行，例如：进厂看车间，冲压工当场问。"
    )
    intro = forms.CharField(
        label="介绍", required=False, max_length=500, widget=forms.Textarea({"rows": 3, "maxlength": 500}),
        help_text="讲哪些岗位、谁来讲、看的人能得到什么。",
    )  # fmt: skip
    day = DayField(label="哪一天")
    starts = ClockField(label="几点开始")
    ends = ClockField(label="几点结束")
    studio = forms.ModelChoiceField(
        label="直播间", queryset=Studio.objects.none(), required=False,
        empty_label="不用专区的直播间（在厂里、在车间）",
        error_messages={"invalid_choice": "这间直播间现在不能用，请换一间。"},
    )  # fmt: skip
    platform = forms.ChoiceField(
        label="画面在哪里播", required=False, choices=[("", "在本站播"), *Platform.choices], widget=forms.RadioSelect,
        help_text="选了别的平台，看的人点链接或扫码去那边看画面；岗位、提问、报名还在本站。",
    )  # fmt: skip
    platform_url = forms.CharField(
        label="那边的直播链接", required=False, max_length=500, help_text="在平台里点“分享—复制链接”，粘贴到这里。",
        widget=forms.TextInput({"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    emergency_plan = forms.CharField(
        label="应急预案", required=False, max_length=500, widget=forms.Textarea({"rows": 8, "maxlength": 500}),
        help_text="出了事谁做什么。已经写好常见的几条，请改成您这场的，写上负责人。",
    )  # fmt: skip
    slow_seconds = forms.IntegerField(
        label="每个人隔多久能再发一句", initial=3, min_value=0, max_value=300, widget=UnitInput("秒"),
        help_text="人多的时候可以调大，直播中也能改。0 就是不限。",
        error_messages={"min_value": "请写 0 到 300 秒。", "max_value": "请写 0 到 300 秒。"},
    )  # fmt: skip

    def __init__(self, data: Any = None, *, session: LiveSession | None = None) -> None:
        super().__init__(data, initial=_initial(session))
        field: Any = self.fields["studio"]
        field.queryset = Studio.objects.filter(is_active=True)
        field.label_from_instance = lambda studio: f"{studio.name}（{studio.place}）"
        say_plainly(self)
        for name, words in {"day": "请选哪一天。", "starts": "请写几点开始。", "ends": "请写几点结束。"}.items():
            self.fields[name].error_messages["required"] = words

    def clean_platform_url(self) -> str:
        """Who goes back to “在本站播” no longer sees the link, and could not take it out."""
        url: str = self.cleaned_data["platform_url"]
        return url if self.cleaned_data.get("platform") else ""

    @property
    def told(self) -> dict[str, Any]:
        """What the actions take; of a form with errors as much as could be read."""
        data = self.cleaned_data
        names = ("title", "intro", "studio", "platform", "platform_url", "emergency_plan", "slow_seconds")
        told = {name: data[name] for name in names if name in data}
        if "day" in data:
            told |= {name: moment(data["day"], data[typed]) for name, typed in FIELDS.items() if typed in data}
        return told


# Where a refusal of the action stands on the form.
FIELDS = {"starts_at": "starts", "ends_at": "ends"}


def _initial(session: LiveSession | None) -> dict[str, Any]:
    if session is None:
        return {"slip": new_slip(), "emergency_plan": SUGGESTED_PLAN, "slow_seconds": 3}
    starts, ends = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
    names = ("title", "intro", "studio", "platform", "platform_url", "emergency_plan", "slow_seconds")
    return {name: getattr(session, name) for name in names} | {
        "day": starts.date(), "starts": starts.time(), "ends": ends.time(),
        "emergency_plan": session.emergency_plan or SUGGESTED_PLAN,
    }  # fmt: skip


class CancelForm(forms.Form):
    reason = forms.CharField(
        label="为什么取消", max_length=200, help_text="预约的人会看到，例如：车间停电，改到下周。",
        widget=forms.Textarea({"rows": 2, "maxlength": 200}), error_messages={"required": "请写一句原因。"},
    )  # fmt: skip


class CrewForm(forms.Form):
    """One of one's own people, or somebody's phone number; the number wins when both are given."""

    user = forms.TypedChoiceField(
        label="自己的人", coerce=int, required=False, empty_value=None,
        error_messages={"invalid_choice": "请从名单里选。"},
    )  # fmt: skip
    phone = forms.CharField(
        label="或者填手机号", required=False, max_length=40, widget=PhoneInput({"autocomplete": "off"}),
        help_text="要在本站登录过；是节目单里单位的成员，或者服务专区的人。",
    )  # fmt: skip
    part = forms.ChoiceField(
        label="做什么", choices=PARTS,
        initial=CrewPart.ANCHOR, widget=forms.RadioSelect, error_messages={"required": "请选主播还是场控。"},
    )  # fmt: skip
    shown_name = forms.CharField(
        label="对外称呼", max_length=20, help_text="看的人看到的名字，例如：招聘主管 李姐。",
        error_messages={"required": "请写对外称呼，例如：招聘主管 李姐。"},
    )  # fmt: skip

    def __init__(self, data: Any = None, *, people: list[Any]) -> None:
        super().__init__(data)
        field: Any = self.fields["user"]
        field.choices = [("", "请选"), *((one.pk, one.name or "没有写姓名") for one in people)]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("user") and not data.get("phone") and not {"user", "phone"} & self.errors.keys():
            self.add_error("phone", "请选一个人，或者填他的手机号。")
        return data


class PosterForm(forms.Form):
    """Where a poster hangs, so that its code can tell who came from there."""

    channel = forms.ChoiceField(
        label="放在哪里", choices=[(one.value, one.label) for one in ON_PAPER], widget=forms.RadioSelect,
        initial=Channel.VILLAGE, error_messages={"required": "请选放在哪里。"},
    )  # fmt: skip
    region = forms.ModelChoiceField(
        label="哪个县区", queryset=Region.objects.none(), required=False, empty_label="不限",
        help_text="看的人没填过家在哪里的，就算从这里来。",
    )  # fmt: skip
    label = forms.CharField(
        label="写清地方", required=False, max_length=40,
        help_text="例如：诺江镇王家村村口。以后能看到从这里来了多少人。",
        error_messages={"max_length": "请写在 40 个字以内。"},
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        field: Any = self.fields["region"]
        field.queryset = Region.objects.within(OUR_CITY).filter(level=RegionLevel.COUNTY)
        field.label_from_instance = lambda region: region.name

    @property
    def wish(self) -> dict[str, str]:
        """What the link is to remember. The county is part of the label: the same place there is another link."""
        region, label = self.cleaned_data["region"], self.cleaned_data["label"]
        if region and region.name not in label:
            label = f"{region.name} {label}".strip()
        return {
            "channel": self.cleaned_data["channel"],
            "label": label,
            "region_code": region.code if region else "",
        }
