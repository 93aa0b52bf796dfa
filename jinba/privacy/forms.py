from collections.abc import Iterable
from typing import Any

from django import forms

from jinba.privacy.choices import Purpose

# What each kind of reader may have in mind; the first is chosen.
FOR_EMPLOYERS = (Purpose.HIRING, Purpose.CHECK, Purpose.OTHER)
FOR_HELPERS = (Purpose.CONTACT, Purpose.CHECK, Purpose.OTHER)
FOR_OFFICERS = (Purpose.CONTACT, Purpose.COMPLAINT, Purpose.CHECK, Purpose.MERGE, Purpose.OTHER)


class RevealForm(forms.Form):
    """Why somebody wants to see personal data in clear."""

    purpose = forms.ChoiceField(
        label="为什么要看", widget=forms.RadioSelect(), error_messages={"required": "请选一下为什么要看。"}
    )
    reason = forms.CharField(
        label="说明",
        max_length=200,
        required=False,
        help_text="选“其他”或“处理投诉”时请写一句。对方看得到。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, purposes: Iterable[Purpose], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = list(purposes)
        field: Any = self.fields["purpose"]
        field.choices = [(one.value, one.label) for one in chosen]
        field.initial = chosen[0].value
