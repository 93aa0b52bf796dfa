from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from rest_framework import serializers

from jinba.reference.choices import SkillLevel
from jinba.reference.models import Certificate, Occupation, Region, Skill, Trade, Zone


class RegionSerializer(serializers.ModelSerializer):
    parent = serializers.CharField(source="parent_id", allow_null=True, help_text="上级区划的代码。")

    class Meta:
        model = Region
        fields = ("code", "name", "path", "parent", "level")


class ZoneSerializer(serializers.ModelSerializer):
    region = serializers.CharField(source="region_id", help_text="所在区划的代码。")

    class Meta:
        model = Zone
        fields = ("code", "name", "short_name", "region", "kind", "side")


class TradeSerializer(serializers.ModelSerializer):
    family = serializers.IntegerField(source="family_id", help_text="大类的代码。")
    family_name = serializers.CharField(source="family.name", help_text="大类的名称。")
    occupation = serializers.CharField(source="occupation_id", allow_null=True, help_text="职业分类的代码。")

    class Meta:
        model = Trade
        fields = ("code", "name", "family", "family_name", "occupation")


class SkillSerializer(serializers.ModelSerializer):
    family = serializers.IntegerField(source="family_id", allow_null=True, help_text="工种大类的代码。")

    class Meta:
        model = Skill
        fields = ("code", "name", "family")


class CertificateSerializer(serializers.ModelSerializer):
    class Meta:
        model = Certificate
        fields = ("code", "name")


class OccupationSerializer(serializers.ModelSerializer):
    parent = serializers.CharField(source="parent_id", allow_null=True, help_text="上级的代码。")

    class Meta:
        model = Occupation
        fields = ("code", "name", "parent", "level")


# Parts of other apps' answers -----------------------------------------------------------------------------------------


class PlaceSerializer(serializers.Serializer):
    code = serializers.CharField(help_text="区划代码。")
    name = serializers.CharField(help_text="名称。")
    path = serializers.CharField(help_text="全称。")


class ParkSerializer(serializers.Serializer):
    code = serializers.CharField(help_text="园区或开发区的代码。")
    name = serializers.CharField(source="short_name", help_text="简称。")


class NamedSerializer(serializers.Serializer):
    code = serializers.IntegerField(help_text="代码。")
    name = serializers.CharField(help_text="名称。")


class SkillLevelSerializer(serializers.Serializer):
    """会的或者要会的一样手艺。"""

    skill = serializers.IntegerField(min_value=0, max_value=32767, help_text="技能代码，见 /reference/skills/。")
    level = serializers.ChoiceField(SkillLevel.choices, help_text="程度。")


class SkillHeldSerializer(serializers.Serializer):
    skill = serializers.IntegerField(source="skill_id", help_text="技能代码。")
    name = serializers.CharField(source="skill.name", help_text="技能名称。")
    level = serializers.ChoiceField(SkillLevel.choices, help_text="程度。")


class Codes(serializers.ListField):
    """Codes of rows of a table; one query tells whether all of them are there."""

    def __init__(self, model: type[Model], **kwargs: Any) -> None:
        self.model = model
        child = serializers.IntegerField(min_value=0, max_value=32767)
        super().__init__(child=child, **kwargs)

    def to_internal_value(self, data: Any) -> list[int]:
        codes = list(dict.fromkeys(super().to_internal_value(data)))
        check_codes(self.model, codes)
        return codes


def check_codes(model: type[Model], codes: Iterable[int]) -> None:
    """ValidationError unless there is a row for every code."""
    wanted = set(codes)
    if wanted and model._default_manager.filter(pk__in=wanted).count() != len(wanted):
        raise serializers.ValidationError("没有这个代码，请对照参考数据。")
