from typing import Any

from django import forms

from jinba.core.widgets import CodeInput
from jinba.notices.choices import Channel, Topic

SHORT = {Channel.SMS: "短信", Channel.EMAIL: "邮件"}


class ChoicesForm(forms.Form):
    """One box for each topic and channel that concern the reader, named `<topic>.<channel>`."""

    def __init__(self, *args: Any, choices: dict[tuple[Topic, Channel], bool], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pairs = {f"{topic.value}.{channel.value}": (topic, channel) for topic, channel in choices}
        for name, (topic, channel) in self.pairs.items():
            self.fields[name] = forms.BooleanField(
                label=SHORT[channel], required=False, initial=choices[topic, channel]
            )

    @property
    def wanted(self) -> dict[tuple[str, str], bool]:
        return {pair: self.cleaned_data[name] for name, pair in self.pairs.items()}

    def rows(self, channels: list[Channel]) -> list[tuple[str, list[Any]]]:
        """The topics with their boxes, for the channels by which the reader can be reached."""
        topics = dict.fromkeys(topic for topic, _ in self.pairs.values())
        return [
            (
                topic.label,
                [self[name] for name, pair in self.pairs.items() if pair[0] == topic and pair[1] in channels],
            )
            for topic in topics
        ]


class AddressForm(forms.Form):
    address = forms.CharField(
        label="电子邮箱",
        max_length=200,
        widget=forms.EmailInput({"autocomplete": "email", "placeholder": "name@example.com"}),
        error_messages={"required": "请写您的邮箱。"},
    )


class EmailCodeForm(forms.Form):
    code = forms.CharField(
        label="邮件里的 6 位验证码", widget=CodeInput(), error_messages={"required": "请输入邮件里的 6 位数字。"}
    )

    def clean_code(self) -> str:
        digits = "".join(str(int(sign)) for sign in self.cleaned_data["code"] if sign.isdecimal())
        if len(digits) != 6:
            raise forms.ValidationError("请输入邮件里的 6 位数字。")
        return digits
