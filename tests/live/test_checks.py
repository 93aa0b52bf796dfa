"""Wrong settings of live sessions are said at the start."""

from typing import Any

import pytest

from labor.live import checks

RIGHT = {
    "LIVE_ENGINE": "srs",
    "LIVE_CDN": "https://cdn.example.cn",
    "LIVE_RTMP_URL": "rtmp://live.example.cn:1936/live",
    "SRS_PUSH_URL": "rtmp://srs/live",
    "SRS_PLAY_URL": "https://jobs.example.cn/srs/live",
    "SRS_WHEP_URL": "https://jobs.example.cn/srs/rtc/v1/whep/",
    "SRS_API_URL": "http://srs:1985",
    "SRS_HOOK_SECRET": "a_secret-of-some-length",
}
PLAIN = {**dict.fromkeys(RIGHT, ""), "LIVE_ENGINE": "folder"}


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        ({}, []),
        (PLAIN, []),
        ({"LIVE_ENGINE": "janus"}, ["live.E001"]),
        ({"LIVE_RTMP_URL": "https://live.example.cn/live"}, ["live.E002"]),
        ({"LIVE_RTMP_URL": "rtmp://live.example.cn"}, ["live.E002"]),
        ({"SRS_PUSH_URL": "srs/live", "SRS_API_URL": "srs:1985"}, ["live.E002", "live.E002"]),
        ({"LIVE_CDN": "cdn.example.cn"}, ["live.E002"]),
        ({"SRS_WHEP_URL": "/srs/rtc/v1/whep/"}, ["live.E002"]),
        ({"SRS_WHEP_URL": "https://jobs.example.cn/whep/?app=live"}, ["live.E002"]),
        ({"SRS_WHEP_URL": ""}, []),
        ({"LIVE_ENGINE": "folder"}, ["live.W002"]),
        ({"SRS_PLAY_URL": ""}, ["live.E003"]),
        ({"SRS_PLAY_URL": "/srs/live"}, []),
        ({"SRS_PLAY_URL": "srs/live"}, ["live.E002"]),
        ({"SRS_HOOK_SECRET": ""}, ["live.E003"]),
        ({"SRS_HOOK_SECRET": "short"}, ["live.E004"]),
        ({"SRS_HOOK_SECRET": "a secret & of some length"}, ["live.E005"]),
    ],
)
def test_engine_settings(settings: Any, wrong: dict[str, Any], found: list[str]) -> None:
    for name, value in (RIGHT | wrong).items():
        setattr(settings, name, value)
    messages = checks.engine_settings()
    assert [message.id for message in messages] == found
    assert all(message.hint for message in messages)


def test_a_missing_door_is_told_before_it_is_missed(settings: Any) -> None:
    settings.LIVE_RTMP_URL = "rtmp://live.example.cn/live"
    assert checks.a_door_for_streaming_programs() == []
    settings.LIVE_RTMP_URL = ""
    assert [message.id for message in checks.a_door_for_streaming_programs()] == ["live.W001"]
