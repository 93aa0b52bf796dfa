from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("interviews", "0010_by_what_somebody_was_let_in"),
    ]

    operations = [
        migrations.AddField(
            model_name="seat",
            name="hold",
            field=models.CharField(
                blank=True,
                default="",
                editable=False,
                help_text="链接最后在哪里打开，座位就在哪里",
                max_length=24,
                verbose_name="在哪个浏览器",
            ),
        ),
    ]
