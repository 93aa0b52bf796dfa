from typing import Any

from django import forms

from jinba.links.choices import Channel

ON_PAPER = (Channel.POSTER, Channel.VILLAGE, Channel.FAIR, Channel.WECHAT, Channel.OTHER)


class PosterForm(forms.Form):
    """Where a poster will hang."""

    channel = forms.ChoiceField(
        label="放在哪里", choices=[(channel.value, channel.label) for channel in ON_PAPER], widget=forms.RadioSelect()
    )
    label = forms.CharField(
        label="写清地方",
        max_length=40,
        required=False,
        help_text="例如：诺江镇王家村村口。以后能看到从这里来了多少人。",
        error_messages={"max_length": "请写在 40 个字以内。"},
    )

    def __init__(self, *args: Any, is_village: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].initial = Channel.VILLAGE if is_village else Channel.POSTER
        self.fields["channel"].error_messages["required"] = "请选放在哪里。"
        if is_village:
            self.fields["label"].required = True
            self.fields["label"].label = "哪个村（社区）"
            self.fields["label"].help_text = "例如：诺江镇王家村。会印在海报上，也用来数从这里来了多少人。"
            self.fields["label"].error_messages["required"] = "请写村（社区）的名字。"

    @property
    def wish(self) -> dict[str, str]:
        """What the link is to remember."""
        return {"channel": self.cleaned_data["channel"], "label": self.cleaned_data["label"]}
