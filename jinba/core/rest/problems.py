"""Every error of the API as problem+json (RFC 9457), in words for a person and a `code` for a program."""

import logging
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.signals import got_request_exception
from django.db import DataError, OperationalError
from django.http import Http404
from redis.exceptions import RedisError
from rest_framework import exceptions, serializers
from rest_framework.response import Response

from jinba.core.doors import RECOVERING
from jinba.core.errors import Refused
from jinba.core.locks import Busy, waited_in_vain
from jinba.core.rest.access import ScopeMissing

logger = logging.getLogger(__name__)
CONTENT_TYPE = "application/problem+json"
TITLES = {
    400: "请求写得不对",
    401: "需要登录或令牌",
    403: "没有权限",
    404: "没有找到",
    405: "不支持这个方法",
    409: "暂时办不了",
    412: "已经被改过",
    413: "内容太大",
    415: "格式不对",
    422: "没有办成",
    429: "请求太频繁",
    500: "服务出错",
    503: "正在恢复",
}
DETAILS = {
    400: "请求的内容读不懂，请对照接口文档检查。",
    401: "请带上有效的令牌（Authorization: Bearer …），或者先登录。",
    403: "您没有权限办这件事。",
    404: "没有这个地址，或者您看不到它。",
    405: "这个地址不支持这个方法，支持的方法见 Allow。",
    413: "一次发来的内容太多，请分几次。",
    415: "请用 application/json 格式发送。",
    500: "服务出错了，我们已经记下。请过一会儿再试。",
}
CODES = {
    400: "malformed",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "busy",
    412: "changed_meanwhile",
    413: "too_large",
    415: "unsupported_media_type",
    422: "refused",
    429: "throttled",
    500: "error",
    503: "recovering",
}


class Malformed(exceptions.APIException):
    """The address or a header cannot be understood."""

    status_code = 400
    default_code = "malformed"
    default_detail = DETAILS[400]


class ChangedMeanwhile(exceptions.APIException):
    """If-Match names another state than the present one."""

    status_code = 412
    default_code = "changed_meanwhile"
    default_detail = "别人刚刚改过，请重新读取再改。"


class KeyReused(exceptions.APIException):
    status_code = 422
    default_code = "idempotency_key_reused"
    default_detail = "这个 Idempotency-Key 已经用在另一个请求上，请换一个。"


class UnderWay(exceptions.APIException):
    """The same request is being done by another connection."""

    status_code = 409
    default_code = "under_way"
    default_detail = "同一个请求正在办理，请过一会儿再问。"
    wait = 1


class Problem(serializers.Serializer):
    """RFC 9457；`detail` 是给人看的一句话，`code` 给程序判断。"""

    type = serializers.CharField(help_text="总是 about:blank。")
    title = serializers.CharField(help_text="状态码的中文说法。")
    status = serializers.IntegerField(help_text="和 HTTP 状态码相同。")
    detail = serializers.CharField(help_text="哪里不对，一句话。")
    code = serializers.CharField(help_text="给程序判断的代码，如 refused、validation、throttled。")
    field = serializers.CharField(required=False, help_text="这句话说的是哪一项。")
    errors = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()), required=False, help_text="每一项哪里不对。"
    )
    scope = serializers.CharField(required=False, help_text="令牌缺少的权限。")


def problem(
    status: int, detail: str = "", *, code: str = "", headers: dict[str, str] | None = None, **more: Any
) -> Response:
    body = {
        "type": "about:blank",
        "title": TITLES.get(status, "出错了"),
        "status": status,
        "detail": detail or DETAILS.get(status, TITLES.get(status, "出错了")),
        "code": code or CODES.get(status, "error"),
        **more,
    }
    return Response(body, status=status, headers=headers, content_type=CONTENT_TYPE)


def handle(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's EXCEPTION_HANDLER. Nothing of an unexpected error gets out but that there was one."""
    if isinstance(error, OperationalError) and waited_in_vain(error):
        error = Busy()
    if isinstance(error, Busy):
        return problem(409, error.message, headers={"Retry-After": "1"})
    if isinstance(error, Refused):
        return _refused(error)
    if isinstance(error, exceptions.APIException):
        return _raised(error)
    if isinstance(error, Http404 | ObjectDoesNotExist):
        return problem(404)
    if isinstance(error, DjangoPermissionDenied):
        return problem(403)
    if isinstance(error, RequestDataTooBig):
        return problem(413)
    if isinstance(error, SuspiciousOperation | RecursionError):
        return problem(400)  # also JSON nested deeper than Python reads
    path = context["request"].path
    if isinstance(error, DataError):
        logger.error("api: %s took what no column holds", path, exc_info=error)
        return problem(400)
    if isinstance(error, RedisError):
        logger.error("api: %s cannot do without Redis", path, exc_info=error)
        return problem(503, RECOVERING, headers={"Retry-After": "60"})
    logger.error("api: %s failed", path, exc_info=error)
    got_request_exception.send(sender=None, request=context["request"])
    return problem(500)


def _refused(error: Refused) -> Response:
    more: dict[str, Any] = {"field": error.field} if error.field else {}
    problems: dict[str, str] = getattr(error, "problems", {})
    if problems:
        more["errors"] = {name: [sentence] for name, sentence in problems.items()}
    return problem(422, error.message, **more)


def _raised(error: exceptions.APIException) -> Response:
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(max(1, round(error.wait)))
    if isinstance(error, exceptions.ValidationError):
        errors = dict(_flat(error.detail, ""))
        first = next(iter(errors.values()), [DETAILS[400]])[0]
        return problem(400, first, code="validation", errors=errors)
    status, more = error.status_code, {}
    detail = str(error.detail) if isinstance(error.detail, str) else ""
    if isinstance(error, ScopeMissing):
        headers["WWW-Authenticate"] = f'Bearer error="insufficient_scope", scope="{error.scope}"'
        more["scope"] = error.scope
    plain = isinstance(error, exceptions.NotAuthenticated | exceptions.MethodNotAllowed | exceptions.NotFound)
    if plain or isinstance(error, exceptions.ParseError | exceptions.UnsupportedMediaType):
        detail = detail if isinstance(error, exceptions.NotFound) and detail != str(error.default_detail) else ""
    code = error.detail.code if isinstance(error.detail, exceptions.ErrorDetail) else ""
    known = code if code in OWN_CODES else ""
    if isinstance(error, exceptions.Throttled):
        detail = f"请求太频繁，请 {headers.get('Retry-After', '60')} 秒后再试。"
    return problem(status, detail, code=known, headers=headers, **more)


OWN_CODES = frozenset({
    "scope_missing", "wrong_role", "idempotency_key_reused", "under_way", "changed_meanwhile", "malformed",
    "authentication_failed",
})  # fmt: skip


def _flat(detail: Any, name: str) -> list[tuple[str, list[str]]]:
    """DRF's nested errors as one list of sentences for each field: `skills.0.level`."""
    if isinstance(detail, dict):
        rows = [row for key, value in detail.items() for row in _flat(value, f"{name}.{key}" if name else str(key))]
        return rows
    if isinstance(detail, list) and any(isinstance(item, dict | list) for item in detail):
        return [row for number, item in enumerate(detail) if item for row in _flat(item, f"{name}.{number}")]
    sentences = [str(item) for item in detail] if isinstance(detail, list) else [str(detail)]
    return [(name or "non_field_errors", sentences)]
