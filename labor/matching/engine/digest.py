"""One SHA-256 for all lists of a run, whatever blocks they were computed in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np

from .match import BlockResult, PostingLists


def digest(blocks: Iterable[BlockResult], postings: PostingLists | None = None) -> str:
    """Hex SHA-256 of the workers' lists (by rising worker id) and, when given, of the merged lists of the postings.

    Independent of block cuts, of row order and of the order of the blocks. Hashed are ids, scores and feasible counts,
    little-endian. A worker who occurs in two blocks is refused with ValueError.
    """
    parts = list(blocks)
    sha = hashlib.sha256()
    if parts:
        ids = np.concatenate([part.worker_ids for part in parts])
        order = np.argsort(ids)
        if len(ids) > 1 and (ids[order][1:] == ids[order][:-1]).any():
            raise ValueError("a worker occurs in two blocks")
        sha.update(ids[order].astype("<i8").tobytes())
        for name, kind in (("feasible", "<i4"), ("postings", "<i8"), ("scores", "<u4")):
            joined = np.concatenate([getattr(part, name) for part in parts])
            for low in range(0, len(order), 65_536):
                sha.update(joined[order[low : low + 65_536]].astype(kind).tobytes())
    if postings is not None:
        for array, kind in (
            (postings.posting_ids, "<i8"),
            (postings.starts, "<i8"),
            (postings.worker_ids, "<i8"),
            (postings.scores, "<u4"),
        ):
            sha.update(array.astype(kind).tobytes())
    return sha.hexdigest()
