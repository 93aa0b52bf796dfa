"""Wrong settings of video calls are said at the start."""

from typing import Any

import pytest

from labor.interviews import checks

RIGHT = {
    "STUN_URLS": ["stun:turn.example.cn:3478", "stun:[2400:3200::1]:3478"],
    "TURN_URLS": [
        "turn:turn.example.cn:3478?transport=udp",
        "turns:turn.example.cn:443?transport=tcp",
        "turn:10.0.0.1",
    ],
    "TURN_SECRET": "a secret",
    "RELAY_ONLY": True,
}


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        ({}, []),
        ({"TURN_URLS": [], "STUN_URLS": [], "TURN_SECRET": "", "RELAY_ONLY": False}, []),
        ({"TURN_URLS": ["turn.example.cn:3478"]}, ["interviews.E001"]),
        ({"TURN_URLS": ["turn:turn.example.cn:3478", " turn:turn.example.cn:3479"]}, ["interviews.E001"]),
        ({"TURN_URLS": ["turn://turn.example.cn"]}, ["interviews.E001"]),
        ({"TURN_URLS": ["turn:turn.example.cn?transport=tls"]}, ["interviews.E001"]),
        ({"STUN_URLS": ["turn:turn.example.cn"]}, ["interviews.E001"]),
        ({"TURN_SECRET": ""}, ["interviews.E002"]),
        ({"TURN_URLS": []}, ["interviews.W002"]),
    ],
)
def test_relay_settings(settings: Any, wrong: dict[str, Any], found: list[str]) -> None:
    for name, value in (RIGHT | wrong).items():
        setattr(settings, name, value)
    messages = checks.relay_settings()
    assert [message.id for message in messages] == found
    assert all(message.hint for message in messages)


def test_a_site_without_a_relay_is_warned_before_it_goes_out(settings: Any) -> None:
    settings.TURN_URLS = RIGHT["TURN_URLS"]
    assert checks.a_relay_for_strict_networks() == []
    settings.TURN_URLS = []
    assert [message.id for message in checks.a_relay_for_strict_networks()] == ["interviews.W001"]
