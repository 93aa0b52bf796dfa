"""Wrong settings of video calls are said at the start, with what to do."""

import re
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

HOST = r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?"
STUN = re.compile(rf"stuns?:{HOST}")
TURN = re.compile(rf"turns?:{HOST}(\?transport=(udp|tcp))?")


@register()
def relay_settings(**kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for name, shape, example in (
        ("STUN_URLS", STUN, "stun:turn.example.cn:3478"),
        ("TURN_URLS", TURN, "turn:turn.example.cn:3478?transport=udp, turns:turn.example.cn:5349?transport=tcp"),
    ):
        wrong = [url for url in getattr(settings, name) if not shape.fullmatch(url)]
        if wrong:
            # One such address, and a browser refuses to make any line at all.
            hint = f"Such as {example}; a comma between several, and no space."
            found.append(Error(f"{name}: {', '.join(wrong)} is no address.", hint=hint, id="interviews.E001"))
    if settings.TURN_URLS and not settings.TURN_SECRET:
        hint = "The relay's static-auth-secret: without it nobody gets credentials that the relay takes."
        found.append(Error("TURN_URLS needs TURN_SECRET.", hint=hint, id="interviews.E002"))
    if settings.RELAY_ONLY and not settings.TURN_URLS:
        # No error: script/server names its own relay to the programs, and script/manage does not know of it.
        hint = "Name a relay, or let browsers connect directly: RELAY_ONLY=false."
        found.append(Warning("RELAY_ONLY without TURN_URLS leaves no way at all.", hint=hint, id="interviews.W002"))
    return found


@register(deploy=True)
def a_relay_for_strict_networks(**kwargs: Any) -> list[CheckMessage]:
    if settings.TURN_URLS:
        return []
    hint = 'Behind mobile carriers and offices browsers seldom reach each other: docs/operations.md, "Video".'
    return [Warning("No TURN_URLS: many video calls will not come about.", hint=hint, id="interviews.W001")]
