"""The door for the SRS server's hooks. It says a secret; nginx lets nobody from outside come here."""

import hmac
import json
import logging
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from redis.exceptions import RedisError

from jinba.core.access import public
from labor.live.actions import srs
from labor.live.engines.srs import drop
from labor.live.ingest.shelf import STREAM

logger = logging.getLogger(__name__)

LONGEST_BODY = 16 * 1024
MOST_WRONG, WITHIN = 30, 60  # refused senders of one address, in seconds; then none of its is looked at


@csrf_exempt
@public
@require_POST
def srs_hook(request: HttpRequest) -> HttpResponse:
    """SRS's documented JSON in; 200 and 0 for yes, 403 for no."""
    secret = settings.SRS_HOOK_SECRET
    if not secret or not hmac.compare_digest(request.GET.get("secret", "").encode(), secret.encode()):
        return answer(False)
    hook = _hook(request)
    if hook is None:
        return HttpResponse("1", status=400, content_type="text/plain")
    stream, param, sender = str(hook.get("stream", "")), str(hook.get("param", "")), srs.sender_of(hook=hook)
    match hook.get("action"):
        case "on_publish":
            return answer(_may_publish(str(hook.get("ip", "")), sender=sender, stream=stream, param=param))
        case "on_unpublish":
            srs.unpublished(sender=sender, stream=stream)
        case "on_hls":
            if not srs.segment(sender=sender, stream=stream, param=param):
                drop(str(hook.get("client_id", "")))
    return answer(True)


def answer(yes: bool) -> HttpResponse:
    return HttpResponse("0" if yes else "1", status=200 if yes else 403, content_type="text/plain")


def _may_publish(address: str, **sender: Any) -> bool:
    count = f"live:srs:{address}"
    try:
        if cache.get(count, 0) >= MOST_WRONG:
            return False
        if srs.published(**sender):
            return True
        logger.info("srs: a key from %s was refused", address)
        cache.add(count, 0, timeout=WITHIN)
        cache.incr(count)
    except (RedisError, ValueError):  # away, or the minute just ended: nobody is held back
        return srs.published(**sender)
    return False


def _hook(request: HttpRequest) -> dict[str, Any] | None:
    if len(request.body) > LONGEST_BODY:
        return None
    try:
        found = json.loads(request.body)
        words = json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or b"\\u0000" in words or not STREAM.fullmatch(str(found.get("stream", ""))):
        return None
    return found
