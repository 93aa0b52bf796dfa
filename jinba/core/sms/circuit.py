"""A vendor that fails again and again is left alone for a while, so that nobody waits for him in vain.

Kept in the memory of each process: it costs no query, and a new process asks anew.
"""

import threading
import time
from dataclasses import dataclass, field

FAILURES = 5  # in a row, then the circuit opens
REST, LONGEST_REST = 30.0, 300.0  # seconds; twice as long after each try in vain


@dataclass
class Circuit:
    """Closed while the vendor works; open while he rests; then one try decides (half-open)."""

    failures: int = 0
    rest: float = REST
    opens_at: float = float("-inf")  # when the next try may be made
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_open(self) -> bool:
        return self.failures >= FAILURES

    def may_try(self) -> bool:
        """Whether to ask the vendor now. Of those who ask a resting one, only the first after his rest may."""
        with self._lock:
            if not self.is_open:
                return True
            now = time.monotonic()
            if now < self.opens_at:
                return False
            self.opens_at = now + self.rest
            return True

    def worked(self) -> None:
        with self._lock:
            self.failures, self.rest = 0, REST

    def failed(self) -> None:
        with self._lock:
            was_open = self.is_open
            self.failures += 1
            if was_open:
                self.rest = min(self.rest * 2, LONGEST_REST)
            if self.is_open:
                self.opens_at = time.monotonic() + self.rest


_circuits: dict[str, Circuit] = {}


def circuit_of(vendor: str) -> Circuit:
    return _circuits.setdefault(vendor, Circuit())


def forget() -> None:
    """All vendors are trusted again."""
    _circuits.clear()
