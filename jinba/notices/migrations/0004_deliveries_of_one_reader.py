import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import jinba.core.encryption

TOPICS = [
    ("arrivals", "新的报名"),
    ("applications", "报名进展"),
    ("offers", "录用通知"),
    ("interviews", "面试提醒"),
    ("invitations", "企业邀请"),
    ("searches", "新岗位提醒"),
    ("desk", "认证与岗位审核"),
    ("people", "结伴与委托"),
]


class Migration(migrations.Migration):
    """A notice is on the site with its commit; what leaves the house is a delivery that knows its reader and topic."""

    dependencies = [
        ("notices", "0003_topic_of_new_applications"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(model_name="notice", name="notice_waiting"),
        migrations.RemoveField(model_name="notice", name="attempts"),
        migrations.RemoveField(model_name="notice", name="delivered_at"),
        migrations.RemoveField(model_name="notice", name="next_try_at"),
        # Nothing wrote deliveries before this migration.
        migrations.RunSQL("DELETE FROM notices_delivery", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="delivery",
            name="recipient",
            field=models.ForeignKey(
                default=0,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="收件人",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="delivery",
            name="topic",
            field=models.CharField(choices=TOPICS, default="applications", max_length=16, verbose_name="内容"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="delivery",
            name="out_id",
            field=models.CharField(
                blank=True, default="", help_text="合并发出的几条消息编号相同", max_length=32, verbose_name="我方编号"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="delivery",
            name="asked_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="交给服务商的时间"),
        ),
        migrations.AddField(
            model_name="delivery",
            name="unheard",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="没有回音的次数"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["recipient", "channel", "state"], name="delivery_by_recipient"),
        ),
        migrations.CreateModel(
            name="EmailProof",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", jinba.core.encryption.EncryptedTextField(editable=True, verbose_name="电子邮箱")),
                ("address_index", models.CharField(editable=False, max_length=64, verbose_name="邮箱索引")),
                ("digest", models.CharField(max_length=64, verbose_name="验证码摘要")),
                ("sent_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="发送时间")),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="已试次数")),
                ("used_at", models.DateTimeField(blank=True, null=True, verbose_name="使用时间")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="用户",
                    ),
                ),
            ],
            options={
                "verbose_name": "邮箱验证",
                "verbose_name_plural": "邮箱验证",
                "indexes": [
                    models.Index(fields=["user", "-sent_at"], name="email_proof_by_user"),
                    models.Index(fields=["address_index", "-sent_at"], name="email_proof_by_address"),
                ],
            },
        ),
    ]
