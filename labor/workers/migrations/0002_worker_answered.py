import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workers", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="worker",
            name="answered",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=16),
                blank=True,
                db_default=[],
                default=list,
                editable=False,
                help_text="默认值也可能是本人的回答,所以另记",
                size=None,
                verbose_name="答过的问题",
            ),
        ),
    ]
