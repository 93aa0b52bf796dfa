"""script/bench live [SECONDS] [VIEWERS] [pictures|room]: a live session through the real server, then its room.

Pictures: a clock in milliseconds is drawn into the picture as black and white blocks, by a streaming program over RTMP
and by the host's page in Chromium, and read back from the pixels that a viewer's page shows, on the same machine: the
time from the start to the first frame, the delay from glass to glass over SECONDS (20), what an ingest costs. The room:
tests/bench/live_room.py, with VIEWERS sockets. Encoders, browsers and servers share this machine's cores: what it
prints are upper bounds.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import django
import numpy as np
import psutil
from playwright.sync_api import Browser, Page

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinba.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402

from labor.live.actions import keys  # noqa: E402
from labor.live.ingest.command import ffmpeg  # noqa: E402
from tests.bench import live_room  # noqa: E402
from tests.bench.interview import Work, percentile, say  # noqa: E402
from tests.browser.chromium import CHINESE, DESK, PHONE, chromium  # noqa: E402
from tests.factories.employers import JobPostingFactory, owner_of  # noqa: E402
from tests.factories.interviews import in_minutes  # noqa: E402
from tests.factories.live import LiveSessionFactory  # noqa: E402
from tests.live.movies import call  # noqa: E402
from tests.platform.machine import Machine, free_port, until  # noqa: E402

SECONDS = 20
WIDTH, HEIGHT, BLOCK, BITS, RATE = 640, 360, 16, 32, 25
GOAL_FIRST, GOAL_LATE = 6.0, 8.0  # seconds
COPIED = 15  # seconds of a film of 2 Mbit/s

# The same blocks in Python and in JavaScript: time in milliseconds modulo 2**32, the lowest bit first, then parity.
FACTS = f"const width = {WIDTH}, height = {HEIGHT}, block = {BLOCK}, bits = {BITS}, rate = {RATE};"
PAINT = (
    f"(() => {{ {FACTS}"
    + """
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const ink = canvas.getContext("2d");
  setInterval(() => {
    const now = Date.now();
    ink.fillStyle = `hsl(${(now / 20) % 360}, 40%, 45%)`;
    ink.fillRect(0, 0, canvas.width, canvas.height);
    let ones = 0;
    for (let bit = 0; bit <= bits; bit++) {
      const set = bit < bits ? Math.floor(now / 2 ** bit) % 2 : ones % 2;
      ones += set;
      ink.fillStyle = set ? "#fff" : "#000";
      ink.fillRect(block * (1 + bit), 0, block, 2 * block);
    }
  }, 1000 / rate);
  const camera = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async () => {
    const stream = canvas.captureStream(rate);
    const voice = await camera({ audio: true });
    stream.addTrack(voice.getAudioTracks()[0]);
    return stream;
  };
})();
"""
)

# {frames, late}: how many were drawn, and how old the shown one is, in ms; late is null where no clock can be read.
READ = (
    f"() => {{ {FACTS}"
    + """
  const video = document.querySelector("video");
  if (!video || !video.videoWidth) return { frames: 0, late: null };
  const frames = video.getVideoPlaybackQuality().totalVideoFrames;
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const ink = canvas.getContext("2d", { willReadFrequently: true });
  ink.drawImage(video, 0, 0, canvas.width, canvas.height);
  const now = Date.now();
  let value = 0;
  let ones = 0;
  for (let bit = 0; bit <= bits; bit++) {
    const light = ink.getImageData(block * (1 + bit) + block / 2, block, 1, 1).data[1];
    const set = light > 127 ? 1 : 0;
    ones += set;
    value += bit < bits ? set * 2 ** bit : 0;
  }
  const late = (now - value) % 2 ** 32;
  return { frames, late: ones % 2 === 0 && late < 60000 ? late : null };
}
"""
)


def seed() -> None:
    """Inside the server's database: a live session with a key, and an announced one with its anchor. Prints JSON."""
    live = LiveSessionFactory(live=True, anchor=True)
    key = keys.new_key(session=live, by=live.crew.get().user)
    posting = JobPostingFactory()
    owner = owner_of(posting.employer)
    announced = LiveSessionFactory(
        announced=True, host=posting.employer, anchor=owner, made_by=owner, starts_at=in_minutes(10), cards=[posting]
    )
    client = Client()
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value}
    print(json.dumps({"live": live.pk, "key": key, "announced": announced.pk, "cookie": cookie}))


class Clock(threading.Thread):
    """A streaming program whose camera sees a clock."""

    def __init__(self, address: str) -> None:
        super().__init__(daemon=True)
        source = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(RATE), "-i", "pipe:0"]
        picture = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", str(RATE)]
        picture += ["-b:v", "1200k", "-pix_fmt", "yuv420p"]
        sound = ["-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono"]
        words = [*source, *sound, *picture, "-c:a", "aac", "-shortest", "-f", "flv", address]
        self.encoder = subprocess.Popen([ffmpeg(), "-loglevel", "error", *words], stdin=subprocess.PIPE)
        self.is_over = threading.Event()
        self.first_at = time.monotonic()

    def run(self) -> None:
        assert self.encoder.stdin
        number = 0
        while not self.is_over.wait(max(0.0, self.first_at + number / RATE - time.monotonic())):
            try:
                self.encoder.stdin.write(frame(time.time()))
            except BrokenPipeError:
                return
            number += 1
        self.encoder.stdin.close()

    def end(self) -> None:
        self.is_over.set()
        self.join()
        self.encoder.wait()


def frame(now: float) -> bytes:
    value = int(now * 1000) % 2**BITS
    bits = [value >> bit & 1 for bit in range(BITS)]
    bits.append(sum(bits) % 2)
    picture = np.full((HEIGHT, WIDTH), int(now * 40) % 160 + 40, dtype=np.uint8)
    for place, bit in enumerate(bits, 1):
        picture[: 2 * BLOCK, BLOCK * place : BLOCK * (place + 1)] = 255 * bit
    return picture.tobytes()


class House(Machine):
    """The product as `script/server` runs it, in a folder of its own."""

    def open(self) -> str:
        self.port = str(free_port())
        server = self.start("server", PORT=self.port)
        assert server.stdout
        said = ""
        for line in server.stdout:
            if line == "Ready\n":
                self.rtmp = next(word for word in said.split() if word.startswith("rtmp://"))
                return f"http://localhost:{self.port}"
            said += line
        raise SystemExit(said)

    def seeded(self) -> dict[str, Any]:
        told = self.run(sys.executable, "-W", "ignore", "-m", "tests.bench.live", "seed")
        if told.returncode:
            raise SystemExit(told.stderr)
        found: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
        return found


def pictures(house: House, browser: Browser, seconds: int) -> bool:
    address = house.open()
    facts = house.seeded()
    met = [by_rtmp(house, browser, address, facts, seconds), by_page(house, browser, address, facts, seconds)]
    copied(house, facts)
    return all(met)


def by_rtmp(house: House, browser: Browser, address: str, facts: dict[str, Any], seconds: int) -> bool:
    door, sockets = house.process("manage.py rtmp"), house.process("uvicorn")
    viewer = watch(browser, address, facts["live"])
    clock = Clock(f"{house.rtmp}/{facts['key']}")
    clock.start()
    first = first_frame(viewer, clock.first_at)
    work = {"door and its ffmpeg": Work(door), "socket server": Work(sockets)}
    met = told("RTMP (ffmpeg as OBS would) → HLS → hls.js", viewer, first, seconds, work)
    clock.end()
    viewer.context.close()
    return met


def by_page(house: House, browser: Browser, address: str, facts: dict[str, Any], seconds: int) -> bool:
    context = browser.new_context(**{**DESK, **CHINESE, "base_url": address})
    context.grant_permissions(["camera", "microphone"], origin=address)
    context.add_cookies([{**facts["cookie"], "url": address}])  # type: ignore[list-item]
    context.add_init_script(PAINT)
    host = context.new_page()
    host.goto(f"/studio/{facts['announced']}/console/")
    host.locator("[data-picture]").wait_for(state="visible", timeout=60_000)
    viewer = watch(browser, address, facts["announced"])
    host.get_by_role("button", name="开播", exact=True).click()
    host.locator(".console[data-state=live]").wait_for(timeout=60_000)
    first = first_frame(viewer, time.monotonic())
    work = {"socket server and its ffmpeg": Work(house.process("uvicorn"))}
    met = told("the host's page (MediaRecorder → socket) → HLS → hls.js", viewer, first, seconds, work)
    viewer.context.close()
    context.close()
    return met


def watch(browser: Browser, address: str, session: int) -> Page:
    context = browser.new_context(**{**PHONE, **CHINESE, "base_url": address})
    page = context.new_page()
    page.goto(f"/live/{session}/")
    return page


def first_frame(viewer: Page, since: float) -> float:
    until(lambda: viewer.evaluate(READ)["frames"] > 0, 90)
    return time.monotonic() - since


def told(way: str, viewer: Page, first: float, seconds: int, work: dict[str, Work]) -> bool:
    late: list[float] = []
    unread, until_then = 0, time.monotonic() + seconds
    before = viewer.evaluate(READ)["frames"]
    while time.monotonic() < until_then:
        viewer.wait_for_timeout(250)
        age = viewer.evaluate(READ)["late"]
        if age is None:
            unread += 1
        else:
            late.append(age / 1000)
    rate = (viewer.evaluate(READ)["frames"] - before) / seconds
    shares = {what: (one.share(), one.megabytes()) for what, one in work.items()}
    if not late:
        raise SystemExit("no clock could be read from the viewer's pixels")
    p50, p95 = statistics.median(late), percentile(late, 0.95)
    print(f"\n{way} (load {os.getloadavg()[0]:.1f}):")
    say("start to the first frame", f"{first:.2f} s", first <= GOAL_FIRST)
    say("glass to glass, p50 / p95", f"{p50:.2f} / {p95:.2f} s", p95 <= GOAL_LATE)
    say("clocks read", f"{len(late)} of {len(late) + unread}; {rate:.0f} pictures a second")
    for what, (share, size) in shares.items():
        say(what, f"{share:.1%} of a core, {size:.0f} MB")
    return first <= GOAL_FIRST and p95 <= GOAL_LATE


def copied(house: House, facts: dict[str, Any]) -> None:
    """What a stream of 720p at 2 Mbit/s costs, as OBS sends it: here it is only passed on."""
    with tempfile.TemporaryDirectory() as folder:
        film = str(Path(folder) / "film.flv")
        picture = ["-c:v", "libx264", "-preset", "ultrafast", "-b:v", "2000k", "-minrate", "2000k", "-maxrate", "2000k"]
        picture += ["-bufsize", "2000k", "-x264-params", "nal-hrd=cbr", "-g", "30", "-pix_fmt", "yuv420p"]
        source = ["-f", "lavfi", "-i", "testsrc2=s=1280x720:r=30", "-f", "lavfi", "-i", "sine=440:r=48000"]
        call(*source, "-t", str(COPIED), *picture, "-c:a", "aac", "-f", "flv", film)
        words = [ffmpeg(), "-loglevel", "error", "-re", "-i", film, "-c", "copy", "-f", "flv"]
        encoder = subprocess.Popen([*words, f"{house.rtmp}/{facts['key']}"])
        door = house.process("manage.py rtmp")
        assert door
        child = until(lambda: [one for one in door.children(recursive=True) if "ffmpeg" in one.name()], 30)[0]
        both, ours = Work(door), cpu(door)
        began = time.monotonic()
        time.sleep(COPIED - 5)
        share, size, took = both.share(), both.megabytes(), time.monotonic() - began
        own = (cpu(door) - ours) / took
        memory = child.memory_full_info().uss / 1e6
        encoder.wait()
    print(f"\n720p at 2 Mbit/s over RTMP, passed on (load {os.getloadavg()[0]:.1f}):")
    say("door", f"{own:.1%} of a core")
    say("its ffmpeg", f"{share - own:.1%} of a core, {memory:.0f} MB")
    say("both", f"{share:.1%} of a core, {size:.0f} MB")


def cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def main() -> int:
    if sys.argv[1:2] == ["seed"]:
        seed()
        return 0
    words = [word for word in sys.argv[1:] if not word.isdigit()]
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before it began")
    met = True
    if "room" not in words:
        with tempfile.TemporaryDirectory() as folder, chromium() as browser:
            house = House(Path(folder) / "var")
            try:
                met = pictures(house, browser, numbers[0] if numbers else SECONDS)
            finally:
                house.end()
    if "pictures" not in words:
        met = live_room.run(*numbers[1:2]) and met
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
