"""Bring the data files of `jinba/reference/data/` into the tables."""

import csv
import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import connection, models, transaction

from jinba.reference.models import (
    Certificate,
    LoadedFile,
    MinimumWage,
    Occupation,
    Region,
    Skill,
    Trade,
    TradeFamily,
    Zone,
)
from jinba.reference.places import DATA, Gazetteer, read_divisions
from jinba.reference.trades import read_trades

# Raise it when a loader below reads the same file into other rows.
LOADER = "1"
NAME = "reference"
FILES = (
    "divisions.csv",
    "divisions_extra.csv",
    "zones.csv",
    "occupations_gbt6565.csv",
    "trades.csv",
    "skills.csv",
    "certificates.csv",
    "minimum_wages.csv",
)


def digest_of(*, folder: Path = DATA) -> str:
    content = hashlib.sha256(LOADER.encode())
    for name in FILES:
        content.update(name.encode() + b"\0" + (folder / name).read_bytes())
    return content.hexdigest()


@transaction.atomic
def load(*, force: bool = False, folder: Path = DATA) -> dict[str, int]:
    """Insert or correct every row of the data files; rows that left a file stay, because others may point to them.

    Returns how many rows each table got, or nothing when the files are the ones loaded last. Zones and minimum wages
    keep what officers changed in the admin: only new ones are added.
    """
    digest = digest_of(folder=folder)
    if not force and LoadedFile.objects.filter(name=NAME, digest=digest).exists():
        return {}
    with connection.cursor() as cursor:  # two processes that start at once load one after the other
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('jinba.reference.load'))")
    counts = {model._meta.db_table: loader(folder) for model, loader in LOADERS}
    LoadedFile.objects.update_or_create(name=NAME, defaults={"digest": digest})
    return counts


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _upsert(model: type[models.Model], objects: Sequence[Any]) -> int:
    key = model._meta.pk
    assert key is not None
    model._default_manager.bulk_create(
        objects,
        update_conflicts=True,
        unique_fields=[key.name],
        update_fields=[field.name for field in model._meta.concrete_fields if not field.primary_key],
        batch_size=1000,
    )
    return len(objects)


def _regions(folder: Path) -> int:
    divisions = sorted(read_divisions(folder), key=lambda row: (len(row.code), row.code))
    book = Gazetteer(divisions)
    return _upsert(
        Region,
        [
            Region(
                code=row.code, name=row.name, path=book.path(row.code), parent_id=row.parent or None, level=row.level
            )
            for row in divisions
        ],
    )


def _zones(folder: Path) -> int:
    zones = [
        Zone(
            code=row["code"],
            name=row["name"],
            short_name=row["short_name"],
            aliases=_split(row["aliases"]),
            side=row["side"],
            region_id=row["parent"],
            kind=row["kind"],
            note=row["note"] if row["verified"] == "yes" else "待核实。" + row["note"],
        )
        for row in _rows(folder, "zones.csv")
    ]
    Zone.objects.bulk_create(zones, ignore_conflicts=True)
    return len(zones)


def _occupations(folder: Path) -> int:
    return _upsert(
        Occupation,
        [
            Occupation(
                code=row["code"], name=row["name"].strip(), parent_id=row["parent"] or None, level=int(row["level"])
            )
            for row in sorted(_rows(folder, "occupations_gbt6565.csv"), key=lambda row: (len(row["code"]), row["code"]))
        ],
    )


def _families(folder: Path) -> int:
    families = {row.family: row.family_name for row in read_trades(folder)}
    return _upsert(TradeFamily, [TradeFamily(code=code, name=name) for code, name in families.items()])


def _trades(folder: Path) -> int:
    return _upsert(
        Trade,
        [
            Trade(
                code=row.code,
                name=row.name,
                family_id=row.family,
                occupation_id=row.occupation or None,
                aliases=list(row.aliases),
            )
            for row in read_trades(folder)
        ],
    )


def _skills(folder: Path) -> int:
    return _upsert(
        Skill,
        [
            Skill(code=int(row["code"]), name=row["name"], family_id=int(row["family"]), aliases=_split(row["aliases"]))
            for row in _rows(folder, "skills.csv")
        ],
    )


def _certificates(folder: Path) -> int:
    return _upsert(
        Certificate,
        [
            Certificate(code=int(row["bit"]), name=row["name"], aliases=[row["short_name"], *_split(row["aliases"])])
            for row in _rows(folder, "certificates.csv")
        ],
    )


def _minimum_wages(folder: Path) -> int:
    wages = [
        MinimumWage(
            region_id=row["region"],
            starts_on=date.fromisoformat(row["starts_on"]),
            monthly=int(row["monthly"]),
            hourly=Decimal(row["hourly"]),
            source=row["source"],
        )
        for row in _rows(folder, "minimum_wages.csv")
    ]
    MinimumWage.objects.bulk_create(wages, ignore_conflicts=True)
    return len(wages)


def _split(text: str) -> list[str]:
    return [part for part in text.split("|") if part]


LOADERS: tuple[tuple[type[models.Model], Callable[[Path], int]], ...] = (
    (Region, _regions),
    (Zone, _zones),
    (Occupation, _occupations),
    (TradeFamily, _families),
    (Trade, _trades),
    (Skill, _skills),
    (Certificate, _certificates),
    (MinimumWage, _minimum_wages),
)
