from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("interviews", "0009_a_queue_holds_its_booth_once"),
    ]

    operations = [
        migrations.AddField(
            model_name="letin",
            name="compared",
            field=models.CharField(
                blank=True,
                choices=[("phone", "他报的手机尾号"), ("id_name", "身份证上的姓名")],
                default="",
                max_length=8,
                verbose_name="核对了什么",
            ),
            preserve_default=False,
        ),
    ]
