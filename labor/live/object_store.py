"""Replays in an S3-compatible store: a closed bucket, every piece at an address that is signed and runs out."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from botocore.config import Config  # type: ignore[import-untyped]
from django.core.files.base import ContentFile
from django.utils.deconstruct import deconstructible
from storages.backends.s3 import S3Storage


@deconstructible
class ObjectStore(S3Storage):
    """django-storages' S3Storage with the words of `labor.live.storage.StreamFiles`.

    It moves nothing: its addresses run out by themselves, and without a new signature none of them opens.
    """

    is_signed = True

    def __init__(self, **options: Any) -> None:
        style = options.pop("addressing_style", "path")
        super().__init__(
            default_acl=None,
            querystring_auth=True,
            file_overwrite=True,
            object_parameters={"CacheControl": "private, max-age=3600"},
            # Checksums only where they are asked for: many stores of this kind do not know the newer ones.
            client_config=Config(
                signature_version="s3v4",
                s3={"addressing_style": style},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                connect_timeout=5,
                read_timeout=20,
                retries={"max_attempts": 3, "mode": "standard"},
            ),
            **options,
        )

    def join(self, name: str, sources: Sequence[Path]) -> int:
        held = io.BytesIO()
        for source in sources:
            held.write(source.read_bytes())
        content: Any = ContentFile(held.getvalue())
        content.content_type = "video/mp2t"
        self.save(name, content)
        return held.tell()

    def held(self, folder: str) -> dict[str, int]:
        prefix = f"{folder}/"
        found = self.bucket.objects.filter(Prefix=prefix)
        return {one.key.removeprefix(prefix): one.size for one in found}

    def drop_drafts(self, folder: str) -> None:
        """There are none: an object appears whole."""

    def address(self, name: str, seconds: int) -> str:
        return str(self.url(name, expire=seconds))

    def move(self, folder: str, to: str) -> None:
        """Nothing: see above."""

    def clear(self, folder: str) -> None:
        # One by one: deleting many in one request wants a checksum that not every such store takes.
        for name in self.held(folder):
            self.delete(f"{folder}/{name}")
