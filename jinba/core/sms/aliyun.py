"""Aliyun 短信服务 (API 2017-05-25). Needs the extra `sms-aliyun`.

SMS_OPTIONS: {"jinba.core.sms.aliyun.Backend": {"access_key_id": "…", "access_key_secret": "…", "sign_name": "…",
"templates": {"code": "SMS_…", "notice": "SMS_…"}}}; a template's variables are the names of the values ({"code":
"123456"}). A notice looks for its own kind ("application.offered"), then for "notice"; its values are title, number
and link.
"""

import json
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils import timezone

from jinba.core.sms.base import NotThisText, SmsBackend, SmsFailed, SmsUnheard, WrongNumber, template_of

SECONDS = 5
WRONG_NUMBER = {"isv.MOBILE_NUMBER_ILLEGAL"}
NOT_THIS_TEXT = {"isv.BUSINESS_LIMIT_CONTROL", "isv.DAY_LIMIT_CONTROL", "isv.BLACK_KEY_CONTROL_LIMIT"}


class Backend(SmsBackend):
    requires = "alibabacloud_dysmsapi20170525"
    package = "alibabacloud-dysmsapi20170525>=4"
    options = ("access_key_id", "access_key_secret", "sign_name", "templates")

    def __init__(
        self,
        *,
        access_key_id: str,
        access_key_secret: str,
        sign_name: str,
        templates: dict[str, str],
        endpoint: str = "dysmsapi.aliyuncs.com",
    ) -> None:
        self.sign_name, self.templates = sign_name, templates
        self.config = {
            "access_key_id": access_key_id,
            "access_key_secret": access_key_secret,
            "endpoint": endpoint,
            "connect_timeout": SECONDS * 1000,
            "read_timeout": SECONDS * 1000,
        }

    @cached_property
    def client(self) -> Any:
        from alibabacloud_dysmsapi20170525.client import Client
        from alibabacloud_tea_openapi.utils_models import Config

        return Client(Config(**self.config))

    def send(self, phone: str, text: str, *, kind: str, values: dict[str, str], out_id: str = "") -> str | None:
        try:
            from alibabacloud_dysmsapi20170525.models import SendSmsRequest
        except ImportError as error:
            raise SmsFailed("the extra sms-aliyun is not installed") from error
        request = SendSmsRequest(
            phone_numbers=phone,
            sign_name=self.sign_name,
            template_code=template_of(self.templates, kind),
            template_param=json.dumps(values, ensure_ascii=False),
            **({"out_id": out_id} if out_id else {}),
        )
        answer = self._ask("send_sms", request)
        if answer.code in WRONG_NUMBER:
            raise WrongNumber(answer.code)
        if answer.code in NOT_THIS_TEXT:
            raise NotThisText(answer.code)
        if answer.code != "OK":
            raise SmsFailed(f"{answer.code} {answer.message}")
        return getattr(answer, "biz_id", None)

    def was_sent(self, phone: str, *, out_id: str, at: datetime) -> bool | None:
        from alibabacloud_dysmsapi20170525.models import QuerySendDetailsRequest

        day = timezone.localtime(at).strftime("%Y%m%d")
        request = QuerySendDetailsRequest(phone_number=phone, send_date=day, page_size=50, current_page=1)
        answer = self._ask("query_send_details", request)
        if answer.code != "OK":
            return None
        return any(row.out_id == out_id for row in answer.sms_send_detail_dtos.sms_send_detail_dto)

    def _ask(self, deed: str, request: Any) -> Any:
        try:
            return getattr(self.client, deed)(request).body
        except Exception as error:  # the SDK wraps none of its transport's errors
            # An answer, even a no, carries a code; whatever else went wrong, the text may be on its way.
            failure = SmsFailed if getattr(error, "code", None) else SmsUnheard
            raise failure(type(error).__name__) from error
