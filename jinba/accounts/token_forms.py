from typing import Any

from django import forms

from jinba.accounts.choices import Scope
from jinba.accounts.tokens import LONGEST_DAYS, SCOPES

LIFETIMES = ((30, "30 天"), (90, "90 天"), (180, "半年"), (LONGEST_DAYS, "一年"))


class TokenForm(forms.Form):
    """What for, what it may do, for how long."""

    name = forms.CharField(
        label="给什么程序用", max_length=60, help_text="自己看得懂就行，比如：厂里的人事系统。",
        error_messages={"required": "请写这个令牌给什么程序用。"},
    )  # fmt: skip
    scopes = forms.MultipleChoiceField(
        label="能做什么", widget=forms.CheckboxSelectMultiple, help_text="只选用得着的；令牌做不了您自己做不了的事。",
        error_messages={"required": "请至少选一项权限。"},
    )  # fmt: skip
    days = forms.TypedChoiceField(label="有效期", coerce=int, choices=LIFETIMES, initial=90)

    def __init__(self, *args: Any, role: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = [(scope.value, scope.label) for scope in SCOPES[role]]
        self.fields["scopes"].choices = allowed  # type: ignore[attr-defined]
        self.fields["scopes"].initial = [Scope.READ.value]
