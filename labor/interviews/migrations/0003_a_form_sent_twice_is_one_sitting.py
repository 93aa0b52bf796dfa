from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("employers", "0010_lists_of_postings"),
        ("interviews", "0002_moves_and_history_are_guarded"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="sitting",
            name="slip",
            field=models.CharField(
                blank=True,
                default="",
                editable=False,
                help_text="同一张表交两次是同一场",
                max_length=64,
                verbose_name="表单编号",
            ),
        ),
        migrations.AddConstraint(
            model_name="sitting",
            constraint=models.UniqueConstraint(
                condition=models.Q(("slip__gt", "")),
                fields=("made_by", "slip"),
                name="interviews_sitting_once_per_form",
            ),
        ),
    ]
