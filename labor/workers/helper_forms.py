"""What a helper fills in: whom he registers, how that person agreed, who goes together."""

from typing import Any

from django import forms
from django.utils import timezone

from jinba.core.errors import Refused
from jinba.core.phones import normalise_phone
from jinba.core.widgets import PhoneInput, SideBySideRadios
from labor.workers.actions.coming import FIRST_METHODS
from labor.workers.choices import DelegationMethod, GroupKind
from labor.workers.delegation_text import MONTHS, USUAL_MONTHS, last_day
from labor.workers.forms import StartForm
from labor.workers.models import Worker

# Said to the helper; the model's words are about what was done.
METHOD_WORDS = {
    DelegationMethod.SELF: "给他发消息，他在自己手机上同意",
    DelegationMethod.CODE: "给他发验证码，他念给我听",
    DelegationMethod.SPOKEN: "他当面或在电话里口头同意了",
    DelegationMethod.PAPER: "他签了纸质委托书",
    DelegationMethod.LIST: "他在名册上签了字",
}


class RegisterForm(StartForm):
    """All that a helper must know of somebody: name, phone, and where his home is."""

    phone = forms.CharField(
        label="他的手机号",
        max_length=40,
        widget=PhoneInput({"autocomplete": "off", "autofocus": True}),
        error_messages={"required": "请填他的手机号。"},
    )
    village = forms.CharField(label="哪个村（社区）", max_length=60, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "他的姓名"
        self.fields["name"].widget.attrs = {"autocomplete": "off"}
        self.fields["elsewhere"].label = "选他家在哪里"

    def clean_phone(self) -> str:
        try:
            return normalise_phone(self.cleaned_data["phone"])
        except Refused as refusal:
            raise forms.ValidationError(refusal.message) from refusal


class EntrustForm(forms.Form):
    """How he agreed, and for how long."""

    method = forms.ChoiceField(
        label="他怎么同意的", widget=forms.RadioSelect, error_messages={"required": "请选他是怎么同意的。"}
    )
    months = forms.TypedChoiceField(
        label="委托多久", coerce=int, initial=USUAL_MONTHS, widget=forms.RadioSelect,
        error_messages={"required": "请选委托多久。", "invalid_choice": "请选委托多久。"},
    )  # fmt: skip

    def __init__(self, *args: Any, known: Worker | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        methods: tuple[DelegationMethod, ...]
        if known is None:
            methods = FIRST_METHODS
        elif known.user_id:
            methods = (DelegationMethod.SELF, DelegationMethod.CODE)
        else:
            methods = (DelegationMethod.CODE,)
        self.fields["method"].choices = [(one.value, METHOD_WORDS[one]) for one in methods]  # type: ignore[attr-defined]
        if len(methods) == 1:
            self.fields["method"].initial = methods[0].value
        today = timezone.localdate()
        self.fields["months"].choices = [  # type: ignore[attr-defined]
            (months, f"{months} 个月（到 {last_day(months, start=today):%Y-%m-%d}）") for months in MONTHS
        ]


class SearchForm(forms.Form):
    q = forms.CharField(label="姓名、手机号或村名", required=False, max_length=60)


class GroupForm(forms.Form):
    """Who of a helper's people go together."""

    kind = forms.ChoiceField(
        label="他们是",
        choices=GroupKind.choices,
        widget=SideBySideRadios,
        error_messages={"required": "请选他们是夫妻还是同乡。"},
    )
    workers = forms.TypedMultipleChoiceField(
        label="哪几位",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请勾选要结伴的人。", "invalid_choice": "有人不在您的名单里了，请刷新再选。"},
    )

    def __init__(self, *args: Any, people: list[Worker], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["workers"].choices = [  # type: ignore[attr-defined]
            (one.pk, f"{one.name}（{one.home.name}{one.village}）") for one in people
        ]


class ClaimForm(forms.Form):
    words = forms.CharField(
        label="您的全名，或身份证最后四位",
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "autofocus": True}),
        error_messages={"required": "请填您的全名。"},
    )
