"""A form that is sent twice does its work once."""

import secrets

from django import forms

SHORTEST_SLIP, LONGEST_SLIP = 20, 64


def new_slip() -> str:
    return secrets.token_urlsafe(24)


class SlipForm(forms.Form):
    """A form that is sent twice does its work once: the slip says that it is the same."""

    slip = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_slip(self) -> str:
        slip = self.cleaned_data["slip"]
        return slip if SHORTEST_SLIP <= len(slip) <= LONGEST_SLIP else new_slip()
