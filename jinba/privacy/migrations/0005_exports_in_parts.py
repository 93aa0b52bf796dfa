import django.contrib.postgres.fields
from django.db import migrations, models

import jinba.core.encryption


class Migration(migrations.Migration):
    dependencies = [("privacy", "0004_reporters_too")]

    operations = [
        migrations.AlterModelOptions(
            "exportrecord",
            options={
                "ordering": ("-id",),
                "permissions": [("export_unmasked", "导出不打码的个人信息")],
                "verbose_name": "导出记录",
                "verbose_name_plural": "导出记录",
            },
        ),
        migrations.RemoveField("exportrecord", "file"),
        migrations.AlterField(
            "exportrecord",
            "what",
            models.CharField(help_text="模型，如 workers.worker", max_length=40, verbose_name="导出什么"),
        ),
        migrations.AlterField(
            "exportrecord",
            "filters",
            models.CharField(blank=True, help_text="号码已打码", max_length=400, verbose_name="筛选条件"),
        ),
        migrations.AlterField(
            "exportrecord",
            "state",
            models.CharField(
                choices=[
                    ("waiting", "等待"),
                    ("running", "进行中"),
                    ("done", "已完成"),
                    ("failed", "没有完成"),
                    ("gone", "文件已删除"),
                ],
                default="waiting",
                max_length=10,
                verbose_name="状态",
            ),
        ),
        migrations.AddField(
            "exportrecord",
            "title",
            models.CharField(blank=True, default="", max_length=40, verbose_name="内容"),
            preserve_default=False,
        ),
        migrations.AddField(
            "exportrecord",
            "query",
            jinba.core.encryption.EncryptedTextField(blank=True, editable=True, null=True, verbose_name="筛选条件原文"),
        ),
        migrations.AddField("exportrecord", "planned", models.PositiveIntegerField(default=0, verbose_name="应有行数")),
        migrations.AddField(
            "exportrecord", "last_id", models.BigIntegerField(default=0, editable=False, verbose_name="写到的编号")
        ),
        migrations.AddField(
            "exportrecord",
            "files",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=200), blank=True, default=list, editable=False, size=None
            ),
        ),
        migrations.AddField(
            "exportrecord",
            "failure",
            models.CharField(blank=True, default="", max_length=200, verbose_name="说明"),
            preserve_default=False,
        ),
        migrations.AddField(
            "exportrecord",
            "tries",
            models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="没写成的次数"),
        ),
        migrations.AddField(
            "exportrecord", "downloads", models.PositiveIntegerField(default=0, verbose_name="下载次数")
        ),
        migrations.AddField(
            "exportrecord", "downloaded_at", models.DateTimeField(blank=True, null=True, verbose_name="最近下载")
        ),
        migrations.AddIndex("exportrecord", models.Index(fields=["by", "-id"], name="export_by_user")),
        migrations.AddIndex(
            "exportrecord",
            models.Index(
                condition=models.Q(("state__in", ["waiting", "running"])), fields=["next_try_at"], name="export_to_do"
            ),
        ),
    ]
