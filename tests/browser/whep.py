"""A WHEP server that is not ours: aiortc answers a viewer's offer and sends him a moving picture.

`python -m tests.browser.whep PORT`. How it behaves stands in the path: `/plays/`, `/refuses/`, `/fails/`, `/silent/`
(an answer, and no picture) and `/stops/` (a picture for two seconds). `/open/` tells what was asked for and not given
back.
"""

from __future__ import annotations

import asyncio
import fractions
import json
import sys
import time
from typing import Any
from urllib.parse import parse_qs

import aioice.ice
import numpy as np
import uvicorn
from aiortc import AudioStreamTrack, RTCPeerConnection, RTCSessionDescription, VideoStreamTrack
from av import VideoFrame

WIDTH, HEIGHT, RATE = 320, 180, 15
LASTS = {"silent": 0, "stops": 2 * RATE}  # frames
REFUSALS = {"refuses": 404, "fails": 500}
CORS = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-headers", b"content-type"),
    (b"access-control-allow-methods", b"POST, DELETE"),
    (b"access-control-expose-headers", b"location"),
]


class Picture(VideoStreamTrack):
    """A white bar that wanders over grey."""

    def __init__(self, lasts: float) -> None:
        super().__init__()
        self.lasts, self.sent, self.began = lasts, 0, time.monotonic()

    async def recv(self) -> VideoFrame:
        if self.sent >= self.lasts:
            await asyncio.Event().wait()
        await asyncio.sleep(max(0, self.began + self.sent / RATE - time.monotonic()))
        drawn = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
        left = self.sent * 4 % (WIDTH - 20)
        drawn[:, left : left + 20] = 255
        frame = VideoFrame.from_ndarray(drawn, format="rgb24")
        frame.pts, frame.time_base = self.sent * 90_000 // RATE, fractions.Fraction(1, 90_000)
        self.sent += 1
        return frame


class Engine:
    def __init__(self) -> None:
        self.lines: dict[str, RTCPeerConnection] = {}
        self.asked: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        how, query = scope["path"].strip("/"), parse_qs(scope["query_string"].decode())
        status, headers, body = 204, [], b""
        if how == "open":
            status, body = 200, json.dumps({"asked": self.asked, "open": len(self.lines)}).encode()
        elif scope["method"] == "POST":
            self.asked += query["stream"]
            status = REFUSALS.get(how, 201)
            if status == 201:
                name = str(len(self.asked))
                offer = (await receive())["body"].decode()
                body = (await self.answer(name, offer, LASTS.get(how, float("inf")))).encode()
                headers = [(b"content-type", b"application/sdp"), (b"location", f"/{how}/?session={name}".encode())]
        elif scope["method"] == "DELETE":
            await self.lines.pop(query["session"][0]).close()
        await send({"type": "http.response.start", "status": status, "headers": [*CORS, *headers]})
        await send({"type": "http.response.body", "body": body})

    async def answer(self, name: str, offer: str, lasts: float) -> str:
        line = self.lines[name] = RTCPeerConnection()
        await line.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        line.addTrack(Picture(lasts))
        line.addTrack(AudioStreamTrack())
        await line.setLocalDescription(await line.createAnswer())
        return str(line.localDescription.sdp)


if __name__ == "__main__":
    # Of itself it leaves out the only address that a machine without a network has.
    aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]
    uvicorn.run(Engine(), host="localhost", port=int(sys.argv[1]), lifespan="off", log_level="critical")
