"""The picture of a session, as somebody sends it."""

from django import forms


class CoverForm(forms.Form):
    cover = forms.FileField(
        label="封面图片", widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp"}),
        help_text="横着拍的照片最好，例如车间、宿舍、主播。会裁成 16:9，照片里的拍摄地点等信息会去掉。",
        error_messages={
            "required": "请选一张图片。", "empty": "这个文件是空的，请重新选一个。", "invalid": "请选一张图片。",
        },
    )  # fmt: skip
