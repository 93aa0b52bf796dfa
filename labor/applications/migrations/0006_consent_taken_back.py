from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0005_found_by_short_link")]

    operations = [
        migrations.AddField(
            model_name="application",
            name="consent_withdrawn_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="撤回授权的时间"),
        ),
    ]
