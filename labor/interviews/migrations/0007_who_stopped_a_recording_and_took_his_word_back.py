import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("interviews", "0006_who_arranged_a_special_day"),
    ]

    operations = [
        migrations.AddField(
            model_name="recording",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="interviews.seat",
                verbose_name="谁让停的",
            ),
        ),
        migrations.AddField(
            model_name="recording",
            name="heard_at",
            field=models.DateTimeField(
                blank=True, help_text="太久没有新的一段，录像就算停了", null=True, verbose_name="最近一段"
            ),
        ),
        migrations.AddField(
            model_name="recordingconsent",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="撤回时间"),
        ),
    ]
