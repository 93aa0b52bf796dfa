"""Many at once, each on a database connection of his own."""

import threading
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.db import connections

from jinba.core.locks import Busy

T = TypeVar("T")
TRIES = 20


def persistent(deed: Callable[[T], Any]) -> Callable[[T], Any]:
    """Does as the sentence says ("please tap again") when the crowd was too thick."""

    def again(thing: T) -> Any:
        for _ in range(TRIES - 1):
            try:
                return deed(thing)
            except Busy:
                continue
        return deed(thing)

    return again


def crowd(deed: Callable[[T], Any], things: Iterable[T], *, people: int) -> list[Any]:
    """Do the deed to every thing by `people` threads that start together; the results in the order of the things.

    What a deed raises is its result: the test says what may happen.
    """
    things = list(things)
    results: list[Any] = [None] * len(things)
    turn = iter(range(len(things)))
    together, door = threading.Barrier(people), threading.Lock()

    def work() -> None:
        try:
            together.wait(30)
            while True:
                with door:
                    number = next(turn, None)
                if number is None:
                    return
                try:
                    results[number] = deed(things[number])
                except Exception as error:
                    results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, name=f"crowd-{number}") for number in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
