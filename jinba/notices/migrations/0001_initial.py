import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40, verbose_name="种类")),
                ("dedupe_key", models.CharField(max_length=120, verbose_name="去重键")),
                ("title", models.CharField(max_length=80, verbose_name="标题")),
                ("body", models.CharField(blank=True, max_length=300, verbose_name="内容")),
                ("url", models.CharField(blank=True, max_length=200, verbose_name="链接")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="创建时间")),
                ("next_try_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="下次投递")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="投递次数")),
                ("delivered_at", models.DateTimeField(blank=True, null=True, verbose_name="送达时间")),
                ("shown_at", models.DateTimeField(blank=True, null=True, verbose_name="提示时间")),
                ("read_at", models.DateTimeField(blank=True, null=True, verbose_name="阅读时间")),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="收件人",
                    ),
                ),
            ],
            options={
                "verbose_name": "消息",
                "verbose_name_plural": "消息",
                "ordering": ("-id",),
                "indexes": [
                    models.Index(fields=["recipient", "-id"], name="notice_by_recipient"),
                    models.Index(
                        condition=models.Q(("delivered_at__isnull", True)),
                        fields=["next_try_at"],
                        name="notice_waiting",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("recipient", "dedupe_key"), name="notices_notice_once")
                ],
            },
        ),
    ]
