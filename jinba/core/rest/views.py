"""The base of the API's views."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from jinba.core.rest.access import Need


class ApiView(APIView):
    """One address. `needs` says for each method who may pass; a method without one is closed.

    `once` names the methods that make something and heed Idempotency-Key, `tagged` those that answer with an ETag,
    `matched` those that heed If-Match; the schema tells callers the same.
    """

    http_method_names = ("get", "post", "put", "patch", "delete", "head")
    needs: ClassVar[dict[str, Need]] = {}
    once: ClassVar[frozenset[str]] = frozenset()
    tagged: ClassVar[frozenset[str]] = frozenset()
    matched: ClassVar[frozenset[str]] = frozenset()
    tag: ClassVar[str] = ""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # Before anybody reads the stream: a creation's digest is made of the body, too.
        _ = request._request.body
        super().initial(request, *args, **kwargs)

    def finalize_response(
        self, request: HttpRequest | Request, response: HttpResponse, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-store")
        if "max-age=86400" not in response.headers["Cache-Control"]:
            patch_vary_headers(response, ["Authorization", "Cookie"])
        return response

    def read(self, kind: type[Serializer], **kwargs: Any) -> dict[str, Any]:
        """The request's body as `kind` understands it; ValidationError names what is wrong."""
        form = kind(data=self.request.data, **kwargs)
        form.is_valid(raise_exception=True)
        return form.validated_data


class Nothing(ApiView):
    """Any address below /api/ that is none."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound("没有这个地址。地址都以 / 结尾，文档在 /api/v1/docs/ 。")


def created(body: Any, location: str) -> Response:
    return Response(body, status=201, headers={"Location": location})
