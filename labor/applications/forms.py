from typing import Any

from django import forms

from jinba.core.widgets import DateInput
from labor.applications.choices import CloseReason, Stage
from labor.applications.moves import EMPLOYER, REASONS, WORKER, needs_reason
from labor.applications.words import WITHDRAW_WORDS


def _words_field(label: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 200}),
    )


class WithdrawForm(forms.Form):
    """Why a worker takes his application back, in his own words."""

    reason = forms.ChoiceField(
        label="为什么不去了",
        choices=[(reason.value, WITHDRAW_WORDS[reason]) for reason in REASONS[WORKER]],
        widget=forms.RadioSelect,
        error_messages={"required": "请选一个原因。"},
    )
    note = _words_field("想对企业说的话", "选了“别的原因”，就在这里写一句。")


class BirthDateForm(forms.Form):
    """Asked before applying to what people under 18 may not do, of those who have not said it yet."""

    birth_date = forms.DateField(
        label="出生日期",
        help_text="这个岗位国家规定满 18 岁才能做。企业只看到您够不够年龄。",
        widget=DateInput({"autocomplete": "bday"}),
        error_messages={"required": "请选出生日期。", "invalid": "请选一个日子。"},
    )


class ClosingForm(forms.Form):
    """Why an employer ends an application."""

    reason = forms.ChoiceField(
        label="原因",
        choices=[("", "请选择原因"), *((reason.value, CloseReason(reason).label) for reason in REASONS[EMPLOYER])],
        error_messages={"required": "请选一个原因。"},
    )
    note = _words_field("给对方的话", "对方能看到。选“其他”时必须写。")


class NoteForm(forms.Form):
    note = _words_field("给对方的话", "对方能看到，例如要补什么资料。")


class BulkForm(forms.Form):
    """Which rows of a board to move where."""

    move = forms.ChoiceField(
        choices=[(stage.value, stage.label) for stage in Stage], error_messages={"required": "请选择要办什么。"}
    )
    picked = forms.TypedMultipleChoiceField(coerce=int, error_messages={"required": "请先勾选要办理的人。"})

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        # Any number may be sent; the action finds only those that the member may see.
        ids = [value for value in data.getlist("picked") if value.isascii() and value.isdigit() and len(value) < 19]
        self.fields["picked"].choices = [(value, value) for value in ids]  # type: ignore[attr-defined]

    @property
    def needs_reason(self) -> bool:
        return needs_reason(self.cleaned_data["move"])

    @property
    def first_error(self) -> str:
        return str(next(iter(self.errors.values()))[0])
