"""Nobody is in two places at once: the database holds it."""

from datetime import datetime
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, RangeOperators
from django.db import models
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.db.models import Q

from labor.interviews.choices import Held

# A key is 3 bits whose time, 28 bits which one, 32 bits the minute since 1970: overlap of keys is overlap of time.
# So the constraint needs nothing but a built-in range type.
MINUTES = 2**32


def minute(at: datetime) -> int:
    """Minutes since 1970; ValueError between two minutes."""
    seconds = at.timestamp()
    if seconds % 60:
        raise ValueError(f"{at} is no whole minute")
    return int(seconds) // 60


def span(held: Held, pk: int, starts_at: datetime, ends_at: datetime) -> NumericRange:
    """The key of `held` number `pk` from `starts_at` until before `ends_at`, both whole minutes."""
    if not 0 <= pk < 2**28:
        raise ValueError(f"{pk} does not fit into the key of a booking")
    base = (held.value << 60) + pk * MINUTES
    return NumericRange(base + minute(starts_at), base + minute(ends_at), "[)")


class BookedTimeQuerySet(models.QuerySet["BookedTime"]):
    def of(self, held: Held, pk: int) -> "BookedTimeQuerySet":
        return self.filter(held=held, held_id=pk)

    def in_the_way(self, held: Held, pk: int, starts_at: datetime, ends_at: datetime) -> "BookedTimeQuerySet":
        """What that person or booth already has within the time."""
        return self.filter(span__overlap=span(held, pk, starts_at, ends_at))


class BookedTime(models.Model):
    """A person or a booth is taken from `starts_at` until `ends_at`. A time that is free again has no row."""

    held = models.PositiveSmallIntegerField("占用", choices=Held.choices)
    held_id = models.BigIntegerField("编号")
    starts_at = models.DateTimeField("从")
    ends_at = models.DateTimeField("到")
    span = BigIntegerRangeField("时间键", editable=False)
    sitting = models.ForeignKey(
        "interviews.Sitting", models.CASCADE, null=True, blank=True, related_name="times", verbose_name="场次"
    )
    slot = models.ForeignKey(
        "interviews.Slot", models.CASCADE, null=True, blank=True, related_name="times", verbose_name="时间段"
    )
    interview = models.ForeignKey(
        "interviews.Interview", models.CASCADE, null=True, blank=True, related_name="times", verbose_name="面试"
    )

    objects = BookedTimeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "占用时间"
        ordering = ("starts_at", "pk")
        constraints = [
            ExclusionConstraint(
                name="interviews_bookedtime_no_overlap",
                expressions=[("span", RangeOperators.OVERLAPS)],
                index_type="GIST",
                violation_error_message="这个时间刚被占用，请另选一个。",
            ),
            models.CheckConstraint(
                condition=(
                    Q(sitting__isnull=False, slot__isnull=True, interview__isnull=True)
                    | Q(sitting__isnull=True, slot__isnull=False, interview__isnull=True)
                    | Q(sitting__isnull=True, slot__isnull=True, interview__isnull=False)
                ),
                name="interviews_bookedtime_for_one_thing",
            ),
        ]
        indexes = [models.Index(fields=["held", "held_id", "starts_at"], name="booked_by_whom")]

    def __str__(self) -> str:
        return f"{self.get_held_display()} {self.held_id} {self.starts_at:%m-%d %H:%M}"

    @classmethod
    def make(cls, held: Held, pk: int, starts_at: datetime, ends_at: datetime, **for_what: Any) -> "BookedTime":
        """A row to be saved, with its key."""
        return cls(
            held=held, held_id=pk, starts_at=starts_at, ends_at=ends_at, span=span(held, pk, starts_at, ends_at),
            **for_what,
        )  # fmt: skip
