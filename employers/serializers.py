"""Employers and postings as the API shows them. No phone of a contact person is among the fields."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from employers.actions.postings import FIELDS
from employers.choices import EmployerState, Hazard, PostingState
from employers.facts import sections
from employers.models import Employer, JobPosting
from employers.views.postings import DEEDS, deeds_for
from jinba.core.masking import masked_contact
from jinba.reference.models import Certificate, Region, Skill, Trade, Zone
from jinba.reference.serializers import (
    Codes,
    NamedSerializer,
    ParkSerializer,
    PlaceSerializer,
    SkillHeldSerializer,
    SkillLevelSerializer,
    check_codes,
)

# Employers ------------------------------------------------------------------------------------------------------------


class EmployerNamedSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField(help_text="单位名称。")
    is_trusted = serializers.BooleanField(help_text="是否通过认证。")


class EmployerSerializer(serializers.ModelSerializer):
    region = PlaceSerializer(allow_null=True, help_text="所在地。")
    zone = ParkSerializer(allow_null=True, help_text="所在园区。")
    is_trusted = serializers.BooleanField(help_text="是否通过认证；没有的是转载岗位的单位。")
    page = serializers.SerializerMethodField(help_text="网站上的页面。")

    class Meta:
        model = Employer
        fields: tuple[str, ...] = (
            *("id", "name", "org_type", "industry", "scale", "region", "zone", "address", "intro"),
            *("is_trusted", "page"),
        )
        read_only_fields: tuple[str, ...] = fields

    def get_page(self, employer: Employer) -> str:
        return self.context["request"].build_absolute_uri(employer.get_absolute_url())


class OwnEmployerSerializer(EmployerSerializer):
    contact_phone = serializers.SerializerMethodField(help_text="打了星号的联系电话。")
    state = serializers.ChoiceField(EmployerState.choices, help_text="认证状态。")
    state_word = serializers.CharField(source="get_state_display", help_text="认证状态的中文说法。")

    class Meta(EmployerSerializer.Meta):
        fields = (
            *EmployerSerializer.Meta.fields,
            *("uscc", "contact_name", "contact_phone", "state", "state_word", "state_reason", "verified_at"),
            "updated_at",
        )
        read_only_fields = fields

    def get_contact_phone(self, employer: Employer) -> str:
        return masked_contact(employer.contact_phone or "")


class EmployerWriteSerializer(serializers.ModelSerializer):
    """单位资料；只写要改的几项。"""

    region = serializers.PrimaryKeyRelatedField(
        queryset=Region.objects.all(), pk_field=serializers.CharField(max_length=12), help_text="区划代码，到县。"
    )
    zone = serializers.PrimaryKeyRelatedField(
        queryset=Zone.objects.all(), pk_field=serializers.CharField(max_length=20), allow_null=True,
        help_text="园区代码，没有就是 null。",
    )  # fmt: skip
    # Longer than the column: a code typed with blanks is for the action to clean.
    uscc = serializers.CharField(max_length=40, help_text="统一社会信用代码。")
    contact_phone = serializers.CharField(max_length=30, write_only=True, help_text="联系电话。")

    class Meta:
        model = Employer
        fields = (
            *("name", "uscc", "org_type", "industry", "scale", "region", "zone", "address", "intro"),
            *("contact_name", "contact_phone"),
        )


# Postings -------------------------------------------------------------------------------------------------------------


class PostingCardSerializer(serializers.ModelSerializer):
    """A posting in a list."""

    employer = EmployerNamedSerializer(help_text="用人单位。")
    trade = NamedSerializer(allow_null=True, help_text="工种。")
    region = PlaceSerializer(allow_null=True, help_text="工作地点。")
    zone = ParkSerializer(allow_null=True, help_text="园区或开发区。")
    # An address or nothing, which no format of the schema says.
    source_url = serializers.CharField(allow_blank=True, help_text="来源网址，没有就是空。")
    seats_left = serializers.IntegerField(help_text="还差多少人。")
    is_open = serializers.SerializerMethodField(help_text="现在能不能在这里报名。")
    page = serializers.SerializerMethodField(help_text="网站上的页面。")

    class Meta:
        model = JobPosting
        fields: tuple[str, ...] = (
            *("id", "title", "employer", "engagement", "employment_kind", "trade", "region", "zone", "address"),
            *("pay_mode", "pay_unit", "base_pay_min", "base_pay_max", "monthly_min", "monthly_max"),
            *("shift", "has_nights", "housing", "couple_rooms", "meals", "social_insurance"),
            *("headcount", "seats_left", "is_open", "source_name", "source_url"),
            *("published_at", "valid_until", "updated_at", "page"),
        )
        read_only_fields: tuple[str, ...] = fields

    def get_is_open(self, posting: JobPosting) -> bool:
        is_out = posting.state == PostingState.PUBLISHED and not posting.is_expired
        return is_out and posting.employer.is_trusted and posting.seats_left > 0

    def get_page(self, posting: JobPosting) -> str:
        return self.context["request"].build_absolute_uri(posting.get_absolute_url())


class FactSerializer(serializers.Serializer):
    name = serializers.CharField()
    value = serializers.CharField()


class SectionSerializer(serializers.Serializer):
    title = serializers.CharField()
    facts = FactSerializer(many=True)


class PostingSerializer(PostingCardSerializer):
    """All that the public may read of a posting."""

    hazards = serializers.ListField(child=serializers.ChoiceField(Hazard.choices), help_text="工作条件与危害。")
    certificates = serializers.ListField(child=serializers.IntegerField(), help_text="必备证书的代码。")
    benefits = serializers.ListField(child=serializers.CharField(), help_text="其他福利。")
    skills = SkillHeldSerializer(many=True, help_text="要会的手艺。")
    sections = serializers.SerializerMethodField(help_text="网站上给工人看的说法，一段一段。")

    class Meta(PostingCardSerializer.Meta):
        fields = (
            *PostingCardSerializer.Meta.fields,
            *("duties", "requirements", "education_min", "years_min", "certificates", "skills", "contract_months"),
            *("probation_months", "days_planned", "piece_rate_note", "pay_day", "overtime_rule", "hours_per_day"),
            *("rest_rule", "hazards", "safety_note", "insurance_from_month", "meal_subsidy", "housing_fee"),
            *("has_air_con", "has_hot_water", "travel", "benefits", "interview_mode", "start_by", "sections"),
        )
        read_only_fields = fields

    @extend_schema_field(SectionSerializer(many=True))
    def get_sections(self, posting: JobPosting) -> list[dict[str, Any]]:
        return [
            {
                "title": section.title,
                "facts": [{"name": name, "value": str(value)} for name, value in section.facts if value or value == 0],
            }
            for section in sections(posting)
        ]


class OwnPostingCardSerializer(PostingCardSerializer):
    state = serializers.ChoiceField(PostingState.choices, help_text="状态；过期的仍是 published，见 is_expired。")
    state_word = serializers.CharField(source="shown_state", help_text="状态的中文说法。")
    is_expired = serializers.BooleanField(help_text="过了有效期。")

    class Meta(PostingCardSerializer.Meta):
        fields = (
            *PostingCardSerializer.Meta.fields,
            *("state", "state_word", "is_expired", "state_reason", "filled", "created_at"),
        )
        read_only_fields = fields


class OwnPostingSerializer(PostingSerializer, OwnPostingCardSerializer):
    """A posting as its employer sees it."""

    moves = serializers.SerializerMethodField(help_text="现在能办的事，见 /postings/{id}/moves/。")

    class Meta(PostingSerializer.Meta):
        fields = (
            *PostingSerializer.Meta.fields,
            *("state", "state_word", "is_expired", "state_reason", "filled", "created_at", "moves"),
        )
        read_only_fields = fields

    def get_moves(self, posting: JobPosting) -> list[str]:
        return [deed.key for deed in deeds_for(posting)]


class PostingWriteSerializer(serializers.ModelSerializer):
    """岗位的内容。草稿想写多少写多少；提交审核时要写全。"""

    trade = serializers.PrimaryKeyRelatedField(
        queryset=Trade.objects.all(), pk_field=serializers.IntegerField(min_value=0, max_value=32767),
        allow_null=True, help_text="工种代码。",
    )  # fmt: skip
    region = serializers.PrimaryKeyRelatedField(
        queryset=Region.objects.all(), pk_field=serializers.CharField(max_length=12), allow_null=True,
        help_text="工作地点的区划代码，到县。",
    )  # fmt: skip
    zone = serializers.PrimaryKeyRelatedField(
        queryset=Zone.objects.all(), pk_field=serializers.CharField(max_length=20), allow_null=True,
        help_text="园区代码。",
    )  # fmt: skip
    certificates = Codes(Certificate, max_length=20, help_text="必备证书的代码。")
    hazards = serializers.ListField(
        child=serializers.ChoiceField(Hazard.choices), max_length=9, help_text="工作条件与危害，如实写。"
    )
    benefits = serializers.ListField(
        child=serializers.CharField(max_length=30), max_length=10, help_text="其他福利，最多 10 项。"
    )
    skills = SkillLevelSerializer(many=True, max_length=10, help_text="要会的手艺。")

    class Meta:
        model = JobPosting
        fields = (*FIELDS, "skills")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, partial=True, **kwargs)

    def validate_skills(self, value: list[dict[str, int]]) -> list[tuple[int, int]]:
        check_codes(Skill, [row["skill"] for row in value])
        return [(row["skill"], row["level"]) for row in value]


class PostingMoveSerializer(serializers.Serializer):
    """办一件事。"""

    move = serializers.ChoiceField([(deed.key, deed.word) for deed in DEEDS.values()], help_text="要办的事。")
    reason = serializers.CharField(
        required=False,
        max_length=200,
        allow_blank=True,
        default="",
        help_text="原因，用于 pause 和 archive，同事能看到。",
    )
    valid_until = serializers.DateField(required=False, help_text="新的有效期，renew 必须写，最长 60 天。")

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if data["move"] == "renew" and "valid_until" not in data:
            raise serializers.ValidationError({"valid_until": ["续期要写新的有效期。"]})
        return data
