"""What a row was before each change: kept by database triggers, which neither bulk updates nor raw SQL get past.

`@keep_history()` on a model makes a table of its former states: the old row on UPDATE and DELETE, with who did it (see
`jinba.core.doing`). New rows leave none, so that bulk inserts cost nothing. Nothing is written when only what is left
out changed. Rows are only added, except within `rewriting()`: for new keys, and for people who want to be forgotten.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import pghistory
import pgtrigger
from django.db import connection, models, transaction

M = TypeVar("M", bound=type[models.Model])

HAND = "jinba.rewrites_history"
ONLY_ADDED = f"""
IF COALESCE(current_setting('{HAND}', true), '') = 'yes' THEN
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END IF;
RAISE EXCEPTION '%: rows of history are only added (% refused)', TG_TABLE_NAME, TG_OP
  USING ERRCODE = 'restrict_violation';
"""


def keep_history(*, fields: Iterable[str] | None = None, exclude: Iterable[str] = ()) -> Callable[[M], M]:
    """Keep the former states of a model's rows, of all columns but `exclude` or of `fields` alone."""

    def decorate(model: M) -> M:
        name = f"{model.__name__}Version"
        words = f"{model._meta.verbose_name}的历史"
        pghistory.track(
            pghistory.UpdateEvent("changed", row=pghistory.Old),
            pghistory.DeleteEvent("deleted", row=pghistory.Old),
            fields=list(fields) if fields is not None else None,
            exclude=[*exclude, *(f.name for f in model._meta.local_fields if f.name in ("created_at", "updated_at"))],
            obj_field=pghistory.ObjForeignKey(related_name="versions", related_query_name="versions"),
            context_field=pghistory.ContextJSONField(),
            context_id_field=None,  # type: ignore[arg-type]
            model_name=name,
            attrs={"pgh_id": models.BigAutoField(primary_key=True)},
            meta={
                "verbose_name": words,
                "verbose_name_plural": words,
                "ordering": ("-pgh_id",),
                "default_permissions": ("view",),
                "triggers": [
                    pgtrigger.Trigger(
                        name="only_added",
                        operation=pgtrigger.Update | pgtrigger.Delete,
                        when=pgtrigger.Before,
                        func=ONLY_ADDED,
                    )
                ],
            },
        )(model)
        return model

    return decorate


def versions_of(row: Any) -> "models.QuerySet[Any]":
    """The former states of a row, the newest first."""
    return row.versions.all()


@contextmanager
def rewriting() -> Iterator[None]:
    """A transaction in which former states may be changed: ciphertext under a new key, or a person forgotten."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, 'yes', true)", [HAND])
        yield
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, '', true)", [HAND])
