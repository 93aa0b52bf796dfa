"""Short addresses that can be printed, read aloud and counted."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from jinba.links.choices import Channel


class ShortLink(models.Model):
    """Leads to one of our own pages and remembers which poster or group it was given to."""

    code = models.CharField("短码", max_length=12, primary_key=True)
    path = models.CharField("通向", max_length=300, help_text="本站地址，以 / 开头")
    channel = models.CharField("渠道", max_length=10, choices=Channel.choices)
    label = models.CharField("说明", max_length=80, blank=True, help_text="例如：通江县诺江镇王家村村口")
    region_code = models.CharField("区划代码", max_length=12, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="创建人"
    )
    made_at = models.DateTimeField("创建时间", default=timezone.now)
    visits = models.PositiveIntegerField("打开次数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "短链接"
        ordering = ("-made_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["path", "channel", "label", "made_by"],
                name="%(app_label)s_%(class)s_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(path__startswith="/") & ~models.Q(path__startswith="//"),
                name="%(app_label)s_%(class)s_stays_here",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} → {self.path}"
