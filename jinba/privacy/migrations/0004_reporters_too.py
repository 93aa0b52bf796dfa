from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("privacy", "0003_for_whom_they_looked")]

    operations = [
        migrations.AlterField(
            model_name="personaldataaccess",
            name="subject",
            field=models.CharField(
                choices=[("worker", "劳动者"), ("user", "用户"), ("employer", "用人单位"), ("reporter", "举报人")],
                max_length=10,
                verbose_name="看谁的",
            ),
        ),
    ]
