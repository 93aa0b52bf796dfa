"""The form beside each paper: a file, and until when it holds."""

from typing import Any

from django import forms
from django.conf import settings

from employers.choices import DocumentKind
from employers.document_rules import HAS_END
from employers.forms import say_plainly
from jinba.core.widgets import DateInput

# Named one by one: an iPhone then hands over its photos as JPEG, and phones offer their camera.
ACCEPTED = "image/jpeg,image/png,image/webp,application/pdf"


class DocumentForm(forms.Form):
    file = forms.FileField(label="照片或 PDF", allow_empty_file=True)
    valid_to = forms.DateField(label="有效期至", required=False, widget=DateInput(), help_text="长期有效的不填。")

    def __init__(self, data: Any = None, files: Any = None, *, kind: DocumentKind) -> None:
        super().__init__(data, files, prefix=str(kind))
        most = settings.DOCUMENT_MEGABYTES
        self.fields["file"].widget = forms.FileInput({"accept": ACCEPTED, "data-most-megabytes": most})
        self.fields["file"].help_text = f"可以直接拍照。最多 {most} MB。"
        if kind not in HAS_END:
            del self.fields["valid_to"]
        say_plainly(self)
        self.fields["file"].error_messages["required"] = "请先选一张照片或者 PDF。"
        # A name without end, or one that says nothing, is no reason to refuse: it is not used.
        self.fields["file"].max_length = None  # type: ignore[attr-defined]
