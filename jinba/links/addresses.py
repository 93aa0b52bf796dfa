"""Where short links may lead, and the codes that need no row."""

import re

from django.utils.crypto import salted_hmac

# A link that readers hand on needs no row before somebody follows it: its code is the number of the posting, and
# three letters that only we can tell, so that nobody makes rows by counting.
SHARED = "p"
SHARED_CODE = re.compile(rf"{SHARED}([0-9]{{1,8}})([a-z]{{3}})")
LETTERS = "abcdefghjkmnqrstuvwxyz"
PATHS = re.compile(r"/(?:postings/(?:[0-9]+/)?|employers/[0-9]+/|live/(?:[0-9]+/)?)?(?:\?[^\s#]*)?")


def shared_code(posting_id: int) -> str:
    """The code under which readers hand a posting on."""
    seal = int(salted_hmac("jinba.links.shared", str(posting_id)).hexdigest(), 16)
    letters = "".join(LETTERS[seal // len(LETTERS) ** place % len(LETTERS)] for place in range(3))
    return f"{SHARED}{posting_id}{letters}"


def shared_posting(code: str) -> int | None:
    """The number of the posting that a code hands on; None when we never made that code."""
    found = SHARED_CODE.fullmatch(code)
    posting_id = int(found[1]) if found else None
    return posting_id if posting_id is not None and shared_code(posting_id) == code else None


def leads_to_public_page(path: str) -> bool:
    """The path stays on this site and is one of the pages that are meant to be handed on."""
    return len(path) <= 300 and PATHS.fullmatch(path) is not None
