from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("employers", "0009_what_rows_were")]

    operations = [
        migrations.AddIndex("jobposting", models.Index(fields=["engagement", "-id"], name="posting_by_engagement")),
        migrations.AddIndex("jobposting", models.Index(fields=["employment_kind", "-id"], name="posting_by_kind")),
        migrations.AddIndex(
            "jobposting", models.Index(fields=["title"], name="posting_by_title", opclasses=["varchar_pattern_ops"])
        ),
    ]
