"""Where the files of streams lie: live segments always on this machine, replays there or in an S3-compatible store."""

import os
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.utils.deconstruct import deconstructible

BLOCK = 1024 * 1024


def replay_files() -> Any:
    """The storage `replays`: a StreamFiles, or what REPLAY_STORE names. Both know the words below."""
    return storages["replays"]


@deconstructible
class StreamFiles(FileSystemStorage):
    """Public files below STREAMS_ROOT, at STREAMS_URL; their folders' names cannot be guessed."""

    @property
    def base_location(self) -> str:
        return str(settings.STREAMS_ROOT)

    @property
    def location(self) -> str:
        return os.path.abspath(settings.STREAMS_ROOT)

    @property
    def base_url(self) -> str:
        return str(settings.LIVE_CDN).rstrip("/") + str(settings.STREAMS_URL)

    # What replays ask of a storage -----------------------------------------------------------------------------------

    is_signed = False  # whoever knows a folder's name reaches it: what is hidden has to move

    def join(self, name: str, sources: Sequence[Path]) -> int:
        """Keep the bytes of these files, one after the other, as `name`; whole or not at all. Returns how many."""
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        try:
            with draft.open("wb") as written:
                for source in sources:
                    with source.open("rb") as read:
                        shutil.copyfileobj(read, written, BLOCK)
                written.flush()
                os.fsync(written.fileno())  # what it was made of is deleted afterwards
                size = written.tell()
            draft.replace(target)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        return size

    def held(self, folder: str) -> dict[str, int]:
        """The names in the folder, and how many bytes each has."""
        try:
            found = list(os.scandir(self.path(folder)))
        except FileNotFoundError:
            return {}
        return {one.name: one.stat().st_size for one in found if one.is_file() and not one.name.startswith(".")}

    def drop_drafts(self, folder: str) -> None:
        """Delete what killed processes left unfinished there."""
        for draft in Path(self.path(folder)).glob(".*"):
            draft.unlink(missing_ok=True)

    def address(self, name: str, seconds: int) -> str:
        """Where a browser finds it; holds at least for so many seconds."""
        return self.url(name)

    def move(self, folder: str, to: str) -> None:
        """Other addresses for all that is in the folder: the old ones lead nowhere any more. Twice is once."""
        old, new = Path(self.path(folder)), Path(self.path(to))
        if old.is_dir() and not new.exists():
            new.parent.mkdir(parents=True, exist_ok=True)
            old.rename(new)

    def clear(self, folder: str) -> None:
        """Delete the folder with all that is in it. Twice is once."""
        path = Path(self.path(folder))
        if path.is_dir():
            shutil.rmtree(path)
