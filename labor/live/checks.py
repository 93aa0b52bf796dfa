"""Wrong settings of live sessions are said at the start, with what to do."""

import re
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

HOST = r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?"
RTMP = re.compile(rf"rtmps?://{HOST}/[\w-]+/?", re.ASCII)
HTTP = re.compile(rf"https?://{HOST}(/[\w./-]*)?", re.ASCII)
OURS_OR_HTTP = re.compile(rf"{HTTP.pattern}|/[\w./-]*", re.ASCII)
ENGINES = ("folder", "srs")
LEAST_SECRET = 20  # characters
ADDRESSES = {
    "LIVE_RTMP_URL": (RTMP, "rtmp://live.example.cn/live"),
    "SRS_PUSH_URL": (RTMP, "rtmp://srs/live"),
    "SRS_PLAY_URL": (OURS_OR_HTTP, "/srs/live"),
    "SRS_WHEP_URL": (HTTP, "https://jobs.example.cn/srs/rtc/v1/whep/"),
    "SRS_API_URL": (HTTP, "http://srs:1985"),
    "LIVE_CDN": (HTTP, "https://cdn.example.cn"),
}
NEEDED_BY_SRS = ("SRS_PUSH_URL", "SRS_PLAY_URL", "SRS_API_URL", "SRS_HOOK_SECRET")


@register()
def engine_settings(**kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.LIVE_ENGINE not in ENGINES:
        hint = "folder: our own ffmpeg writes segments; srs: an SRS server does."
        found.append(Error(f"LIVE_ENGINE={settings.LIVE_ENGINE} is unknown.", hint=hint, id="live.E001"))
    for name, (shape, example) in ADDRESSES.items():
        value = getattr(settings, name)
        if value and not shape.fullmatch(value):
            found.append(Error(f"{name}: {value} is no such address.", hint=f"Such as {example}.", id="live.E002"))
    if settings.LIVE_ENGINE == "srs":
        if missing := [name for name in NEEDED_BY_SRS if not getattr(settings, name)]:
            hint = 'docs/operations.md, "Live sessions", has an example of each.'
            found.append(Error(f"LIVE_ENGINE=srs needs {', '.join(missing)}.", hint=hint, id="live.E003"))
        elif len(settings.SRS_HOOK_SECRET) < LEAST_SECRET:
            hint = (
                "It is all that keeps strangers from our hooks: python -c 'import secrets; print(secrets.token_hex())'"
            )
            found.append(Error("SRS_HOOK_SECRET is too short.", hint=hint, id="live.E004"))
        elif not re.fullmatch(r"[\w-]+", settings.SRS_HOOK_SECRET, re.ASCII):
            hint = "It stands in an address: letters, digits, - and _ only."
            found.append(Error("SRS_HOOK_SECRET has other signs.", hint=hint, id="live.E005"))
    elif settings.LIVE_ENGINE == "folder" and settings.SRS_WHEP_URL:
        hint = "Nobody gets pictures by WebRTC now, all get segments: leave it empty, or let SRS run."
        found.append(Warning("SRS_WHEP_URL needs LIVE_ENGINE=srs.", hint=hint, id="live.W002"))
    return found


@register(deploy=True)
def a_door_for_streaming_programs(**kwargs: Any) -> list[CheckMessage]:
    if settings.LIVE_RTMP_URL:
        return []
    hint = 'Such as rtmp://live.example.cn/live: docs/operations.md, "Live sessions".'
    return [Warning("No LIVE_RTMP_URL: OBS and its like are told of no server.", hint=hint, id="live.W001")]
