from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

PHONE = "13912345678"


@pytest.fixture
def phone() -> str:
    return PHONE


@pytest.fixture
def ask(client: Client, sms: list[dict[str, str]]) -> Callable[..., str]:
    """Ask for a code on the page, as a browser would; the code that was texted."""

    def ask(phone: str = PHONE, **fields: Any) -> str:
        response = client.post(reverse("accounts:sign_in"), {"phone": phone, **fields})
        assert response.status_code == 302, response.content.decode()
        assert response.url == reverse("accounts:code")
        return sms[-1]["code"]

    return ask


@pytest.fixture
def prove(client: Client, ask: Callable[..., str]) -> Callable[..., Any]:
    """Ask for a code and give it; the answer to it."""

    def prove(phone: str = PHONE, **fields: Any) -> Any:
        return client.post(reverse("accounts:code"), {"code": ask(phone, **fields)})

    return prove
