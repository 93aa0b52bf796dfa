from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("interviews", "0004_who_was_let_in_and_called_where"),
    ]

    operations = [
        migrations.AddField(
            model_name="seat",
            name="me",
            field=models.JSONField(
                blank=True, default=dict, help_text="他的页面自己说的", verbose_name="话筒、摄像头、网络"
            ),
        ),
    ]
