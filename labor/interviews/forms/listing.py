"""By whom and for which posting the employer's interviews are listed."""

from collections.abc import Iterable
from typing import Any

from django import forms


class ListForm(forms.Form):
    recruiter = forms.TypedChoiceField(label="面试官", coerce=int, required=False, empty_value=None)
    posting = forms.TypedChoiceField(label="岗位", coerce=int, required=False, empty_value=None)

    def __init__(
        self, data: Any, *, recruiters: Iterable[tuple[int, str]], postings: Iterable[tuple[int, str]]
    ) -> None:
        super().__init__(data, auto_id="by_%s")
        fields: Any = self.fields
        fields["recruiter"].choices = [("", "所有人"), *recruiters]
        fields["posting"].choices = [("", "所有岗位"), *postings]

    @property
    def chosen(self) -> dict[str, int]:
        """What was picked of the choices; anything else chooses nothing."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}
