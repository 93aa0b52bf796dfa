"""Who asks."""

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jinba.accounts.choices import Scope
from jinba.accounts.serializers import MeSerializer
from jinba.core.rest.access import need
from jinba.core.rest.views import ApiView


class Me(ApiView):
    needs = {"GET": need(Scope.READ)}
    tag = "我"

    @extend_schema(operation_id="me", summary="我是谁", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """令牌或会话背后的用户。手机号打了星号。"""
        return Response(MeSerializer(request.user, context={"request": request}).data)


urlpatterns = [path("me/", Me.as_view(), name="me")]
