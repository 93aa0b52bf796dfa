"""Wrong SMS settings are said at the start, with what to do."""

from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string

from jinba.core.sms.base import SmsBackend


@register()
def sms_settings(**kwargs: Any) -> list[CheckMessage]:
    if not settings.SMS_BACKENDS:
        return [Error("SMS_BACKENDS is empty.", hint="Name at least one backend.", id="sms.E001")]
    return [found for path in settings.SMS_BACKENDS for found in _backend(path)]


def _backend(path: str) -> list[CheckMessage]:
    try:
        backend: type[SmsBackend] = import_string(path)
    except ImportError:
        hint = "Those of ours: jinba.core.sms.{console,file,aliyun,tencent}.Backend."
        return [Error(f"SMS_BACKENDS: there is no {path}.", hint=hint, id="sms.E002")]
    found: list[CheckMessage] = []
    if backend.requires and not _is_installed(backend.requires):
        hint = f"pip install '{backend.package}'"
        found.append(Error(f"SMS_BACKENDS: {path} needs its provider's SDK.", hint=hint, id="sms.E003"))
    missing = [name for name in backend.options if not settings.SMS_OPTIONS.get(path, {}).get(name)]
    if missing:
        hint = f'SMS_OPTIONS={{"{path}": {{…}}}}'
        found.append(Error(f"SMS_OPTIONS: {path} lacks {', '.join(missing)}.", hint=hint, id="sms.E004"))
    return found


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
