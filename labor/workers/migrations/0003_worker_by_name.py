from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reference", "0001_initial"),
        ("workers", "0002_worker_answered"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="worker",
            index=models.Index(fields=["name"], name="worker_by_name", opclasses=["varchar_pattern_ops"]),
        ),
    ]
