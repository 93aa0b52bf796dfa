"""What one is told."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jinba.accounts.choices import Scope
from jinba.core.rest import pages
from jinba.core.rest.access import need
from jinba.core.rest.schema import PAGE, page_of
from jinba.core.rest.views import ApiView
from jinba.notices import actions as notices
from jinba.notices.models import Notice
from jinba.notices.serializers import (
    NoticeSerializer,
    PreferencesSerializer,
    ReadResultSerializer,
    ReadSerializer,
)


class Notices(ApiView):
    needs = {"GET": need(Scope.READ)}
    tag = "消息"

    @extend_schema(
        operation_id="notices",
        summary="消息",
        parameters=[
            OpenApiParameter("unread", {"type": "string", "enum": ["1"]}, description="1：只看没读过的。"),
            *PAGE,
        ],
        responses=page_of(NoticeSerializer, "Notices"),
    )
    def get(self, request: Request) -> Response:
        """自己的消息，新的在前。"""
        rows = Notice.objects.of(request.user)
        if request.query_params.get("unread") == "1":
            rows = rows.unread()
        found, beside = pages.newest(request, rows)
        return Response(pages.envelope(beside, NoticeSerializer(found, many=True).data))


class NoticesRead(ApiView):
    needs = {"POST": need(Scope.PROFILE)}
    tag = "消息"

    @extend_schema(
        operation_id="notices_read",
        summary="标为已读",
        request=ReadSerializer,
        responses=ReadResultSerializer,
        examples=[OpenApiExample("全部", value={}, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        """只动自己的消息。"""
        read = notices.mark_read(user=request.user, notice_ids=self.read(ReadSerializer).get("ids"))
        return Response({"read": read})


class Preferences(ApiView):
    needs = {"GET": need(Scope.READ), "PATCH": need(Scope.PROFILE)}
    tag = "消息"

    @extend_schema(operation_id="preferences", summary="消息怎么收", responses=PreferencesSerializer)
    def get(self, request: Request) -> Response:
        """每一类消息，短信和邮件要不要。"""
        return Response(self._now(request))

    @extend_schema(
        operation_id="preferences_change",
        summary="改消息怎么收",
        request=PreferencesSerializer,
        responses=PreferencesSerializer,
    )
    def patch(self, request: Request) -> Response:
        """只写要改的；和本人身份无关的不动。"""
        rows = self.read(PreferencesSerializer, partial=True).get("preferences", [])
        notices.choose(user=request.user, wanted={(row["topic"], row["channel"]): row["is_on"] for row in rows})
        return Response(self._now(request))

    @staticmethod
    def _now(request: Request) -> Any:
        rows = notices.choices_of(user=request.user).items()
        said = [{"topic": topic, "channel": channel, "is_on": is_on} for (topic, channel), is_on in rows]
        return PreferencesSerializer({"preferences": said}).data


urlpatterns = [
    path("me/preferences/", Preferences.as_view(), name="preferences"),
    path("notices/", Notices.as_view(), name="notices"),
    path("notices/read/", NoticesRead.as_view(), name="notices_read"),
]
