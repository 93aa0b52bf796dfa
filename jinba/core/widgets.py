"""Native inputs that the field component dresses; no rule lives here."""

from typing import Any

from django import forms


class UnitInput(forms.NumberInput):
    """A number with its unit behind it: `UnitInput("元/月")`."""

    def __init__(self, unit: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "numeric", **(attrs or {})})
        self.unit = unit


class DateInput(forms.DateInput):
    """The phone's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """The phone's own clock, in whole minutes."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class PhoneInput(forms.TextInput):
    input_type = "tel"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "tel", "autocomplete": "tel-national", "maxlength": 20, **(attrs or {})})


class EmptyAgainInput(forms.TextInput):
    """What was wrong is gone from the box: nobody has to rub it out before he types the right thing."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, None, attrs)


class CodeInput(EmptyAgainInput):
    """The six digits of a text message; sent by themselves when complete."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            {
                "class": "otp",
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "maxlength": 6,
                "data-otp-send": True,
                **(attrs or {}),
            }
        )


class SideBySideRadios(forms.RadioSelect):
    """Few short answers beside each other; `RadioSelect` puts them one below the other."""

    side_by_side = True
