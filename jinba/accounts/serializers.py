from typing import Any

from rest_framework import serializers

from jinba.accounts.choices import Role, Side
from jinba.accounts.models import ApiToken, User


class MeSerializer(serializers.ModelSerializer):
    role = serializers.ChoiceField(Role.choices, help_text="身份。")
    role_word = serializers.CharField(source="get_role_display", help_text="身份的中文说法。")
    side = serializers.ChoiceField(Side.choices, allow_blank=True, help_text="所属地，可能为空。")
    phone = serializers.CharField(source="masked_phone", help_text="打了星号的手机号。")
    scopes = serializers.SerializerMethodField(help_text="这次请求有哪些权限；用登录会话时是全部。")

    class Meta:
        model = User
        fields = ("id", "name", "role", "role_word", "side", "phone", "scopes")
        read_only_fields = fields

    def get_scopes(self, user: User) -> list[str]:
        token: Any = self.context["request"].auth
        return list(token.scopes) if isinstance(token, ApiToken) else ["*"]
