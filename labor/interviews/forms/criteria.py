"""What the interviewers of a posting look at and ask, as lines to fill in."""

from typing import Any

from django import forms

from labor.interviews.actions.criteria import LONGEST_NAME, LONGEST_QUESTION, Wanted
from labor.interviews.models import Criterion, Question
from labor.interviews.models.scorecards import MOST_CRITERIA, MOST_QUESTIONS

WEIGHTS = ((1, "一般"), (2, "比较要紧"), (3, "要紧"), (4, "很要紧"), (5, "最要紧"))


class CriteriaForm(forms.Form):
    """As many lines as there may be; an empty one counts for nothing."""

    def __init__(self, data: Any = None, *, criteria: list[Criterion], questions: list[Question]) -> None:
        super().__init__(data)
        for number in range(MOST_CRITERIA):
            row = criteria[number] if number < len(criteria) else None
            place = f"第 {number + 1} 个评分项"
            self.fields[f"pk_{number}"] = forms.IntegerField(
                required=False, widget=forms.HiddenInput, initial=row.pk if row else None
            )
            self.fields[f"name_{number}"] = forms.CharField(
                label=place,
                required=False,
                max_length=LONGEST_NAME,
                initial=row.name if row else "",
                widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": LONGEST_NAME}),
            )
            self.fields[f"weight_{number}"] = forms.TypedChoiceField(
                label=f"{place}有多要紧",
                coerce=int,
                choices=WEIGHTS,
                required=False,
                initial=row.weight if row else 1,
            )
        for number in range(MOST_QUESTIONS):
            self.fields[f"question_{number}"] = forms.CharField(
                label=f"第 {number + 1} 个问题",
                required=False,
                max_length=LONGEST_QUESTION,
                initial=questions[number].text if number < len(questions) else "",
                widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": LONGEST_QUESTION}),
            )
        self.wrong: dict[str, str] = {}  # what the action refused, by part of the page

    @property
    def criterion_rows(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        return [(self[f"pk_{one}"], self[f"name_{one}"], self[f"weight_{one}"]) for one in range(MOST_CRITERIA)]

    @property
    def question_rows(self) -> list[forms.BoundField]:
        return [self[f"question_{one}"] for one in range(MOST_QUESTIONS)]

    @property
    def criteria(self) -> list[Wanted]:
        data = self.cleaned_data
        rows = [
            Wanted(data[f"name_{one}"], data.get(f"weight_{one}") or 1, data.get(f"pk_{one}"))
            for one in range(MOST_CRITERIA)
        ]
        return [row for row in rows if row.text]

    @property
    def questions(self) -> list[Wanted]:
        texts = (self.cleaned_data[f"question_{one}"] for one in range(MOST_QUESTIONS))
        return [Wanted(text) for text in texts if text]
