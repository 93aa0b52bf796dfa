"""Encrypted columns under new keys: which there are, which key each value has, and how they are renewed.

Every column of every model is found by itself, those of histories too. Values are replaced only where they still are
what was read (compare-and-set), in small batches: the product reads and writes meanwhile.
"""

import base64
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pgtrigger
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction

from jinba.core.encrypted_files import private_files
from jinba.core.encryption import EncryptedTextField, blind_index, decrypt, encrypt
from jinba.core.history import rewriting

BATCH = 500
SECRETS = "mfa_authenticator.data"  # what allauth keeps as base64 within JSON
# What kind of value an index is made of, where the column's own name does not say it.
PURPOSES = {"address": "email"}


@dataclass(frozen=True)
class Column:
    """One encrypted column of one table."""

    model: type[models.Model]
    field: EncryptedTextField

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def name(self) -> str:
        return f"{self.table}.{self.field.column}"

    @property
    def key(self) -> str:
        return str(self.model._meta.pk.column)

    @property
    def index(self) -> str:
        """The column of the blind index beside it, if there is one."""
        wanted = f"{self.field.name}_index"
        names = {field.name: field.column for field in self.model._meta.local_fields}
        return names.get(wanted) or ""


def columns() -> list[Column]:
    """All encrypted columns, those of histories too."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed:
            continue
        found += [Column(model, field) for field in model._meta.local_fields if isinstance(field, EncryptedTextField)]
    return sorted(found, key=lambda column: column.name)


def newest() -> int:
    """The id of the key that new values get."""
    return int(str(settings.FIELD_KEYS[0]).partition(":")[0])


def count(column: Column) -> Counter[int]:
    """How many values each key id has."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT get_byte("{column.field.column}", 1), count(*) FROM "{column.table}"'
            f' WHERE "{column.field.column}" IS NOT NULL GROUP BY 1'
        )
        return Counter(dict(cursor.fetchall()))


def renew(column: Column, *, batch: int = BATCH) -> Iterator[int]:
    """Encrypt what has an older key anew; yields after each committed batch how many values it renewed."""
    bound = column.field.bound_column

    def renewed(stored: bytes) -> bytes:
        return encrypt(decrypt(stored, column=bound), column=bound)

    yield from _walk(
        column, str(column.field.column), renewed, f'get_byte("{column.field.column}", 1) <> {newest()}', batch
    )


def reindex(column: Column, *, batch: int = BATCH) -> Iterator[int]:
    """Make the blind indexes beside a column anew with today's INDEX_KEY; yields how many differed in each batch."""
    purpose = PURPOSES.get(column.field.name, column.field.name)

    def indexed(stored: bytes) -> str:
        return blind_index(decrypt(stored, column=column.field.bound_column), purpose=purpose)

    yield from _walk(column, column.index, indexed, f'"{column.field.column}" IS NOT NULL', batch)


def _walk(column: Column, target: str, make: Callable[[bytes], Any], condition: str, batch: int) -> Iterator[int]:
    """Up the primary key: `target` of each row becomes what `make` says of the encrypted value, if that is still so."""
    source, kind, last = column.field.column, "bytea" if target == column.field.column else "text", None
    while True:
        # Neither the history nor its guard takes part: what a value means stays the same.
        with pgtrigger.ignore(), rewriting(), connection.cursor() as cursor:
            after = "" if last is None else f'AND "{column.key}" > %s'
            cursor.execute(
                f'SELECT "{column.key}", "{source}" FROM "{column.table}" WHERE {condition} {after}'
                f' ORDER BY "{column.key}" LIMIT %s',
                [batch] if last is None else [last, batch],
            )
            rows = [(key, bytes(stored)) for key, stored in cursor.fetchall()]
            if not rows:
                return
            cursor.execute(
                f'UPDATE "{column.table}" t SET "{target}" = v.made'
                f" FROM unnest(%s::bigint[], %s::bytea[], %s::{kind}[]) AS v(key, was, made)"
                f' WHERE t."{column.key}" = v.key AND t."{source}" = v.was AND t."{target}" IS DISTINCT FROM v.made',
                [[key for key, _ in rows], [was for _, was in rows], [make(was) for _, was in rows]],
            )
            changed = cursor.rowcount
        last = rows[-1][0]
        yield changed


def renew_secrets() -> int:
    """The secrets of second factors, which allauth keeps in a column of its own; returns how many were renewed."""
    renewed = 0
    for pk in Authenticator.objects.values_list("pk", flat=True):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().get(pk=pk)
            sealed = row.data.get("secret", "")
            stored = base64.b64decode(sealed) if sealed else b""
            if len(stored) > 1 and stored[1] != newest():
                fresh = encrypt(decrypt(stored, column=SECRETS), column=SECRETS)
                row.data = {**row.data, "secret": base64.b64encode(fresh).decode()}
                row.save(update_fields=["data"])
                renewed += 1
    return renewed


def renew_files() -> Iterator[bool]:
    """Private files under the newest key, one after the other; yields whether each had an older one."""
    for name in private_files.names(""):
        yield private_files.renew(name)


def count_files() -> Counter[int]:
    """How many private files each key id has."""
    return Counter(private_files.key_of(name) for name in private_files.names(""))
