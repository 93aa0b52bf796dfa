from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q
from django.urls import reverse

from jinba.reference.choices import RegionLevel
from jinba.reference.models import Region

LABELS = ("省", "市", "县（市、区）")
LENGTHS = (2, 4, 6)


class PlaceSelect(forms.Widget):
    """Province, city, county as three dependent selects; the value is the code of the deepest one chosen.

    With scripts a choice loads the next level from `reference:regions`; without them the page comes back with the
    next level filled. `?name=code` is understood too, so that links can carry a place. One query for each rendering.
    """

    template_name = "components/place_select.html"
    use_fieldset = True

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str | None:
        chosen = [data.get(f"{name}_{number}") for number in range(len(LENGTHS))]
        if all(code is None for code in chosen):
            return data.get(name)
        deepest = ""
        for code, length in zip(chosen, LENGTHS, strict=True):
            # A city of another province is left over from an earlier choice.
            if not code or len(code) != length or not code.startswith(deepest):
                break
            deepest = code
        return deepest

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and f"{name}_0" not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        code = str(getattr(value, "pk", value) or "")[: LENGTHS[-1]]
        code = code if code.isascii() and code.isdigit() else ""
        options: list[list[tuple[str, str]]] = [[], [], []]
        wanted = Q(level=RegionLevel.PROVINCE)
        if len(code) >= LENGTHS[0]:
            wanted |= Q(parent_id__in=[code[: LENGTHS[0]], code[: LENGTHS[1]]], level__in=list(RegionLevel)[:3])
        for pk, label in Region.objects.filter(wanted).order_by("code").values_list("code", "name"):
            if len(pk) in LENGTHS:
                options[LENGTHS.index(len(pk))].append((pk, label))
        base_id = (attrs or {}).get("id") or f"id_{name}"
        context["widget"]["url"] = reverse("reference:regions")
        context["widget"]["levels"] = [
            {
                "name": f"{name}_{number}",
                "id": f"{base_id}_{number}",
                "label": LABELS[number],
                "options": options[number],
                "selected": code[:length] if len(code) >= length else "",
            }
            for number, length in enumerate(LENGTHS)
        ]
        return context

    def id_for_label(self, id_: str | None, index: Any = None) -> str:
        return f"{id_}_0" if id_ else ""


class PlaceField(forms.ModelChoiceField):
    """A `Region`. `deep_enough` is the shortest code that is accepted: 2 province, 4 city, 6 county."""

    widget = PlaceSelect

    def __init__(self, *, deep_enough: int = 2, **kwargs: Any) -> None:
        super().__init__(queryset=Region.objects.all(), **kwargs)
        self.deep_enough = deep_enough
        self.error_messages = {**self.error_messages, "invalid_choice": "没有这个地方，请重新选。"}

    def clean(self, value: Any) -> Any:
        region = super().clean(value)
        if region is not None and len(region.code) < self.deep_enough:
            raise forms.ValidationError("请接着选市。" if len(region.code) == LENGTHS[0] else "请接着选县（市、区）。")
        return region
