from rest_framework import serializers

from employers.serializers import PostingCardSerializer
from jinba.reference.serializers import SkillHeldSerializer


class JobMatchSerializer(serializers.Serializer):
    posting = PostingCardSerializer(help_text="岗位。")
    reasons = serializers.ListField(child=serializers.CharField(), help_text="为什么合适，最多三条。")
    applied = serializers.CharField(help_text="报过名就写到哪一步了，没有就是空。")


class PersonSerializer(serializers.Serializer):
    """Somebody who may suit: no name but the family's, no phone."""

    id = serializers.IntegerField(help_text="编号，邀请时用。")
    name = serializers.CharField(source="masked_name", help_text="只有姓。")
    home = serializers.CharField(source="home.path", help_text="家在哪里。")
    education = serializers.SerializerMethodField(help_text="学历，可能为空。")
    years = serializers.IntegerField(help_text="干了几年。")
    skills = SkillHeldSerializer(many=True, help_text="会的手艺。")

    def get_education(self, worker: object) -> str:
        return worker.get_education_display() if worker.education else ""  # type: ignore[attr-defined]


class PersonMatchSerializer(serializers.Serializer):
    worker = PersonSerializer(help_text="可能合适的人。")
    reasons = serializers.ListField(child=serializers.CharField(), help_text="为什么合适，最多三条。")
    has_applied = serializers.BooleanField(help_text="已经报名。")
    is_invited = serializers.BooleanField(help_text="已经邀请过。")
    has_declined = serializers.BooleanField(help_text="谢绝过。")


class InviteSerializer(serializers.Serializer):
    """邀请一位推荐的人来看岗位；报不报名由本人决定。"""

    worker = serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text="编号，来自推荐名单。")


class InvitedSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    posting = serializers.IntegerField(source="posting_id", help_text="岗位编号。")
    worker = serializers.IntegerField(source="worker_id", help_text="劳动者的编号。")
    invited_at = serializers.DateTimeField(help_text="邀请时间。")
