"""What a recruiter writes during and after an interview. Every field may be empty: it is a draft until handed in."""

from collections.abc import Iterable
from typing import Any

from django import forms

from jinba.core.errors import Refused
from jinba.core.widgets import SideBySideRadios
from labor.applications.choices import CloseReason
from labor.applications.moves import EMPLOYER, REASONS
from labor.interviews.actions.scoring import LONGEST_FEEDBACK, LONGEST_NOTES, CardData
from labor.interviews.choices import NextStep, Result
from labor.interviews.models import Criterion, Question, Scorecard
from labor.interviews.scoring import POINTS


class InTheEnd:
    """Of a field that a draft may lack; who hands in without it is told by the action. So it is not called optional."""

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)  # type: ignore[misc]


class Choice(InTheEnd, forms.ChoiceField):
    pass


class Words(InTheEnd, forms.CharField):
    pass


class ScorecardForm(forms.Form):
    """One card; a field of points for each criterion of the posting."""

    use_required_attribute = False

    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput(attrs={"autocomplete": "off"}))
    asked = forms.TypedMultipleChoiceField(
        label="问过的打勾", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    notes = forms.CharField(
        label="自己看的记录",
        required=False,
        max_length=LONGEST_NOTES,
        help_text="只有本单位的人看得到，求职者看不到。",
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": LONGEST_NOTES}),
    )
    result = Choice(label="结果", choices=Result.choices, widget=SideBySideRadios)
    next_step = Choice(label="下一步", choices=NextStep.choices, widget=SideBySideRadios)
    close_reason = Choice(
        label="原因",
        choices=[("", "请选择原因"), *((reason.value, CloseReason(reason).label) for reason in REASONS[EMPLOYER])],
        help_text="选“放进人才池”或“不合适”时要选，求职者看得到。",
    )
    feedback = Words(
        label="给求职者的话",
        max_length=LONGEST_FEEDBACK,
        help_text="求职者会看到。说清楚结果和下一步，不写电话和微信；直接发录用时可以不写。",
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": LONGEST_FEEDBACK}),
    )

    def __init__(
        self, data: Any = None, *, criteria: Iterable[Criterion], questions: Iterable[Question], **kwargs: Any
    ) -> None:
        kwargs.setdefault("prefix", "card")
        super().__init__(data, **kwargs)
        self.criteria = list(criteria)
        asked: Any = self.fields["asked"]
        asked.choices = [(question.pk, question.text) for question in questions]
        for criterion in self.criteria:
            self.fields[f"score_{criterion.pk}"] = forms.TypedChoiceField(
                label=criterion.name,
                choices=[(points, words) for points, words in POINTS.items()],
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
            )

    @property
    def scored(self) -> list[tuple[Criterion, forms.BoundField]]:
        """Each criterion with its field."""
        return [(criterion, self[f"score_{criterion.pk}"]) for criterion in self.criteria]

    @property
    def card(self) -> CardData:
        """What was sent, as the actions take it; what is no choice any more is left out."""
        data = self.cleaned_data
        scores = {criterion.pk: data.get(f"score_{criterion.pk}") for criterion in self.criteria}
        return CardData(
            notes=data.get("notes", ""),
            asked=data.get("asked") or [],
            scores={pk: points for pk, points in scores.items() if points},
            result=data.get("result", ""),
            next_step=data.get("next_step", ""),
            close_reason=data.get("close_reason", ""),
            feedback=data.get("feedback", ""),
        )

    def say(self, refusal: Refused) -> None:
        """The sentence beside its field."""
        self.add_error(refusal.field if refusal.field in self.fields else None, refusal.message)


def initial_of(card: Scorecard | None) -> dict[str, Any]:
    """What was saved, as the form begins with it."""
    if card is None:
        return {"version": 0}
    return {
        "version": card.version,
        "asked": card.asked,
        "notes": card.notes,
        "result": card.result,
        "next_step": card.next_step,
        "close_reason": card.close_reason,
        "feedback": card.feedback,
        **{f"score_{score.criterion_id}": score.points for score in card.scores.all()},
    }
