"""Where broadcasts are made: a studio is one session's at a time, and the database holds it."""

from datetime import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, RangeOperators
from django.db import models
from django.db.backends.postgresql.psycopg_any import NumericRange

# A key is 28 bits of studio, 32 bits of the minute since 1970: overlap of keys is overlap of time in one studio.
MINUTES = 2**32


def span(studio_id: int, starts_at: datetime, ends_at: datetime) -> NumericRange:
    """The key of a studio from `starts_at` until before `ends_at`; ValueError unless both are whole minutes."""
    if starts_at.timestamp() % 60 or ends_at.timestamp() % 60:
        raise ValueError("a studio is booked for whole minutes")
    base = studio_id * MINUTES
    return NumericRange(base + int(starts_at.timestamp()) // 60, base + int(ends_at.timestamp()) // 60, "[)")


class Studio(models.Model):
    """A room of the zone with light, camera and network (直播间)."""

    name = models.CharField("名称", max_length=30, unique=True)
    place = models.CharField("在哪里", max_length=120)
    note = models.CharField("设备与须知", max_length=300, blank=True)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "直播间"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class StudioTime(models.Model):
    """A studio is taken by a session. A session that needs it no more has no row."""

    session = models.OneToOneField("live.LiveSession", models.CASCADE, related_name="studio_time", verbose_name="场次")
    studio = models.ForeignKey(Studio, models.PROTECT, related_name="times", verbose_name="直播间")
    starts_at = models.DateTimeField("从")
    ends_at = models.DateTimeField("到")
    span = BigIntegerRangeField("时间键", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "直播间占用"
        ordering = ("starts_at",)
        constraints = [
            ExclusionConstraint(
                name="live_studiotime_no_overlap",
                expressions=[("span", RangeOperators.OVERLAPS)],
                index_type="GIST",
                violation_error_message="直播间这个时间有人用了，换个时间或换一间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.studio} {self.starts_at:%m-%d %H:%M}"
