from rest_framework import serializers

from jinba.notices.choices import Channel, Topic
from jinba.notices.models import Notice


class NoticeSerializer(serializers.ModelSerializer):
    url = serializers.CharField(allow_blank=True, help_text="网站上的链接，可能为空。")
    is_read = serializers.SerializerMethodField(help_text="读过没有。")

    class Meta:
        model = Notice
        fields = ("id", "kind", "title", "body", "url", "created_at", "is_read")
        read_only_fields = fields

    def get_is_read(self, notice: Notice) -> bool:
        return notice.read_at is not None


class ReadSerializer(serializers.Serializer):
    """标为已读；不写 ids 就是全部。"""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), required=False, max_length=200,
        help_text="消息的编号。",
    )  # fmt: skip


class ReadResultSerializer(serializers.Serializer):
    read = serializers.IntegerField(help_text="这次标了几条。")


class PreferenceSerializer(serializers.Serializer):
    """一类消息走不走一条路；站内消息总是有的。"""

    topic = serializers.ChoiceField(Topic.choices, help_text="哪一类消息。")
    channel = serializers.ChoiceField(Channel.choices, help_text="走哪条路。")
    is_on = serializers.BooleanField(help_text="要不要。")


class PreferencesSerializer(serializers.Serializer):
    preferences = PreferenceSerializer(many=True, max_length=50, help_text="和本人身份有关的各类消息。")
