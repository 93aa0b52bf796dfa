"""Tencent Cloud 短信 (API 2021-01-11). Needs the extra `sms-tencent`.

SMS_OPTIONS: {"jinba.core.sms.tencent.Backend": {"secret_id": "…", "secret_key": "…", "app_id": "1400…",
"sign_name": "…", "templates": {"code": {"id": "…", "values": ["code"]}}}}; a template's variables are numbered,
`values` names them in order.
"""

from functools import cached_property
from typing import Any

from jinba.core.sms.base import SmsBackend, SmsFailed

SECONDS = 5


class Backend(SmsBackend):
    requires = "tencentcloud.sms"
    package = "tencentcloud-sdk-python-sms>=3"
    options = ("secret_id", "secret_key", "app_id", "sign_name", "templates")

    def __init__(
        self,
        *,
        secret_id: str,
        secret_key: str,
        app_id: str,
        sign_name: str,
        templates: dict[str, dict[str, Any]],
        region: str = "ap-guangzhou",
    ) -> None:
        self.secret_id, self.secret_key, self.region = secret_id, secret_key, region
        self.app_id, self.sign_name, self.templates = app_id, sign_name, templates

    @cached_property
    def client(self) -> Any:
        from tencentcloud.common.credential import Credential
        from tencentcloud.common.profile.client_profile import ClientProfile
        from tencentcloud.common.profile.http_profile import HttpProfile
        from tencentcloud.sms.v20210111.sms_client import SmsClient

        profile = ClientProfile(httpProfile=HttpProfile(reqTimeout=SECONDS))
        return SmsClient(Credential(self.secret_id, self.secret_key), self.region, profile)

    def send(self, phone: str, text: str, *, kind: str, values: dict[str, str]) -> None:
        try:
            from tencentcloud.sms.v20210111.models import SendSmsRequest
        except ImportError as error:
            raise SmsFailed("the extra sms-tencent is not installed") from error
        if kind not in self.templates:
            raise SmsFailed(f"no template for {kind}")
        template = self.templates[kind]
        request = SendSmsRequest()
        request.PhoneNumberSet = [f"+86{phone}"]
        request.SmsSdkAppId = self.app_id
        request.SignName = self.sign_name
        request.TemplateId = template["id"]
        request.TemplateParamSet = [values[name] for name in template.get("values", [])]
        try:
            (status,) = self.client.SendSms(request).SendStatusSet
        except Exception as error:  # the SDK wraps none of its transport's errors
            raise SmsFailed(type(error).__name__) from error
        if status.Code != "Ok":
            raise SmsFailed(f"{status.Code} {status.Message}")
