"""What a process may remember for a while: reference rows, compiled statements, rendered pieces of pages."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from time import monotonic
from typing import Any


class Memory:
    """The `size` things asked for last, none older than `seconds`. Safe among threads; each process has its own."""

    def __init__(self, *, size: int, seconds: float) -> None:
        self.size = size
        self.seconds = seconds
        self._kept: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()
        self._lock = threading.Lock()
        memories.append(self)

    def get(self, key: Hashable) -> Any:
        """The thing, or None when it is not known or too old."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            if found[0] < monotonic():
                del self._kept[key]
                return None
            self._kept.move_to_end(key)
            return found[1]

    def keep(self, key: Hashable, thing: Any) -> Any:
        with self._lock:
            self._kept[key] = monotonic() + self.seconds, thing
            self._kept.move_to_end(key)
            while len(self._kept) > self.size:
                self._kept.popitem(last=False)
        return thing

    def get_or_make(self, key: Hashable, make: Callable[[], Any]) -> Any:
        found = self.get(key)
        return self.keep(key, make()) if found is None else found

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


memories: list[Memory] = []


def forget_all() -> None:
    """Every memory of this process is empty; a test begins with that."""
    for memory in memories:
        memory.clear()
