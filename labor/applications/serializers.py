"""Applications as either side reads them: the worker in his own words, the employer by stages. Phones are masked."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from employers.serializers import PostingCardSerializer
from labor.applications import words
from labor.applications.choices import CloseReason, Stage
from labor.applications.models import Application, PostingInvitation
from labor.applications.moves import EMPLOYER, WORKER, can_move, next_stages
from labor.applications.views.applicants import DEEDS
from labor.applications.words import closing_words

# What a worker may do: in his words, and the stage that it leads to.
ANSWERS = {
    "accept": ("去上班", Stage.ACCEPTED),
    "decline": ("不接受录用", Stage.WITHDRAWN),
    "withdraw": ("取消报名", Stage.WITHDRAWN),
    "arrive": ("已经到岗", Stage.ONBOARDED),
}
EMPLOYER_MOVES = [(stage.value, word) for stage, word in DEEDS.items()]


def answers_now(application: Application) -> list[str]:
    """What the worker can say now."""
    is_offer = application.stage == Stage.OFFERED
    fits = {"decline": is_offer, "withdraw": not is_offer}
    return [key for key, (_, to) in ANSWERS.items() if fits.get(key, True) and can_move(application.stage, to, WORKER)]


class StepSerializer(serializers.Serializer):
    title = serializers.CharField(help_text="发生了什么。")
    text = serializers.CharField(help_text="说明或原因，可能为空。")
    at = serializers.DateTimeField()


class PostingNamedSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField(help_text="岗位名称。")
    employer = serializers.CharField(source="employer.name", help_text="用人单位。")
    place = serializers.CharField(help_text="工作地点。")


class WorkerApplicationSerializer(serializers.ModelSerializer):
    """What the worker, and whom he entrusted himself to, reads."""

    worker = serializers.IntegerField(source="worker_id", help_text="劳动者的编号。")
    posting = PostingNamedSerializer(help_text="岗位。")
    word = serializers.CharField(source="public_word", help_text="到哪一步了，用劳动者的话说。")
    next_step = serializers.SerializerMethodField(help_text="接下来会怎样，或者该做什么。")
    why = serializers.SerializerMethodField(help_text="为什么结束；没有结束就是空。")
    moves = serializers.SerializerMethodField(help_text="现在能办的：accept、decline、withdraw、arrive。")
    is_live = serializers.BooleanField(help_text="还在进行。")
    applied_at = serializers.DateTimeField(source="created_at", help_text="报名时间。")

    class Meta:
        model = Application
        fields: tuple[str, ...] = (
            *("id", "worker", "posting", "word", "next_step", "why", "moves", "is_live", "via", "applied_at"),
            "updated_at",
        )
        read_only_fields: tuple[str, ...] = fields

    def get_next_step(self, application: Application) -> str:
        return words.next_step(application)

    def get_why(self, application: Application) -> str:
        own = application.stage == Stage.WITHDRAWN
        return closing_words(application.close_reason, application.close_note, own=own)

    def get_moves(self, application: Application) -> list[str]:
        return answers_now(application)


class WorkerApplicationWholeSerializer(WorkerApplicationSerializer):
    history = serializers.SerializerMethodField(help_text="一步一步，新的在后。")

    class Meta(WorkerApplicationSerializer.Meta):
        fields = (*WorkerApplicationSerializer.Meta.fields, "history")
        read_only_fields = fields

    @extend_schema_field(StepSerializer(many=True))
    def get_history(self, application: Application) -> Any:
        rows = []
        for event in application.events.all():
            event.application = application
            own = event.to_stage == Stage.WITHDRAWN
            text = closing_words(event.reason, event.note, own=own) if event.reason else event.note
            rows.append({"title": words.happened(event), "text": text, "at": event.at})
        return StepSerializer(rows, many=True).data


class ApplicantSerializer(serializers.Serializer):
    """The worker as the employer sees him. Whoever took his consent back is shown by his family name alone."""

    name = serializers.CharField(help_text="姓名；撤回授权后只有姓。")
    phone = serializers.CharField(help_text="打了星号的手机号；看完整号码请到网站上说明原因。")
    home = serializers.CharField(help_text="家在哪里。")
    education = serializers.CharField(help_text="学历。")
    years = serializers.IntegerField(allow_null=True, help_text="干了几年。")
    trades = serializers.ListField(child=serializers.IntegerField(), help_text="想干的工种，代码。")


def applicant(application: Application) -> dict[str, Any]:
    worker = application.worker
    if not application.shows_person:
        nothing: dict[str, Any] = {"phone": "", "home": "", "education": "", "years": None, "trades": []}
        return {"name": worker.masked_name, **nothing}
    return {
        "name": worker.name,
        "phone": worker.masked_phone if application.allows_contact else "",
        "home": worker.home.path,
        "education": worker.get_education_display() if worker.education else "",
        "years": worker.years,
        "trades": worker.trades,
    }


class EmployerApplicationSerializer(serializers.ModelSerializer):
    """What the employer's members, and officers, read."""

    posting = PostingNamedSerializer(help_text="岗位。")
    applicant = serializers.SerializerMethodField(help_text="报名的人。")
    stage = serializers.ChoiceField(Stage.choices, help_text="阶段。")
    stage_word = serializers.CharField(source="get_stage_display", help_text="阶段的中文说法。")
    close_reason = serializers.ChoiceField(CloseReason.choices, allow_blank=True, help_text="结束原因，可能为空。")
    moves = serializers.SerializerMethodField(help_text="现在能办到哪些阶段。")
    is_live = serializers.BooleanField(help_text="还在进行。")
    applied_at = serializers.DateTimeField(source="created_at", help_text="报名时间。")

    class Meta:
        model = Application
        fields: tuple[str, ...] = (
            *("id", "posting", "applicant", "stage", "stage_word", "stage_since", "close_reason", "close_note"),
            *("moves", "is_live", "via", "applied_at", "updated_at"),
        )
        read_only_fields: tuple[str, ...] = fields

    @extend_schema_field(ApplicantSerializer)
    def get_applicant(self, application: Application) -> Any:
        return ApplicantSerializer(applicant(application)).data

    def get_moves(self, application: Application) -> list[str]:
        return [str(stage) for stage in next_stages(application.stage, EMPLOYER)]


class EmployerApplicationWholeSerializer(EmployerApplicationSerializer):
    history = serializers.SerializerMethodField(help_text="一步一步，新的在后。")

    class Meta(EmployerApplicationSerializer.Meta):
        fields = (*EmployerApplicationSerializer.Meta.fields, "history")
        read_only_fields = fields

    @extend_schema_field(StepSerializer(many=True))
    def get_history(self, application: Application) -> Any:
        rows = [
            {
                "title": event.get_to_stage_display(),
                "text": closing_words(event.reason, event.note) if event.reason else event.note,
                "at": event.at,
            }
            for event in application.events.all()
        ]
        return StepSerializer(rows, many=True).data


class ApplySerializer(serializers.Serializer):
    """报名。报名就是同意把姓名、电话、简历提供给这家单位，只用于这次招聘。"""

    posting = serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text="岗位编号。")


class MoveSerializer(serializers.Serializer):
    """办一步。劳动者：accept、decline、withdraw、arrive；用人单位：要办到的阶段。"""

    move = serializers.ChoiceField(
        [*((key, word) for key, (word, _) in ANSWERS.items()), *EMPLOYER_MOVES], help_text="要办的一步。"
    )
    reason = serializers.ChoiceField(
        CloseReason.choices, required=False, allow_blank=True, default="", help_text="结束时必须写原因。"
    )
    note = serializers.CharField(
        required=False, allow_blank=True, max_length=200, default="", help_text="给对方的话，对方能看到。"
    )


class BulkMoveSerializer(serializers.Serializer):
    """把几个人一起办到一个阶段。"""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), min_length=1, max_length=200,
        help_text="报名的编号，最多 200 个。",
    )  # fmt: skip
    move = serializers.ChoiceField(EMPLOYER_MOVES, help_text="要办到的阶段。")
    reason = serializers.ChoiceField(
        CloseReason.choices, required=False, allow_blank=True, default="", help_text="结束时必须写原因。"
    )
    note = serializers.CharField(
        required=False, allow_blank=True, max_length=200, default="", help_text="给对方的话，对方能看到。"
    )


class MoveResultSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="application_id", help_text="报名的编号。")
    is_moved = serializers.BooleanField(help_text="办成了没有。")
    message = serializers.CharField(help_text="办成什么样，或者为什么没办成。")


class MoveResultsSerializer(serializers.Serializer):
    moved = serializers.IntegerField(help_text="办成几个。")
    results = MoveResultSerializer(many=True)


class InvitationSerializer(serializers.ModelSerializer):
    posting = PostingCardSerializer(help_text="岗位。")

    class Meta:
        model = PostingInvitation
        fields = ("id", "posting", "invited_at", "declined_at")
        read_only_fields = fields
