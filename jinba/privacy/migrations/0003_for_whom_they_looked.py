from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("privacy", "0002_looks_are_only_added")]

    operations = [
        migrations.AddField(
            model_name="personaldataaccess",
            name="organisation",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="看的人代表哪家用人单位",
                max_length=120,
                verbose_name="当时单位",
            ),
        ),
    ]
