from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0006_consent_taken_back"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                condition=models.Q(("stage__in", ("need_info", "offered"))),
                fields=["stage_since"],
                name="application_workers_turn",
            ),
        ),
    ]
