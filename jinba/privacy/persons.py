"""What the apps above keep of a worker: for his copy (个人信息保护法 §45), and to forget with him (§47).

The copy finds by itself what points to a worker; what only hangs on something of his is named here, and so is what has
to go when he does. Each app keeps both in `<app>/persons.py`, where they are found by themselves.

    @keeps
    def interviews(workers): yield Interview.objects.filter(application__worker__in=workers)

    @forgets
    def chat(worker): ChatLine.objects.filter(seat__interview__application__worker=worker).delete()
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

Keeps = Callable[[Sequence[Any]], Iterable["QuerySet[Any]"]]
Forgets = Callable[[Any], None]

_keeps: dict[str, Keeps] = {}
_forgets: dict[str, Forgets] = {}


def keeps(ask: Keeps) -> Keeps:
    """Mark a function that gives the querysets of what is kept of some workers."""
    _keeps[f"{ask.__module__}.{ask.__qualname__}"] = ask
    return ask


def forgets(act: Forgets) -> Forgets:
    """Mark a function that forgets one worker, within the transaction that erases him."""
    _forgets[f"{act.__module__}.{act.__qualname__}"] = act
    return act


def kept_of(workers: Sequence[Any]) -> "Iterator[QuerySet[Any]]":
    """All that is kept of these workers by apps that named it."""
    for name in sorted(_keeps):
        yield from _keeps[name](workers)


def forget(worker: Any) -> None:
    """Let every app forget the worker; call within the transaction that does so."""
    for name in sorted(_forgets):
        _forgets[name](worker)
