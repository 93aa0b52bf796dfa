"""Looks for the phrases of a lexicon in a text. Built from the active phrases; its version names both."""

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from employers.lexicon.guards import GAP, is_denied
from employers.lexicon.patterns import ACCOUNT, TELEPHONE, shapes
from employers.lexicon.plain import places, plain
from jinba.core.masking import masked_text

MATCHER = "1"  # raise it when the code of this package finds other things in the same text
AROUND = 16  # characters of the text shown on either side of a hit
ANYTHING = "…"
CUT_NUMBER = re.compile(r"^…[\d\s\-]+|[\d\s\-]+…$")


class Entry(NamedTuple):
    family: str
    text: str
    advice: str


class Hit(NamedTuple):
    """One thing to look at. `text` names what was found, `excerpt` shows where; neither holds a personal number."""

    family: str
    field: str
    text: str
    excerpt: str
    advice: str


class _Phrase(NamedTuple):
    entry: Entry
    key: str  # the phrase in plain form
    tail: re.Pattern[str] | None  # what follows its first part, when it has several


def version_of(entries: Iterable[Entry], *more: str) -> str:
    """16 hex digits: the same for the same phrases, whatever their order, and the same code."""
    digest = hashlib.sha256(MATCHER.encode())
    for part in (*sorted("\t".join(entry) for entry in entries), *more):
        digest.update(b"\n" + part.encode())
    return digest.hexdigest()[:16]


class Matcher:
    def __init__(self, entries: Iterable[Entry], version: str = "") -> None:
        entries = list(entries)
        self.version = version or version_of(entries)
        self._by_start: dict[str, list[_Phrase]] = defaultdict(list)
        for entry in entries:
            parts = [part for part in (plain(part) for part in entry.text.split(ANYTHING)) if part]
            if not parts:
                continue
            tail = re.compile("".join(GAP + re.escape(part) for part in parts[1:])) if len(parts) > 1 else None
            self._by_start[parts[0][0]].append(_Phrase(entry, parts[0], tail))

    def find(self, texts: dict[str, str]) -> list[Hit]:
        """What stands out in the texts (field → text), one hit for each field and phrase, in reading order."""
        found: dict[tuple[str, str], Hit] = {}
        for field, text in texts.items():
            if text:
                for hit in self._in(field, text):
                    found.setdefault((hit.field, hit.text), hit)
        return list(found.values())

    def _in(self, field: str, text: str) -> list[Hit]:
        words = plain(text)
        spans: list[tuple[int, int, Entry]] = []
        for start, char in enumerate(words):
            for phrase in self._by_start.get(char, ()):
                if not words.startswith(phrase.key, start):
                    continue
                end = start + len(phrase.key)
                if phrase.tail is not None:
                    rest = phrase.tail.match(words, end)
                    if rest is None:
                        continue
                    end = rest.end()
                if not is_denied(phrase.entry.family, phrase.key, words, start, end):
                    spans.append((start, end, phrase.entry))
        hits = []
        if spans:
            sources = places(text)
            hits = [
                self._hit(field, text, sources[start], sources[end - 1] + 1, entry)
                for start, end, entry in _widest(spans)
            ]
        even = unicodedata.normalize("NFKC", text)
        for shape in shapes(even):
            hits.append(self._hit(field, even, shape.start, shape.end, Entry(shape.family, shape.words, shape.advice)))
        return hits

    @staticmethod
    def _hit(field: str, text: str, start: int, end: int, entry: Entry) -> Hit:
        left, right = max(0, start - AROUND), min(len(text), end + AROUND)
        excerpt = ("…" if left else "") + text[left:right] + ("…" if right < len(text) else "")
        # A number that the cut goes through would not be known for one.
        excerpt = CUT_NUMBER.sub("…", excerpt)
        masked = masked_text(ACCOUNT.sub("微信***", TELEPHONE.sub("电话***", " ".join(excerpt.split()))))
        return Hit(entry.family, field, masked_text(entry.text)[:80], masked[:120], entry.advice[:120])


def _widest(spans: list[tuple[int, int, Entry]]) -> list[tuple[int, int, Entry]]:
    """Of hits that lie within another one of the same family only the wider one counts."""
    return [
        span
        for number, span in enumerate(spans)
        if not any(
            other is not span
            and other[2].family == span[2].family
            and other[0] <= span[0]
            and span[1] <= other[1]
            and (other[1] - other[0] > span[1] - span[0] or index < number)
            for index, other in enumerate(spans)
        )
    ]
