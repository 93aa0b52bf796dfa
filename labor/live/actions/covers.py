"""The picture of a session: drawn anew from what was sent, cut to the shape of a screen, seen by everybody."""

import io
import secrets
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image, ImageOps

from jinba.core import uploads
from jinba.core.errors import Refused
from jinba.core.locks import locked_one
from labor.live.actions.planning import must_be_coming, must_plan, plan_again
from labor.live.models import LiveSession

SIZE = (1280, 720)
QUALITY = 82
FOLDER = "covers"
MEGABYTES = 10
PICTURE_WANTED = "封面要是一张图片，请上传 JPG、PNG 照片。"


def put(*, session: LiveSession, file: Any, by: Any) -> LiveSession:
    """The picture in `file` is the cover, in place of the one before. Announced already, it is approved again."""
    must_plan(session=session, by=by)
    try:
        clean = uploads.cleaned(file, megabytes=MEGABYTES, field="cover")  # takes seconds: before anything is locked
    except Refused as refusal:  # its words are those of papers, which may be a PDF
        raise Refused(refusal.message.replace(uploads.WANTED, PICTURE_WANTED), field="cover") from refusal
    if clean.content_type != "image/jpeg":
        raise Refused(PICTURE_WANTED, field="cover")
    name = default_storage.save(f"{FOLDER}/{secrets.token_hex(16)}.jpg", ContentFile(_cut(clean.content)))
    try:
        return _set(session=session, name=name, by=by)
    except BaseException:
        default_storage.delete(name)
        raise


def remove(*, session: LiveSession, by: Any) -> LiveSession:
    """It has no picture of its own; pages show a plain one."""
    return _set(session=session, name="", by=by)


@transaction.atomic
def _set(*, session: LiveSession, name: str, by: Any) -> LiveSession:
    session = locked_one(LiveSession.objects.all(), pk=session.pk)
    must_plan(session=session, by=by)
    must_be_coming(session=session)
    before = session.cover
    if before == name:
        return session
    session.cover = name
    session.save(update_fields=["cover", "updated_at"])
    if name:
        plan_again(session=session, by=by, reason="换了封面")
    if before:
        transaction.on_commit(lambda: default_storage.delete(before))
    return session


def _cut(content: bytes) -> bytes:
    """Sixteen by nine. A picture that stands upright keeps all of itself, between bands; others lose a little edge."""
    with Image.open(io.BytesIO(content), formats=["JPEG"]) as picture:
        picture.load()
        if picture.width >= picture.height:
            made = ImageOps.fit(picture, SIZE, Image.Resampling.LANCZOS)
        else:
            made = ImageOps.pad(picture, SIZE, Image.Resampling.LANCZOS, color=(32, 48, 52))
    out = io.BytesIO()
    made.save(out, "JPEG", quality=QUALITY, progressive=True)
    return out.getvalue()
