"""What somebody types who reports a posting, and who asks what became of it."""

import secrets
from typing import Any

from django import forms

from employers.choices import ReportKind
from employers.forms import say_plainly

SHORTEST_SLIP, LONGEST_SLIP = 20, 64
HINTS = {
    ReportKind.FEE: "要交押金、服装费、培训费、体检费等",
    ReportKind.PAY: "去了才知道和写的不一样",
    ReportKind.DISCRIMINATION: "歧视：限性别、户籍、民族、婚育、健康等",
}


def new_slip() -> str:
    return secrets.token_urlsafe(24)


class ReportForm(forms.Form):
    kind = forms.ChoiceField(
        label="有什么问题", widget=forms.RadioSelect,
        choices=[(kind.value, HINTS.get(kind, kind.label)) for kind in ReportKind],
    )  # fmt: skip
    text = forms.CharField(
        label="是怎么回事", required=False, widget=forms.Textarea({"rows": 4}),
        help_text="什么时候、谁、要了多少钱，写得越清楚越好查。最多 500 字。",
    )  # fmt: skip
    contact = forms.CharField(
        label="怎么联系您", required=False, widget=forms.TextInput({"autocomplete": "off"}),
        help_text="手机号或微信，只给核查的干部看，用人单位看不到。",
    )  # fmt: skip
    # People do not see it; programs fill in everything.
    website = forms.CharField(required=False, label="这一栏请留空")
    slip = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_plainly(self)
        self.fields["kind"].error_messages |= {"required": "请选是什么问题。", "invalid_choice": "请选是什么问题。"}

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError("“网址”这一栏请留空，再提交一次。")
        return ""

    def clean_slip(self) -> str:
        slip = self.cleaned_data["slip"]
        return slip if SHORTEST_SLIP <= len(slip) <= LONGEST_SLIP else new_slip()


class CodeForm(forms.Form):
    code = forms.CharField(
        label="查询码", max_length=40, help_text="举报以后给您的 10 位字母和数字，不分大小写。",
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_plainly(self)


class ReviewForm(forms.Form):
    code = forms.CharField(required=False, widget=forms.HiddenInput)
    report = forms.IntegerField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(label="为什么不同意", widget=forms.Textarea({"rows": 3}), help_text="最多 500 字。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_plainly(self)
