"""The lexicon's phrases: shipped ones come from a file, officers add and retire the rest."""

import csv
import hashlib
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from employers import lexicon
from employers.choices import PhraseFamily
from employers.lexicon import Entry, Matcher
from employers.models import Phrase, today
from jinba.core.errors import Refused
from jinba.core.later import later
from jinba.core.locks import locked_one
from jinba.core.memory import Memory
from jinba.reference import wages
from jinba.reference.models import LoadedFile
from jinba.reference.wages import Minimums

SHIPPED = Path(lexicon.__file__).parent / "phrases.csv"
NAME = "lexicon"
SHORTEST = 2
# Built anew only when another version counts; every process has its own.
matchers = Memory(size=4, seconds=3600)


@transaction.atomic
def load(*, force: bool = False, file: Path = SHIPPED) -> int:
    """Add the shipped phrases that are not there yet; what officers changed or retired stays. Returns how many."""
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    if not force and LoadedFile.objects.filter(name=NAME, digest=digest).exists():
        return 0
    with connection.cursor() as cursor:  # two processes that start at once load one after the other
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('employers.lexicon.load'))")
    with file.open(encoding="utf-8", newline="") as opened:
        rows = [
            Phrase(family=PhraseFamily(row["family"]), text=row["phrase"], advice=row["advice"])
            for row in csv.DictReader(opened)
        ]
    before = Phrase.objects.count()
    Phrase.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    LoadedFile.objects.update_or_create(name=NAME, defaults={"digest": digest})
    _changed()
    return Phrase.objects.count() - before


@transaction.atomic
def add(*, by: Any, family: str, text: str, advice: str = "") -> Phrase:
    """An officer adds a phrase; all postings are looked through again. A bare character would hit everything."""
    text = " ".join(text.split())
    parts = [part for part in text.split("…") if part]
    if not parts or min(len(part) for part in parts) < (1 if len(parts) > 1 else SHORTEST):
        raise Refused(f"说法至少 {SHORTEST} 个字，单个字会误伤太多岗位。", field="text")
    if family not in PhraseFamily.values:
        raise Refused("请选类别。", field="family")
    if Phrase.objects.filter(text=text).exists():
        raise Refused("词库里已经有这个说法了；停用过的可以重新启用。", field="text")
    phrase = Phrase.objects.create(family=family, text=text, advice=advice.strip(), added_by=by)
    _changed()
    return phrase


@transaction.atomic
def change(*, phrase: Phrase, by: Any, family: str, advice: str, is_active: bool) -> Phrase:
    """An officer corrects, retires or brings back a phrase. Its words stay: another wording is another phrase."""
    phrase = locked_one(Phrase.objects.all(), pk=phrase.pk)
    phrase.family, phrase.advice, phrase.is_active = PhraseFamily(family), advice.strip(), is_active
    phrase.save(update_fields=["family", "advice", "is_active"])
    _changed()
    return phrase


@transaction.atomic
def retire(*, phrase: Phrase, by: Any) -> Phrase:
    """The phrase counts no more; flags that it raised go when their postings are looked at again."""
    return change(phrase=phrase, by=by, family=phrase.family, advice=phrase.advice, is_active=False)


def current(*, minimums: Minimums | None = None) -> Matcher:
    """The matcher of the phrases that count now; its version also tells which minimum wages have begun."""
    minimums = minimums or wages.begun(on=today())
    rows = Phrase.objects.filter(is_active=True).order_by("pk").values_list("family", "text", "advice")
    entries = [Entry(*row) for row in rows]
    version = lexicon.version_of(entries, minimums.version)
    return matchers.get_or_make(version, lambda: Matcher(entries, version))


def _changed() -> None:
    later("employers.tasks.rescan")
