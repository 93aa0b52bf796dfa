from typing import Any

from allauth.account.forms import LoginForm
from django import forms

from jinba.accounts.names import clean_name
from jinba.core.errors import Refused
from jinba.core.phones import normalise_phone
from jinba.core.widgets import CodeInput, PhoneInput


class PhoneForm(forms.Form):
    phone = forms.CharField(
        label="手机号",
        max_length=40,
        widget=PhoneInput({"autofocus": True}),
        error_messages={"required": "请输入 11 位手机号码。"},
    )
    next = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_phone(self) -> str:
        try:
            return normalise_phone(self.cleaned_data["phone"])
        except Refused as refusal:
            raise forms.ValidationError(refusal.message) from refusal


class CodeForm(forms.Form):
    code = forms.CharField(
        label="短信验证码",
        widget=CodeInput({"autofocus": True}),
        error_messages={"required": "请输入短信里的 6 位数字。"},
    )

    def clean_code(self) -> str:
        # Full-width digits and spaces, as phones and people write them.
        digits = "".join(str(int(sign)) for sign in self.cleaned_data["code"] if sign.isdecimal())
        if len(digits) != 6:
            raise forms.ValidationError("请输入短信里的 6 位数字。")
        return digits


class NameForm(forms.Form):
    name = forms.CharField(
        label="您的姓名",
        max_length=40,
        widget=forms.TextInput({"autocomplete": "name", "autofocus": True}),
        error_messages={"required": "请写您的姓名。"},
    )

    def clean_name(self) -> str:
        try:
            return clean_name(self.cleaned_data["name"])
        except Refused as refusal:
            raise forms.ValidationError(refusal.message) from refusal


class StaffForm(LoginForm):
    """Name and password. The session ends with the browser (ACCOUNT_SESSION_REMEMBER)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label, autocomplete in (("login", "用户名", "username"), ("password", "密码", "current-password")):
            self.fields[name].label = label
            self.fields[name].help_text = ""
            self.fields[name].error_messages["required"] = f"请填{label}。"
            self.fields[name].widget.attrs = {"autocomplete": autocomplete, "spellcheck": "false"}


class SecondFactorForm(forms.Form):
    """The code of an authenticator app, or one of the longer spare codes."""

    code = forms.CharField(
        label="验证码",
        max_length=20,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}),
        error_messages={"required": "请输入验证码。"},
    )

    def clean_code(self) -> str:
        # Full-width digits and spaces, as phones and people write them.
        digits = "".join(str(int(sign)) for sign in self.cleaned_data["code"] if sign.isdecimal())
        if len(digits) not in (6, 8):
            raise forms.ValidationError("请输入手机上的 6 位数字，或一个 8 位的备用码。")
        return digits


class PasswordForm(forms.Form):
    """The password once more, by those who have no second factor."""

    password = forms.CharField(
        label="密码",
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password", "autofocus": True}),
        error_messages={"required": "请填密码。"},
    )
