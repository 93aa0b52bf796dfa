"""The answer to one question; several stand on one page."""

from typing import Any

from django import forms

from labor.live.actions.answering import LONGEST_ANSWER
from labor.live.models import Message


class AnswerForm(forms.Form):
    text = forms.CharField(
        label="答复",
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea({"rows": 3, "maxlength": LONGEST_ANSWER}),
        error_messages={"required": "请写答复。"},
    )
    keep_as_faq = forms.BooleanField(label="放到岗位页上，后来的人也看得到", required=False, initial=True)

    def __init__(self, data: Any = None, *, message: Message) -> None:
        super().__init__(data, auto_id=f"id_{message.pk}_%s")
        self.message = message
        if message.card is None:
            del self.fields["keep_as_faq"]
