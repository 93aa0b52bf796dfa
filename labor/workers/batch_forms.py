"""What a broker or somebody of the park says about a roster."""

from typing import Any

from django import forms

from labor.workers.delegation_text import MONTHS, USUAL_MONTHS
from labor.workers.intake.workbook import MOST_BYTES, TOO_BIG


class RosterForm(forms.Form):
    file = forms.FileField(
        label="填好的名册",
        help_text="只收 .xlsx，最大 20 MB，一次最多 100,000 人。传上来先检查，您确认以前一个人也不登记。",
        error_messages={
            "required": "请先选一个文件。",
            "empty": "这个文件是空的，请重新选一个。",
            "missing": "没有收到文件，请再选一次。",
        },
        widget=forms.ClearableFileInput(
            attrs={"accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
        ),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(TOO_BIG)
        return file


class ConfirmForm(forms.Form):
    months = forms.TypedChoiceField(
        label="大家同意您代办多久",
        coerce=int,
        choices=[(months, f"{months} 个月") for months in MONTHS],
        initial=USUAL_MONTHS,
        widget=forms.RadioSelect,
    )
    is_signed = forms.BooleanField(
        label="名册上每个人都签字同意了",
        error_messages={"required": "请先让名册上每个人签字同意，再勾上这一项。"},
    )
