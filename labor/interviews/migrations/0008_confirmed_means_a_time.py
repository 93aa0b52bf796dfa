from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0009_list_by_stage"),
        ("interviews", "0007_who_stopped_a_recording_and_took_his_word_back"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="interview",
            name="interviews_interview_timed",
        ),
        migrations.AddConstraint(
            model_name="interview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("confirmed", "live")), _negated=True),
                    models.Q(
                        ("ends_at__isnull", False), ("starts_at__isnull", False), ("starts_at__lt", models.F("ends_at"))
                    ),
                    _connector="OR",
                ),
                name="interviews_interview_timed",
            ),
        ),
    ]
