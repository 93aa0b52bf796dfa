"""What reaches a person when a lock is not to be had, whichever statement asked for it."""

from typing import Any

import psycopg
import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import RequestFactory

from jinba.core.doors import DoorMiddleware
from jinba.core.locks import BUSY


def refused(error: type[psycopg.Error]) -> HttpResponse | None:
    request: Any = RequestFactory().post("/anywhere/", headers={"accept": "application/json"})
    exception = OperationalError("given up")
    exception.__cause__ = error()
    return DoorMiddleware(lambda asked: HttpResponse()).process_exception(request, exception)


@pytest.mark.parametrize("error", [psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected])
def test_who_waited_in_vain_is_asked_to_tap_again(error: type[psycopg.Error]) -> None:
    response = refused(error)
    assert response is not None and response.status_code == 422
    assert BUSY in response.content.decode("unicode_escape")


def test_a_database_that_is_away_is_an_error_of_ours() -> None:
    assert refused(psycopg.errors.AdminShutdown) is None
