"""A progress bar for long commands; silent where nobody watches."""

import sys
import time
from types import TracebackType
from typing import TextIO

WIDTH = 30


class Progress:
    """`with Progress("导入", total) as bar: bar.at(done)`; writes to a terminal only, ten times a second at most."""

    def __init__(self, label: str, total: int, *, stream: TextIO | None = None) -> None:
        self.label = label
        self.total = max(total, 1)
        self.stream = stream or sys.stderr
        self.is_shown = self.stream.isatty()
        self.started = time.monotonic()
        self.told = 0.0
        self.done = 0

    def at(self, done: int) -> None:
        self.done = done
        now = time.monotonic()
        if self.is_shown and now - self.told >= 0.1:
            self.told = now
            self._draw(now)
        if done >= self.total:
            self._end()

    def _end(self) -> None:
        """Draw a last time and leave the line, once."""
        if self.is_shown:
            self._draw(time.monotonic())
            self.stream.write("\n")
            self.is_shown = False

    def _draw(self, now: float) -> None:
        share = min(self.done / self.total, 1.0)
        bar = "█" * round(WIDTH * share) + "·" * (WIDTH - round(WIDTH * share))
        rate = self.done / max(now - self.started, 0.001)
        self.stream.write(f"\r{self.label} {bar} {share:4.0%} {self.done:,}({rate:,.0f}/秒)\033[K")
        self.stream.flush()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()
