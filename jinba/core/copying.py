"""Rows by the thousand through COPY: several times faster than `bulk_create`, and triggers see them all the same."""

from collections.abc import Iterable
from typing import Any

from django.db import connection, models


def next_ids(model: type[models.Model], count: int) -> list[int]:
    """So many numbers that nobody else will get, for rows that are about to be written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]


class Copy:
    """Writes rows of a model of which `varying` columns differ; all others are as in `like`, an unsaved instance.

    The columns go by attribute (`worker_id`), `id` among them. Values are prepared as the fields themselves do it, so
    encrypted columns are encrypted. Nothing is validated and no `auto_now` is set: `like` says it all.
    """

    def __init__(self, like: models.Model, *varying: str) -> None:
        fields = [field for field in like._meta.concrete_fields if field.attname not in varying]
        by_name = {field.attname: field for field in like._meta.concrete_fields}
        self._varying = [by_name[name] for name in varying]
        self._same = tuple(_plain(field, getattr(like, field.attname)) for field in fields if not field.primary_key)
        columns = [*self._varying, *(field for field in fields if not field.primary_key)]
        quoted = ", ".join(connection.ops.quote_name(str(field.column)) for field in columns)
        self._sql = f"COPY {connection.ops.quote_name(like._meta.db_table)} ({quoted}) FROM STDIN"

    def write(self, rows: Iterable[tuple[Any, ...]]) -> None:
        with connection.cursor() as cursor, cursor.copy(self._sql) as copy:
            for row in rows:
                prepared = tuple(_plain(field, value) for field, value in zip(self._varying, row, strict=True))
                copy.write_row(prepared + self._same)


def _plain(field: "models.Field[Any, Any]", value: Any) -> Any:
    # A choice is an Enum to psycopg, which would write its name.
    if isinstance(value, models.TextChoices | models.IntegerChoices):
        value = value.value
    if value is None or (type(value) in (int, str) and not isinstance(field, models.BinaryField)):
        return value
    return field.get_db_prep_save(value, connection)
