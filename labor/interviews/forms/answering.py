"""What a worker, or his helper, says when an interview does not suit him."""

from django import forms

from labor.interviews.choices import CancelReason, Side
from labor.interviews.moves import REASONS

# Reasons as a worker gives them himself.
WORDS = {
    CancelReason.NO_TIME: "时间安排不过来",
    CancelReason.UNWILLING: "不想去这家了",
    CancelReason.ILL: "身体不舒服",
    CancelReason.UNSUITABLE: "工资、条件谈不拢",
    CancelReason.OTHER: "别的原因",
}


class OtherTimeForm(forms.Form):
    wish = forms.CharField(
        label="什么时候方便",
        help_text="例如：后天下午，或者晚上 7 点以后。企业看到后给新的时间。",
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 200}),
    )


class DeclineForm(forms.Form):
    reason = forms.ChoiceField(
        label="为什么不去",
        choices=[(reason.value, WORDS[reason]) for reason in REASONS[Side.WORKER]],
        widget=forms.RadioSelect,
        error_messages={"required": "请选一个原因。"},
    )
    note = forms.CharField(
        label="想对企业说的话",
        help_text="选了“别的原因”，就在这里写一句。",
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 200}),
    )
