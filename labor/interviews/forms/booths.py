"""What the people of the park fill in about their booths and about who comes without an appointment."""

from typing import Any

from django import forms

from jinba.accounts.choices import Role
from jinba.accounts.models import User
from jinba.core.errors import Refused
from jinba.core.phones import normalise_phone
from jinba.core.widgets import EmptyAgainInput, PhoneInput
from labor.interviews.models import Booth

PICK_ONE = {"required": "请选一项。", "invalid_choice": "请选一项。"}


class CloseForm(forms.Form):
    """Why a booth is not open on a day. The people who were booked read it."""

    reason = forms.CharField(
        label="原因", max_length=60, help_text="约了这里的人会看到，比如“停电检修”。",
        error_messages={"required": "请写一句原因，约了的人会看到。"},
    )  # fmt: skip


class StandInForm(forms.Form):
    """Who is on duty in a booth on one day instead of the usual host."""

    host = forms.ModelChoiceField(
        label="这一天谁值班", queryset=User.objects.none(), empty_label="请选", error_messages=PICK_ONE
    )
    reason = forms.CharField(label="原因", max_length=60, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["host"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = User.objects.filter(role=Role.PARK, is_active=True).order_by("name", "pk")
        field.label_from_instance = lambda user: str(user.name or "没有填姓名")  # type: ignore[method-assign, assignment]


class FindForm(forms.Form):
    """Whose phone number it is. Sent by POST: a number belongs into no address."""

    phone = forms.CharField(
        label="他的手机号", max_length=40, widget=PhoneInput({"autocomplete": "off"}),
        error_messages={"required": "请填他的手机号。"},
    )  # fmt: skip

    def clean_phone(self) -> str:
        try:
            return normalise_phone(self.cleaned_data["phone"])
        except Refused as refusal:
            raise forms.ValidationError(refusal.message) from refusal


class WalkInForm(forms.Form):
    """What he came for: one of his interviews, or only to ask."""

    about = forms.ChoiceField(label="他来办什么", widget=forms.RadioSelect, error_messages=PICK_ONE)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["about"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        field.initial = choices[0][0]


class CallForm(forms.Form):
    """Into which booth a number is called."""

    booth = forms.ModelChoiceField(
        label="叫到", queryset=Booth.objects.in_use(), empty_label=None,
        error_messages={"required": "请选一个面试间。", "invalid_choice": "请选一个面试间。"},
    )  # fmt: skip


class LetInForm(forms.Form):
    """What he who wants to come in says of himself, or what his card says."""

    said = forms.CharField(
        max_length=40, widget=EmptyAgainInput({"autocomplete": "off", "autofocus": True}),
        error_messages={"required": "请先问他，再填。", "max_length": "太长了，请重新填。"},
    )  # fmt: skip

    def __init__(self, *args: Any, has_phone: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["said"]
        field.label = "他报的手机号后四位" if has_phone else "身份证上的姓名"
        field.help_text = (
            "请他自己报，您来填。记不得号码的，看他的身份证，在这里填身份证上的姓名。"
            if has_phone
            else "他没有留手机号。请看他的身份证，把上面的姓名填在这里。"
        )
