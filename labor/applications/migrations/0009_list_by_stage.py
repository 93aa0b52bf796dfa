from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0008_what_rows_were")]

    operations = [
        migrations.AddIndex("application", models.Index(fields=["stage", "-id"], name="application_by_stage")),
    ]
