"""Rendered cards of postings. A card is the same for every reader, so a process renders it once for each change."""

from collections.abc import Sequence

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from employers.listing import Row
from employers.models import JobPosting
from jinba.core.memory import Memory

# Names of places and trades are not part of the key: they may be ten minutes old.
cards_kept = Memory(size=5000, seconds=600)


def cards(rows: Sequence[Row]) -> list[SafeString]:
    """The cards of the rows in their order; one query when some of them are not known yet."""
    known = {row: cards_kept.get(row) for row in rows}
    missing = {row.pk: row for row, card in known.items() if card is None}
    if missing:
        for posting in JobPosting.objects.with_card().filter(pk__in=missing):
            row = missing[posting.pk]
            card = render_to_string("components/posting_card.html", {"posting": posting})
            known[row] = cards_kept.keep(row, card)
    return [card for card in known.values() if card is not None]
