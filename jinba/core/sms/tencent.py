"""Tencent Cloud 短信 (API 2021-01-11). Needs the extra `sms-tencent`.

SMS_OPTIONS: {"jinba.core.sms.tencent.Backend": {"secret_id": "…", "secret_key": "…", "app_id": "1400…",
"sign_name": "…", "templates": {"code": {"id": "…", "values": ["code"]}, "notice": {"id": "…", "values": ["title",
"number"]}}}}; a template's variables are numbered, `values` names them in order. A notice looks for its own kind
("application.offered"), then for "notice"; its values are title, number and link.
"""

from datetime import datetime
from functools import cached_property
from typing import Any

from jinba.core.sms.base import NotThisText, SmsBackend, SmsFailed, SmsUnheard, WrongNumber, template_of

SECONDS = 5
NO_ANSWER = {"ClientNetworkError", "ServerNetworkError"}
WRONG_NUMBER = {"InvalidParameterValue.IncorrectPhoneNumber", "FailedOperation.PhoneNumberInBlacklist"}


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

    def send(self, phone: str, text: str, *, kind: str, values: dict[str, str], out_id: str = "") -> str | None:
        try:
            from tencentcloud.sms.v20210111.models import SendSmsRequest
        except ImportError as error:
            raise SmsFailed("the extra sms-tencent is not installed") from error
        template = template_of(self.templates, kind)
        request = SendSmsRequest()
        request.PhoneNumberSet = [f"+86{phone}"]
        request.SmsSdkAppId = self.app_id
        request.SignName = self.sign_name
        request.TemplateId = template["id"]
        request.TemplateParamSet = [values[name] for name in template.get("values", [])]
        if out_id:
            request.SessionContext = out_id
        (status,) = self._ask("SendSms", request).SendStatusSet
        if status.Code in WRONG_NUMBER:
            raise WrongNumber(status.Code)
        if status.Code.startswith("LimitExceeded."):
            raise NotThisText(status.Code)
        if status.Code != "Ok":
            raise SmsFailed(f"{status.Code} {status.Message}")
        return getattr(status, "SerialNo", None)

    def was_sent(self, phone: str, *, out_id: str, at: datetime) -> bool | None:
        from tencentcloud.sms.v20210111.models import PullSmsSendStatusByPhoneNumberRequest

        request = PullSmsSendStatusByPhoneNumberRequest()
        request.PhoneNumber = f"+86{phone}"
        request.SmsSdkAppId = self.app_id
        request.BeginTime, request.Offset, request.Limit = int(at.timestamp()) - 60, 0, 100
        rows = self._ask("PullSmsSendStatusByPhoneNumber", request).PullSmsSendStatusSet
        # Only what reached the phone is listed: that it is not there says nothing.
        return True if any(row.SessionContext == out_id for row in rows) else None

    def _ask(self, deed: str, request: Any) -> Any:
        try:
            return getattr(self.client, deed)(request)
        except Exception as error:  # the SDK wraps none of its transport's errors
            code = getattr(error, "code", None)
            # An answer, even a no, carries a code; whatever else went wrong, the text may be on its way.
            failure = SmsUnheard if code is None or code in NO_ANSWER else SmsFailed
            raise failure(type(error).__name__) from error
