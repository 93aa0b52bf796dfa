"""Two small applications that tell what a server told them about the request."""

import json
from typing import Any


def pages(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    body = environ["wsgi.input"].read() if environ["PATH_INFO"] == "/echo" else b""
    facts = {
        "server": "pages",
        "address": environ["REMOTE_ADDR"],
        "scheme": environ["wsgi.url_scheme"],
        "script": environ.get("SCRIPT_NAME", ""),
        "path": environ["PATH_INFO"],
    }
    answer = body or json.dumps(facts).encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(answer)))])
    return [answer]


async def sockets(scope: dict[str, Any], receive: Any, send: Any) -> None:
    assert scope["type"] == "websocket"
    if "refused" in scope["path"]:
        await send({"type": "websocket.close"})
        return
    facts = {"server": "sockets", "address": scope["client"][0], "scheme": scope["scheme"], "path": scope["path"]}
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": json.dumps(facts) + "\n\n"})
    await send({"type": "websocket.close"})
