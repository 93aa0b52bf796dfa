"""What a rehearsal found, as the page sends it: measured by its script, or ticked by hand."""

from typing import Any

from django import forms

from labor.live.actions.rehearsing import ITEMS, SAID, Way

WAYS = [(Way.BROWSER, "这个网页（手机或电脑摄像头）"), (Way.ENCODER, "推流软件（OBS 等）")]
MOST_KBPS = 10**6


class RehearsalForm(forms.Form):
    way = forms.ChoiceField(
        label="用什么开播", choices=WAYS, initial=Way.BROWSER, widget=forms.RadioSelect, required=False,
    )  # fmt: skip
    camera = forms.BooleanField(required=False, widget=forms.HiddenInput)
    microphone = forms.BooleanField(required=False, widget=forms.HiddenInput)
    upload_kbps = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    encoder = forms.BooleanField(label=ITEMS[Way.ENCODER]["encoder"], required=False)
    elsewhere = forms.BooleanField(label=ITEMS[Way.ELSEWHERE]["elsewhere"], required=False)
    plan_read = forms.BooleanField(label=SAID["plan_read"], required=False)
    links_tried = forms.BooleanField(label=SAID["links_tried"], required=False)

    @property
    def found(self) -> dict[str, Any]:
        """What the action takes."""
        data = self.cleaned_data
        kbps = min(data["upload_kbps"] or 0, MOST_KBPS)
        keys = ("camera", "microphone", "encoder", "elsewhere", "plan_read", "links_tried")
        return {"way": data["way"], "results": {key: data[key] for key in keys}, "upload_kbps": kbps}
