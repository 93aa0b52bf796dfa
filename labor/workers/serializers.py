"""Workers as the API shows them: never a phone or an ID number in clear, to nobody."""

from rest_framework import serializers

from jinba.reference.choices import Education, Shift
from jinba.reference.models import Certificate, Region, Skill, Trade
from jinba.reference.serializers import Codes, PlaceSerializer, SkillHeldSerializer, SkillLevelSerializer, check_codes
from labor.workers.answers import FIELDS, MOST_CERTIFICATES, MOST_PAY, MOST_PLACES, MOST_SKILLS, MOST_TRADES, MOST_YEARS
from labor.workers.choices import GroupKind, JobStatus, Need, ReturnWish
from labor.workers.models import Delegation, Worker


class ProfileSerializer(serializers.ModelSerializer):
    """A worker's own profile, for himself and for whom he entrusted himself to."""

    phone = serializers.CharField(source="masked_phone", help_text="打了星号的手机号。")
    has_resident_id = serializers.SerializerMethodField(help_text="有没有登记身份证号；号码不在接口里。")
    home = PlaceSerializer(help_text="家在哪里。")
    education = serializers.ChoiceField(Education.choices, help_text="学历。")
    trades = serializers.ListField(child=serializers.IntegerField(), help_text="想干的工种，按先后。")
    places = serializers.ListField(child=serializers.CharField(), help_text="想去的地方，区划或园区代码。")
    refused_places = serializers.ListField(child=serializers.CharField(), help_text="不去的地方。")
    shifts = serializers.ListField(child=serializers.ChoiceField(Shift.choices), help_text="能上的班；空着是都行。")
    certificates = serializers.ListField(child=serializers.IntegerField(), help_text="证书代码。")
    skills = SkillHeldSerializer(many=True, help_text="会的手艺。")
    has_group = serializers.SerializerMethodField(help_text="有没有和人结伴。")

    class Meta:
        model = Worker
        fields = (
            *("id", "name", "phone", "has_resident_id", "home", "village", "birth_date", "education", "years"),
            *("trades", "is_open_to_any", "places", "refused_places", "min_pay", "housing_need", "couple_room_need"),
            *("wants_meals", "shifts", "certificates", "available_from", "return_wish", "job_status", "skills"),
            *("has_group", "is_personalised", "updated_at"),
        )
        read_only_fields = fields

    def get_has_resident_id(self, worker: Worker) -> bool:
        return bool(worker.resident_id_index)

    def get_has_group(self, worker: Worker) -> bool:
        return worker.group_id is not None


class ProfileWriteSerializer(serializers.Serializer):
    """求职资料；只写要改的几项。"""

    name = serializers.CharField(max_length=40, help_text="姓名，和身份证上一样。")
    home = serializers.PrimaryKeyRelatedField(
        queryset=Region.objects.all(), pk_field=serializers.CharField(max_length=12), help_text="区划代码，到县或乡镇。"
    )
    village = serializers.CharField(max_length=60, allow_blank=True, help_text="村（社区）。")
    birth_date = serializers.DateField(allow_null=True, help_text="出生日期。")
    education = serializers.ChoiceField(Education.choices, help_text="学历。")
    years = serializers.IntegerField(min_value=0, max_value=MOST_YEARS, help_text="干了几年。")
    trades = Codes(Trade, max_length=MOST_TRADES, help_text="想干的工种，按先后。")
    is_open_to_any = serializers.BooleanField(help_text="什么活都行。")
    places = serializers.ListField(
        child=serializers.CharField(max_length=20), max_length=MOST_PLACES, help_text="想去的地方，区划或园区代码。"
    )
    refused_places = serializers.ListField(
        child=serializers.CharField(max_length=20), max_length=MOST_PLACES, help_text="不去的地方。"
    )
    min_pay = serializers.IntegerField(min_value=0, max_value=MOST_PAY, help_text="每月最少要挣多少元。")
    housing_need = serializers.ChoiceField(Need.choices, help_text="住宿。")
    couple_room_need = serializers.ChoiceField(Need.choices, help_text="夫妻房。")
    wants_meals = serializers.BooleanField(help_text="想包吃。")
    shifts = serializers.ListField(
        child=serializers.ChoiceField(Shift.choices), max_length=len(Shift), help_text="能上的班；空着是都行。"
    )
    certificates = Codes(Certificate, max_length=MOST_CERTIFICATES, help_text="证书代码。")
    available_from = serializers.DateField(allow_null=True, help_text="什么时候能上班。")
    return_wish = serializers.ChoiceField(ReturnWish.choices, help_text="返乡打算。")
    job_status = serializers.ChoiceField(JobStatus.choices, help_text="找工作状态。")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, partial=True, **kwargs)


assert set(ProfileWriteSerializer._declared_fields) == set(FIELDS)


class SkillsWriteSerializer(serializers.Serializer):
    """全部手艺；没写到的就算不会。"""

    skills = SkillLevelSerializer(many=True, max_length=MOST_SKILLS)

    def validate_skills(self, value: list[dict[str, int]]) -> dict[int, int]:
        check_codes(Skill, [row["skill"] for row in value])
        return {row["skill"]: row["level"] for row in value}


class RecommendationsSerializer(serializers.Serializer):
    """按本人情况推荐的开关（个人信息保护法第 24 条）。"""

    on = serializers.BooleanField(help_text="true：按我的情况推荐；false：只按新旧排。")


class GroupSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(GroupKind.choices, help_text="种类。")
    code = serializers.CharField(help_text="结伴码，同伴用它加入。")
    others = serializers.ListField(child=serializers.CharField(), help_text="同伴，只写姓。")


class GroupWriteSerializer(serializers.Serializer):
    """新开一个结伴（写 kind），或者加入别人的（写 code）。"""

    kind = serializers.ChoiceField(GroupKind.choices, required=False, help_text="新开：和谁结伴。")
    code = serializers.CharField(required=False, max_length=20, help_text="加入：同伴给的结伴码。")

    def validate(self, data: dict[str, str]) -> dict[str, str]:
        if len(data) != 1:
            raise serializers.ValidationError("kind 和 code 要写一个，只写一个。")
        return data


class EntrustedSerializer(serializers.Serializer):
    id = serializers.IntegerField(help_text="劳动者的编号，用在 worker 参数里。")
    name = serializers.CharField(help_text="姓名。")
    phone = serializers.CharField(source="masked_phone", help_text="打了星号的手机号。")
    home = PlaceSerializer(help_text="家在哪里。")


class DelegationSerializer(serializers.ModelSerializer):
    worker = EntrustedSerializer(help_text="委托的人。")

    class Meta:
        model = Delegation
        fields = ("id", "worker", "method", "agreed_at", "ends_on")
        read_only_fields = fields
