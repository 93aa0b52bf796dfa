"""What leaves the house of one kind of record."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from import_export import resources
from import_export.fields import Field

from jinba.core.masking import masked_phone


class DeskResource(resources.Resource):
    """Columns in the words of the desk. Personal numbers are masked unless the resource is made with `clear=True`.

    `clear_fields` are the fields of the model that `clear` shows, `subject` whose they are (`jinba.privacy`);
    `related` what a row reads from other tables.
    """

    title: ClassVar[str] = ""
    related: ClassVar[tuple[str, ...]] = ()
    deferred: ClassVar[tuple[str, ...]] = ()
    subject: ClassVar[str] = ""
    clear_fields: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *, clear: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.clear = clear

    def selection(self, rows: Any) -> Any:
        """The rows with all that a line needs, in the order in which parts are written."""
        return rows.defer(None).select_related(*self.related).defer(*self.deferred).order_by("pk")

    def headers(self) -> Sequence[str]:
        headers: Sequence[str] = self.get_export_headers()
        return headers

    def lines(self, rows: Any) -> Iterator[tuple[int, Sequence[str]]]:
        """Number and cells of each row."""
        for row in rows:
            yield row.pk, self.export_resource(row)

    def phone(self, number: str | None) -> str:
        return (number or "") if self.clear else masked_phone(number)


def column(name: str, attribute: str = "") -> Any:
    """A column under its Chinese name; without an attribute a `dehydrate_…` method fills it."""
    return Field(column_name=name, attribute=attribute or None, readonly=True)
