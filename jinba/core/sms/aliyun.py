"""Aliyun 短信服务 (API 2017-05-25). Needs the extra `sms-aliyun`.

SMS_OPTIONS: {"jinba.core.sms.aliyun.Backend": {"access_key_id": "…", "access_key_secret": "…", "sign_name": "…",
"templates": {"code": "SMS_…"}}}; a template's variables are the names of the values ({"code": "123456"}).
"""

import json
from functools import cached_property
from typing import Any

from jinba.core.sms.base import SmsBackend, SmsFailed

SECONDS = 5


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

    def send(self, phone: str, text: str, *, kind: str, values: dict[str, str]) -> None:
        try:
            from alibabacloud_dysmsapi20170525.models import SendSmsRequest
        except ImportError as error:
            raise SmsFailed("the extra sms-aliyun is not installed") from error
        if kind not in self.templates:
            raise SmsFailed(f"no template for {kind}")
        request = SendSmsRequest(
            phone_numbers=phone,
            sign_name=self.sign_name,
            template_code=self.templates[kind],
            template_param=json.dumps(values, ensure_ascii=False),
        )
        try:
            answer = self.client.send_sms(request).body
        except Exception as error:  # the SDK wraps none of its transport's errors
            raise SmsFailed(type(error).__name__) from error
        if answer.code != "OK":
            raise SmsFailed(f"{answer.code} {answer.message}")
