"""What the officers' pages about employers and postings have in common; the pieces are `jinba.core.staff_admin`'s."""

from functools import partial

from jinba.core.staff_admin import MOST_AT_ONCE, DeskAdmin
from jinba.core.staff_admin import reasoned as _reasoned

__all__ = ["MOST_AT_ONCE", "DeskAdmin", "reasoned"]

reasoned = partial(_reasoned, help_text="用人单位会看到。")
