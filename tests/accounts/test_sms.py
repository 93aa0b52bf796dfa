"""Texts through providers: what they are asked, and what happens when they refuse. Their SDKs are not needed here."""

import json
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from jinba.core.sms import SmsFailed, aliyun, checks, send_sms, tencent

PHONE, VALUES = "13912345678", {"code": "123456"}
ALIYUN, TENCENT = "jinba.core.sms.aliyun.Backend", "jinba.core.sms.tencent.Backend"
ALIYUN_OPTIONS: dict[str, Any] = {
    "access_key_id": "id", "access_key_secret": "secret", "sign_name": "金巴就业", "templates": {"code": "SMS_1"},
}  # fmt: skip
TENCENT_OPTIONS: dict[str, Any] = {
    "secret_id": "id", "secret_key": "secret", "app_id": "1400", "sign_name": "金巴就业",
    "templates": {"code": {"id": "77", "values": ["code"]}},
}  # fmt: skip


class Recorder:
    """A provider's client that keeps what it was asked."""

    def __init__(self, answer: Any) -> None:
        self.answer, self.requests = answer, []  # type: ignore[var-annotated]

    def take(self, request: Any) -> Any:
        self.requests.append(vars(request))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    send_sms = SendSms = take


def module(monkeypatch: pytest.MonkeyPatch, name: str, **content: Any) -> None:
    """Stand in for a module of an SDK, with its packages."""
    parts = name.split(".")
    for length in range(1, len(parts) + 1):
        package = ModuleType(".".join(parts[:length]))
        package.__path__ = []
        monkeypatch.setitem(sys.modules, package.__name__, package)
    vars(sys.modules[name]).update(content)


def record(**fields: Any) -> Any:
    return SimpleNamespace(**fields)


@pytest.fixture
def ask_aliyun(monkeypatch: pytest.MonkeyPatch) -> Any:
    module(monkeypatch, "alibabacloud_dysmsapi20170525.models", SendSmsRequest=record)

    def ask(answer: Any, kind: str = "code") -> dict[str, Any]:
        backend = aliyun.Backend(**ALIYUN_OPTIONS)
        recorder = vars(backend)["client"] = Recorder(answer)
        backend.send(PHONE, "text", kind=kind, values=VALUES)
        (request,) = recorder.requests
        return request

    return ask


@pytest.fixture
def ask_tencent(monkeypatch: pytest.MonkeyPatch) -> Any:
    module(monkeypatch, "tencentcloud.sms.v20210111.models", SendSmsRequest=record)

    def ask(answer: Any, kind: str = "code") -> dict[str, Any]:
        backend = tencent.Backend(**TENCENT_OPTIONS)
        recorder = vars(backend)["client"] = Recorder(answer)
        backend.send(PHONE, "text", kind=kind, values=VALUES)
        (request,) = recorder.requests
        return request

    return ask


def aliyun_answer(code: str) -> Any:
    return record(body=record(code=code, message="words"))


def tencent_answer(code: str) -> Any:
    return record(SendStatusSet=[record(Code=code, Message="words")])


def test_aliyun_is_asked_for_its_template(ask_aliyun: Any) -> None:
    asked = ask_aliyun(aliyun_answer("OK"))
    assert json.loads(asked.pop("template_param")) == VALUES
    assert asked == {"phone_numbers": PHONE, "sign_name": "金巴就业", "template_code": "SMS_1"}


def test_tencent_is_asked_for_its_template(ask_tencent: Any) -> None:
    assert ask_tencent(tencent_answer("Ok")) == {
        "PhoneNumberSet": ["+8613912345678"],
        "SmsSdkAppId": "1400",
        "SignName": "金巴就业",
        "TemplateId": "77",
        "TemplateParamSet": ["123456"],
    }


def test_what_a_provider_does_not_take_has_failed(ask_aliyun: Any, ask_tencent: Any) -> None:
    with pytest.raises(SmsFailed, match="BUSINESS_LIMIT_CONTROL"):
        ask_aliyun(aliyun_answer("isv.BUSINESS_LIMIT_CONTROL"))
    with pytest.raises(SmsFailed, match="FailedOperation"):
        ask_tencent(tencent_answer("FailedOperation"))


def test_a_providers_accident_is_a_failure_without_its_details(ask_aliyun: Any, ask_tencent: Any) -> None:
    for ask in (ask_aliyun, ask_tencent):
        with pytest.raises(SmsFailed) as failure:
            ask(TimeoutError(f"no answer about {PHONE}"))
        assert str(failure.value) == "TimeoutError"


def test_without_a_template_the_text_has_failed(ask_aliyun: Any, ask_tencent: Any) -> None:
    for ask in (ask_aliyun, ask_tencent):
        with pytest.raises(SmsFailed, match="no template for invitation"):
            ask(None, kind="invitation")


def test_without_its_sdk_a_provider_fails_and_the_next_one_is_asked(
    settings: Any, sms: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "alibabacloud_dysmsapi20170525", None)
    monkeypatch.setitem(sys.modules, "tencentcloud", None)
    settings.SMS_OPTIONS = {ALIYUN: ALIYUN_OPTIONS, TENCENT: TENCENT_OPTIONS}
    settings.SMS_BACKENDS = [ALIYUN, TENCENT, "jinba.core.sms.locmem.Backend"]
    send_sms(PHONE, "text", kind="code", values=VALUES)
    assert len(sms) == 1
    settings.SMS_BACKENDS = [ALIYUN, TENCENT]
    with pytest.raises(SmsFailed):
        send_sms(PHONE, "text", kind="code", values=VALUES)


def test_wrong_settings_are_said_with_a_hint(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "find_spec", lambda name: None)
    settings.SMS_OPTIONS = {ALIYUN: {**ALIYUN_OPTIONS, "sign_name": ""}}
    settings.SMS_BACKENDS = [ALIYUN, "jinba.core.sms.pigeon.Backend"]
    found = {message.id: message for message in checks.sms_settings()}
    assert set(found) == {"sms.E002", "sms.E003", "sms.E004"}
    assert "alibabacloud-dysmsapi20170525" in found["sms.E003"].hint
    assert "sign_name" in found["sms.E004"].msg
    settings.SMS_BACKENDS = []
    assert [message.id for message in checks.sms_settings()] == ["sms.E001"]


def test_right_settings_are_silent(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "find_spec", lambda name: name)
    settings.SMS_OPTIONS = {ALIYUN: ALIYUN_OPTIONS, TENCENT: TENCENT_OPTIONS}
    settings.SMS_BACKENDS = [ALIYUN, TENCENT, "jinba.core.sms.file.Backend"]
    assert checks.sms_settings() == []


def test_a_package_that_is_not_there_is_not_installed() -> None:
    assert not checks._is_installed("no_such_package.inside")
    assert checks._is_installed("json.decoder")


def test_the_development_backend_writes_a_line_of_json(settings: Any, tmp_path: Any) -> None:
    settings.VAR_DIR = tmp_path
    settings.SMS_BACKENDS = ["jinba.core.sms.file.Backend"]
    send_sms(PHONE, "text", kind="code", values=VALUES)
    line = json.loads((tmp_path / "sms.log").read_text(encoding="utf-8"))
    assert (line["phone"], line["code"]) == (PHONE, "123456")
