"""What every socket address holds, whatever app it belongs to."""

import asyncio
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator

HERE = [(b"origin", b"http://localhost"), (b"host", b"localhost")]
ELSEWHERE = [(b"origin", b"http://evil.example"), (b"host", b"localhost")]


def knock(path: str, headers: list[tuple[bytes, bytes]]) -> dict[str, Any]:
    """The first answer to somebody who asks to open the socket."""

    from jinba.asgi import application  # here: it looks for the folder of static files, which a fixture makes

    async def ask() -> dict[str, Any]:
        scope = {"type": "websocket", "path": path, "headers": headers, "query_string": b"", "subprotocols": []}
        visitor = ApplicationCommunicator(application, scope)
        await visitor.send_input({"type": "websocket.connect"})
        return await visitor.receive_output()

    return asyncio.run(ask())


@pytest.mark.django_db(transaction=True)
def test_an_address_without_a_socket_is_closed_before_it_opens() -> None:
    assert knock("/ws/nothing/", HERE) == {"type": "websocket.close", "code": 4404}


@pytest.mark.django_db(transaction=True)
def test_a_page_of_another_site_opens_no_socket() -> None:
    assert knock("/ws/nothing/", ELSEWHERE) == {"type": "websocket.close"}
