"""Who is at work: the door (page, task) and the user, told to the database with each change of a row that has history.

The words travel in front of the statement itself, so that no query is added; `jinba.core.history` has the triggers
that keep them.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

import celery
from django.apps import apps
from django.db import connection
from django.http import HttpRequest, HttpResponse

TELL = "SELECT set_config('pghistory.context_metadata', %s, true); "
_told: ContextVar[Callable[[], dict[str, Any]] | None] = ContextVar("doing", default=None)


@contextmanager
def doing(tell: Callable[[], dict[str, Any]]) -> Iterator[None]:
    """Within, changes of rows bear what `tell()` says then; the innermost counts."""
    token = _told.set(tell)
    try:
        with connection.execute_wrapper(_say):
            yield
    finally:
        _told.reset(token)


@cache
def _tables() -> frozenset[str]:
    """The tables that have history."""
    from pghistory.models import Event  # after the apps are loaded

    tracked: list[Any] = [
        getattr(model, "pgh_tracked_model", None) for model in apps.get_models() if issubclass(model, Event)
    ]
    return frozenset(model._meta.db_table for model in tracked if model is not None)


def _changes_history(sql: Any) -> bool:
    if not isinstance(sql, str):
        return False
    if sql.startswith("UPDATE ") or sql.startswith("DELETE FROM "):
        table = sql.split('"', 2)[1] if '"' in sql else sql.split()[1 if sql[0] == "U" else 2]
        return table in _tables()
    return sql.startswith("INSERT ") and " DO UPDATE " in sql and sql.split('"', 2)[1] in _tables()


def _say(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    tell = _told.get()
    if tell is None or many or isinstance(params, dict) or not _changes_history(sql):
        return execute(sql, params, many, context)
    words = json.dumps(tell(), ensure_ascii=False)
    if context["connection"].features.uses_server_side_binding:  # takes one statement at a time
        execute(TELL, (words,), False, context)
        return execute(sql, params, many, context)
    if params is None:
        sql = sql.replace("%", "%%")
    result = execute(TELL + sql, (words, *(params or ())), many, context)
    while result is not None and result.nextset():  # the answer is that of the statement itself
        pass
    return result


class DoingMiddleware:
    """Changes made by a page bear its user and the name of its address. A session that nobody read stays unread."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        def tell() -> dict[str, Any]:
            match = request.resolver_match
            return {"user": _user_id(request), "door": match.view_name if match else ""}

        with doing(tell):
            return self.get_response(request)


def _user_id(request: HttpRequest) -> int | None:
    user: Any = getattr(request, "_cached_user", None) or request.__dict__.get("user")
    if user is None or type(user).__name__ == "SimpleLazyObject":
        return None
    return user.pk if user.is_authenticated else None


class Task(celery.Task):
    """Changes made by a task bear its name."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with doing(lambda: {"task": self.name}):
            return super().__call__(*args, **kwargs)
