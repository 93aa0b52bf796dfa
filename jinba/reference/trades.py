"""From the words of a job title to a trade (工种): pure, built once from the data files."""

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
OTHER = 9900


@dataclass(frozen=True, slots=True)
class TradeRow:
    code: int
    name: str
    family: int
    family_name: str
    occupation: str
    aliases: tuple[str, ...]


def read_trades(folder: Path = DATA) -> list[TradeRow]:
    with (folder / "trades.csv").open(encoding="utf-8", newline="") as file:
        return [
            TradeRow(
                int(r["code"]),
                r["name"],
                int(r["family"]),
                r["family_name"],
                r["occupation"],
                tuple(filter(None, r["aliases"].split("|"))),
            )
            for r in csv.DictReader(file)
        ]


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).lower())


@cache
def _words() -> tuple[dict[str, int], int]:
    words: dict[str, int] = {}
    for trade in read_trades():
        for alias in (*trade.aliases, *trade.name.split("·")):
            words.setdefault(_plain(alias), trade.code)
    return words, max(map(len, words))


def _is_latin(char: str) -> bool:
    return "a" <= char <= "z"


def _named(text: str) -> Iterator[tuple[str, int, int]]:
    """(word, trade, end) for the longest known word at each place. Latin words stand alone: IT, but not in unit."""
    words, longest = _words()
    for at in range(len(text)):
        if at and _is_latin(text[at]) and _is_latin(text[at - 1]):
            continue
        for end in range(min(len(text), at + longest), at, -1):
            code = words.get(text[at:end])
            cut = end < len(text) and _is_latin(text[end - 1]) and (_is_latin(text[end]) or text[end] in "+#")
            if code is None or cut:
                continue
            yield text[at:end], code, end
            break


# Trades that take what no narrower one names, and trades that a product narrows (电动车装配工).
WIDE = frozenset({101, 1905, 2010, 9900})
GENERAL = frozenset({103, 104, 106, 107, 301})
ASIDE = re.compile(r"\([^)]*\)|\[[^]]*\]|【[^】]*】")


@lru_cache(maxsize=50_000)
def trade_of(text: str) -> int | None:
    """The trade that a title names; None when it names none.

    The longest known word decides, of equals the last. Chinese puts what a thing is at its end, so the last word of
    the title counts more (电商仓库叉车工 drives a fork-lift truck). Brackets are read only when the rest names nothing.
    """
    plain = _plain(text)
    core = ASIDE.sub(" ", plain).strip()
    return _best(core) or (_best(plain) if core != plain else None)


def _best(text: str) -> int | None:
    best = (-1, 0)
    found = None
    for word, code, end in _named(text):
        weight = sum(2 if ord(c) > 127 else 1 for c in word)
        weight += 3 if end == len(text) and not _is_latin(word[-1]) else 0
        rank = (0 if code in WIDE else 1 if code in GENERAL else 2, weight)
        if rank >= best:
            best, found = rank, code
    return found


@cache
def occupations() -> dict[int, str]:
    """Trade code → GB/T 6565 class."""
    return {row.code: row.occupation for row in read_trades()}
