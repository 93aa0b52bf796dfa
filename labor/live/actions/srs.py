"""What an SRS server asks and tells by its hooks: may this sender begin, a segment is whole, a sender is gone.

Every segment is also put on our own shelf, from where replays are made; so they are the same whichever engine runs.
A segment that a hook lost comes with the next one, as long as the server's playlist still has it.
"""

import logging
import os
import re
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from django.db import transaction

from jinba.core.errors import Refused
from jinba.core.locks import locked_one
from labor.live.actions import keys, pictures
from labor.live.actions.pictures import Standing
from labor.live.choices import COMING, Source
from labor.live.engines import srs
from labor.live.ingest import shelf
from labor.live.ingest.shelf import Shelf, Taken
from labor.live.models import Part

logger = logging.getLogger(__name__)

KEY = "key"  # in the address of a streaming program
SEGMENT = re.compile(r"#EXTINF:([0-9.]+),[^\n]*\n(?:#[^\n]*\n)*(?:[^\n#]*/)?([\w.-]+\.ts)(?:\?[^\n]*)?\n", re.ASCII)
LAST = ".srs"  # beside the parts: the last of the server's segments that is on the shelf
LOST = "连接断了。"
FULL = "服务器的存储快满了。"


def published(*, sender: UUID, stream: str, param: str) -> bool:
    """Somebody wants to send this stream: whether he may. His part begins, and whoever sent before is cut off."""
    said = _said(param)
    if srs.TOKEN in said:
        part = srs.part_of_token(said[srs.TOKEN])
        return part is not None and part.session.stream == stream
    key = keys.check(name=said.get(KEY, ""))
    if key is None or key.session.stream != stream:
        return False
    if pictures.page_sends(session=key.session):  # asked before anybody is cut off
        return False
    if shelf.is_full():
        logger.warning("srs: a sender was refused: no room on the disk")
        return False
    if Part.objects.filter(session=key.session_id, ended_at__isnull=True).exists():
        srs.drop_sender(stream)
    try:
        part = pictures.begin_part(session=key.session, holder=sender, source=Source.ENCODER)
    except Refused as refusal:
        logger.info("srs: a sender was refused: %s", refusal.message)
        return False
    if not keys.still_holds(key=key):  # changed while he began
        pictures.end_part(part=part, error=LOST)
        return False
    keys.use(key=key)
    return True


def unpublished(*, sender: UUID, stream: str) -> None:
    """A sender is gone. Whether he meant to, nobody knows: viewers are told when he has not come back in a minute."""
    part = _open_part(sender, stream)
    if part is not None:
        pictures.end_part(part=part, error=LOST)
    over = Part.objects.filter(session__stream=stream).exclude(session__state__in=COMING)
    if over.exists():
        shelf.close(stream)


def segment(*, sender: UUID, stream: str, param: str) -> bool:
    """The server has another segment of this stream; False when its sender may not go on."""
    said = _said(param)
    if srs.TOKEN in said:
        # Our own push: whoever pushes asks himself how he stands.
        part = srs.part_of_token(said[srs.TOKEN])
        if part is not None and part.session.stream == stream:
            _keep(part)
        return True
    part = _open_part(sender, stream)
    if part is None or keys.check(name=said.get(KEY, "")) is None:
        return False
    if shelf.is_full():
        pictures.end_part(part=part, error=FULL)
        return False
    _keep(part)
    standing = pictures.heard(part=part, **_so_far(part))
    if standing == Standing.LIVE_NOW:
        # It went on air: from the next segment on people see it, and it is kept.
        pictures.begin_part(session=part.session, holder=sender, source=Source.ENCODER)
        return True
    return standing == Standing.OURS


def _so_far(part: Part) -> dict[str, Any]:
    if part.is_rehearsal:  # nothing of it is kept
        return {"segments": part.segments + 1, "seconds": part.seconds, "bytes": 0}
    kept = [one for one in shelf.segments(part.session.stream) if one.part == part.number]
    return {
        "segments": len(kept),
        "seconds": sum(one.seconds for one in kept),
        "bytes": sum(one.bytes for one in kept),
        "first_at": datetime.fromtimestamp(kept[0].at, UTC) if kept else None,
    }


def sender_of(*, hook: dict[str, Any]) -> UUID:
    """One connection of one server, as the holder of a part."""
    return uuid5(NAMESPACE_URL, f"srs:{hook.get('server_id', '')}:{hook.get('client_id', '')}")


def _open_part(sender: UUID, stream: str) -> Part | None:
    rows = Part.objects.select_related("session").filter(session__stream=stream, ended_at__isnull=True)
    return rows.filter(holder=sender).first()


def _said(param: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(param.removeprefix("?")).items()}


# Keeping it ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def _keep(part: Part) -> None:
    """Put what the server's playlist has and our shelf has not on the shelf, in order."""
    locked_one(Part.objects.all(), pk=part.pk)  # hooks may overtake each other
    stream = part.session.stream
    source = srs.folder()
    try:
        listed = SEGMENT.findall((source / f"{stream}.m3u8").read_text())
    except FileNotFoundError:
        return
    note = shelf.root(stream) / LAST
    last = note.read_text() if note.exists() else ""
    names = [name for _, name in listed]
    new = listed[names.index(last) + 1 :] if last in names else listed
    place = Shelf(stream, part.number, part.holder, is_public=not part.is_rehearsal)
    place.index = shelf.count(stream, part.number)[0]
    at = time.time() - sum(float(seconds) for seconds, _ in new)
    for seconds, name in new:
        try:
            _put(place, source / name, float(seconds), at)
        except Taken:
            return
        except FileNotFoundError:
            logger.warning("srs: a segment of part %s was gone before it was kept", part.pk)
        note.write_text(name)
        at += float(seconds)


def _put(place: Shelf, file: Path, seconds: float, at: float) -> None:
    ours = place.folder / f".srs-{uuid4().hex}.ts"
    try:
        os.link(file, ours)  # the same bytes; the server deletes only its own name
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(file, ours)
    try:
        place.put(ours, seconds=seconds, at=at)
    finally:
        ours.unlink(missing_ok=True)
