from typing import Any

from django import forms

from jinba.core.errors import Refused
from labor.workers.choices import ConsentPurpose
from labor.workers.consents import text_of


class ResidentIdForm(forms.Form):
    """A resident ID, with a consent of its own."""

    number = forms.CharField(
        label="身份证号",
        max_length=40,
        error_messages={"required": "请填写身份证号。"},
        help_text="18 位，最后一位可能是 X。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    takes_birth_date = forms.BooleanField(label="出生日期以身份证为准", required=False, widget=forms.HiddenInput())
    is_agreed = forms.BooleanField(required=False)

    def __init__(self, *args: Any, is_own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        text = text_of(ConsentPurpose.RESIDENT_ID)
        self.fields["is_agreed"].label = text if is_own else f"他本人同意了：{text}"
        if self.data.get("takes_birth_date"):
            self.ask_for_birth_date()

    def ask_for_birth_date(self) -> None:
        """The number tells another day than the profile: let the person say which is right."""
        self.fields["takes_birth_date"].widget = forms.CheckboxInput()

    def add_refusal(self, refusal: Refused) -> None:
        field = "number" if refusal.field == "resident_id" else refusal.field
        self.add_error(field if field in self.fields else None, refusal.message)
