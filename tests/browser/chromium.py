"""The browser of the tests and of the README's pictures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from jinba.embedded.chromium import find_chromium

PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 760},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 860}}
CHINESE: dict[str, Any] = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium: the machine's own, so that no test downloads one."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(),
            args=[
                # Containers have neither user namespaces nor a large /dev/shm.
                *("--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"),
                # A camera and a microphone that draw and beep; each context still has to be given leave to use them.
                "--use-fake-device-for-media-stream",
                # Two pages of one machine find each other although it has no network but itself.
                "--allow-loopback-in-peer-connection",
            ],
        )
        yield browser
        browser.close()
