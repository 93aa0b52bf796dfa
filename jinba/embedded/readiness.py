"""Asks the running site whether every part of it is there.

python -m jinba.embedded.readiness [/healthz/live] asks the server on PORT and ends with 0 or 1.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys


async def what_is_missing(environment: dict[str, str], question: str = "/healthz/ready") -> str:
    """Empty when the question is answered with 200 on the public port, else the reason in words."""
    named = [name.strip().removeprefix(".") for name in (environment.get("ALLOWED_HOSTS") or "").split(",")]
    host = next((name for name in named if name not in ("", "*")), "localhost")
    port = int(environment.get("PORT") or 8000)
    try:
        async with asyncio.timeout(10):
            reader, writer = await asyncio.open_connection(connectable(environment), port)
            try:
                writer.write(f"GET {question} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
                answer = await reader.read()
            finally:
                writer.close()
    except (OSError, TimeoutError) as problem:
        return f"no answer ({problem!r})"
    head, _, body = answer.partition(b"\r\n\r\n")
    status = head.split(b" ", 2)[1:2]
    if status == [b"200"]:
        return ""
    try:
        return str(json.loads(body)["missing"])
    except (ValueError, KeyError, TypeError):
        return head.split(b"\r\n", 1)[0].decode(errors="replace") or "no answer"


def connectable(environment: dict[str, str]) -> str:
    host = environment.get("HOST") or "localhost"
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "localhost"}.get(host, host)


if __name__ == "__main__":
    sys.exit(asyncio.run(what_is_missing(dict(os.environ), *sys.argv[1:2])) or 0)
