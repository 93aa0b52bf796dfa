from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from jinba.accounts import tokens
from jinba.accounts.models import User
from labor.matching import resident


@pytest.fixture(autouse=True)
def _nothing_resident() -> Iterator[None]:
    resident.forget()
    yield
    resident.forget()


class Caller:
    """A program that asks the API with a token, or without one."""

    def __init__(self, token: str = "") -> None:
        self.client = Client(raise_request_exception=True)
        self.headers = {"authorization": f"Bearer {token}"} if token else {}

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        send = getattr(self.client, method.lower())
        more = {} if method.lower() in ("get", "head") else {"data": body, "content_type": "application/json"}
        if method.lower() in ("get", "head") and body:
            more = {"data": body}
        return send(f"/api/v1{path}", headers={**self.headers, **named}, **more)

    def get(self, path: str, query: Any = None, **headers: str) -> Any:
        return self.ask("get", path, query, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.ask("post", path, {} if body is None else body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.ask("patch", path, body or {}, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.ask("put", path, body or {}, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.ask("delete", path, **headers)


@pytest.fixture
def nobody() -> Caller:
    return Caller()


def caller_of(user: User, *scopes: str) -> Caller:
    """A program of the user's, with these scopes or with all that his role may give."""
    if user.role not in tokens.HOLDERS:
        caller = Caller()
        caller.client.force_login(user)
        return caller
    _, text = tokens.make(by=user, name="测试", scopes=scopes or tokens.SCOPES[user.role], days=30)
    return Caller(text)


def assert_problem(response: Any, status: int, **more: Any) -> dict[str, Any]:
    """An error in the one form that all of them have."""
    assert response.status_code == status, response.content.decode()
    assert response.headers["Content-Type"] == "application/problem+json"
    body = response.json()
    assert {"type", "title", "status", "detail", "code"} <= set(body) and body["status"] == status
    assert {name: body.get(name) for name in more} == more, body
    return body
