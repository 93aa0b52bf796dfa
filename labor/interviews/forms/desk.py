"""What a recruiter types about one interview."""

from typing import Any

from django import forms

from employers.forms import say_plainly
from jinba.core.widgets import PhoneInput
from labor.interviews.choices import CancelReason, SeatKind, Side
from labor.interviews.forms.times import TimeRows
from labor.interviews.moves import REASONS

WORDS = {CancelReason.ILL: "面试官身体不舒服"}
SYSTEMS = (CancelReason.UNANSWERED,)  # said when a sitting is closed


class CancelForm(forms.Form):
    reason = forms.ChoiceField(
        label="为什么取消", widget=forms.RadioSelect, error_messages={"required": "请选一个原因。"},
        choices=[(one.value, WORDS.get(one, one.label)) for one in REASONS[Side.EMPLOYER] if one not in SYSTEMS],
    )  # fmt: skip
    note = forms.CharField(
        label="给对方的话", required=False, max_length=200, widget=forms.Textarea({"rows": 2, "maxlength": 200}),
        help_text="对方能看到。选“其他”时请写一句。",
    )  # fmt: skip


class AgainForm(forms.Form):
    """New times for an interview that has to be moved."""

    rows = TimeRows(count=4, shown=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows.add_to(self)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        data["times"] = self.rows.read(self)
        if not data["times"] and not self.errors:
            self.add_error("on_1", "请至少写一个时间。")
        return data


class GuestForm(forms.Form):
    """Somebody without account who takes a seat in the room."""

    kind = forms.CharField(widget=forms.HiddenInput, initial=SeatKind.INTERPRETER)
    name = forms.CharField(label="翻译的称呼", max_length=20, widget=forms.TextInput({"autocomplete": "off"}))
    phone = forms.CharField(
        label="翻译的手机号", widget=PhoneInput({"autocomplete": "off"}), help_text="短信把进面试室的链接发给他。"
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="guest_%s")
        say_plainly(self)
