import unicodedata

LONGEST = 120


def plain_name(name: str | None) -> str:
    """What a stranger called his file, fit to be shown: no folders, no signs that hide or turn round what follows.

    Only for people to recognise the file by. On the disk it has a name of our own.
    """
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    shown = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    return " ".join(shown.split()).strip(". ")[:LONGEST]
