from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Left


class Migration(migrations.Migration):
    dependencies = [("workers", "0007_rosters_in_parts_and_merges")]

    operations = [
        migrations.AddIndex(
            "worker",
            models.Index(fields=["village"], name="worker_by_village", opclasses=["varchar_pattern_ops"]),
        ),
        migrations.AddIndex("worker", models.Index(Left("home_id", 6), F("id").desc(), name="worker_by_county")),
        migrations.AddIndex("worker", models.Index(fields=["job_status", "-id"], name="worker_by_status")),
        migrations.AddIndex("worker", models.Index(fields=["registered_via", "-id"], name="worker_by_way")),
        migrations.AddIndex(
            "worker", models.Index(fields=["-id"], name="worker_together", condition=Q(group__isnull=False))
        ),
        migrations.AddIndex("worker", models.Index(fields=["-id"], name="worker_over", condition=Q(is_active=False))),
    ]
