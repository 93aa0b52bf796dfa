"""Where short links may lead, and the codes that need no row."""

import re

# A link that readers hand on needs no row before somebody follows it: its code is the number of the posting.
SHARED = "p"
SHARED_CODE = re.compile(rf"{SHARED}([0-9]{{1,11}})")
PATHS = re.compile(r"/(?:postings/(?:[0-9]+/)?|employers/[0-9]+/)?(?:\?[^\s#]*)?")


def shared_code(posting_id: int) -> str:
    """The code under which readers hand a posting on."""
    return f"{SHARED}{posting_id}"


def leads_to_public_page(path: str) -> bool:
    """The path stays on this site and is one of the pages that are meant to be handed on."""
    return len(path) <= 300 and PATHS.fullmatch(path) is not None
