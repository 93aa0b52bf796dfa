from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("employers", "0004_report_events_are_only_added")]

    operations = [
        migrations.AddIndex("employerevent", models.Index(fields=["at"], name="employer_event_by_time")),
        migrations.AddIndex("postingevent", models.Index(fields=["at"], name="posting_event_by_time")),
        migrations.AddIndex("postingreportevent", models.Index(fields=["at"], name="report_event_by_time")),
    ]
