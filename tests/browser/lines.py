"""The lines of a call as the browser itself counts them, page by page."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from playwright.sync_api import Page

from tests.browser.conftest import Opens

# The page keeps its connections to itself; a witness from outside counts what it claims.
WITNESS = """
(() => {
  const Own = window.RTCPeerConnection;
  window.lines = [];
  window.RTCPeerConnection = class extends Own {
    constructor(...words) { super(...words); window.lines.push(this); }
  };
})();
"""
LINES = """
async () => {
  const found = [];
  for (const line of window.lines.filter((one) => one.connectionState !== "closed")) {
    const stats = new Map();
    (await line.getStats()).forEach((one) => stats.set(one.id, one));
    const all = [...stats.values()];
    const transport = all.find((one) => one.type === "transport") || {};
    const pair = stats.get(transport.selectedCandidatePairId);
    const ends = pair ? [stats.get(pair.localCandidateId), stats.get(pair.remoteCandidateId)] : [];
    const media = (type, kind, what) =>
      all.filter((one) => one.type === type && one.kind === kind).reduce((sum, one) => sum + (one[what] || 0), 0);
    found.push({
      state: line.connectionState,
      ends: ends.map((end) => end && end.candidateType),
      by: ends[0] && ends[0].relayProtocol,
      frames: media("inbound-rtp", "video", "framesDecoded"),
      sent: media("outbound-rtp", "video", "framesEncoded"),
      sound: media("inbound-rtp", "audio", "bytesReceived"),
      heard: media("outbound-rtp", "audio", "bytesSent"),
    });
  }
  return found;
}
"""
BEAT = 0.5  # seconds between two looks
STEADY = 4  # looks in a row with new frames, before a line counts as whole


def witnessed(opens: Opens) -> Opens:
    """Devices whose pages' connections are counted."""

    def open_(*args: Any, **more: Any) -> Any:
        context = opens(*args, **more)
        context.add_init_script(WITNESS)
        return context

    return open_


def lines(page: Page) -> list[dict[str, Any]]:
    """What getStats says of each open connection of the page."""
    found: list[dict[str, Any]] = page.evaluate(LINES)
    return found


def frames(page: Page) -> int:
    return sum(line["frames"] for line in lines(page))


def heal(pages: Mapping[str, Page], seconds: float, count: Callable[[Page], int] = frames) -> dict[str, float]:
    """Seconds from now until each page began to get new frames and went on getting them; fails after `seconds`.

    Frames that the relay had in hand come in one go and prove nothing, so it takes several looks in a row.
    """
    began = time.monotonic()
    first: dict[str, float] = {}
    rows = dict.fromkeys(pages, 0)
    before = {who: count(page) for who, page in pages.items()}
    while min(rows.values()) < STEADY:
        now = time.monotonic() - began
        assert now < seconds + STEADY * BEAT, (first, rows, {who: lines(page) for who, page in pages.items()})
        for who, page in pages.items():
            got = count(page)
            if rows[who] < STEADY:
                rows[who] = rows[who] + 1 if got > before[who] else 0
                if rows[who] == 1:
                    first[who] = now
            before[who] = got
        next(iter(pages.values())).wait_for_timeout(BEAT * 1000)
    assert max(first.values()) < seconds, first
    return first
