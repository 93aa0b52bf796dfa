"""Where the files of streams lie: live segments always on this machine, replays there or in an S3-compatible store."""

from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible


@deconstructible
class StreamFiles(FileSystemStorage):
    """Public files below STREAMS_ROOT, at STREAMS_URL; their names cannot be guessed."""

    def __init__(self) -> None:
        super().__init__(location=Path(settings.STREAMS_ROOT), base_url=settings.STREAMS_URL)
