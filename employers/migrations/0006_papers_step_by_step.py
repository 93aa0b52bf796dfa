import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import employers.models.papers
import jinba.core.encrypted_files

STATES = [
    ("submitted", "待审核"),
    ("approved", "已通过"),
    ("returned", "需补正"),
    ("rejected", "不通过"),
    ("replaced", "已更换"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("employers", "0005_events_by_time"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="employerdocument",
            name="kind",
            field=models.CharField(
                choices=[
                    ("licence", "营业执照"),
                    ("letter", "招聘简章"),
                    ("agent_id", "经办人身份证明"),
                    ("proxy", "委托证明"),
                    ("permit", "人力资源服务许可证"),
                ],
                max_length=12,
                verbose_name="种类",
            ),
        ),
        migrations.AlterField(
            model_name="employerdocument",
            name="file",
            field=models.FileField(
                max_length=200,
                storage=jinba.core.encrypted_files.PrivateFiles(),
                upload_to=employers.models.papers.document_path,
                verbose_name="文件",
            ),
        ),
        migrations.AddField(
            model_name="employerdocument",
            name="pages",
            field=models.PositiveSmallIntegerField(default=1, verbose_name="页数"),
        ),
        migrations.CreateModel(
            name="EmployerDocumentEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_state", models.CharField(blank=True, choices=STATES, max_length=10, verbose_name="原状态")),
                ("to_state", models.CharField(choices=STATES, max_length=10, verbose_name="新状态")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="原因")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="操作人",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="employers.employerdocument",
                        verbose_name="材料",
                    ),
                ),
            ],
            options={"verbose_name": "材料记录", "verbose_name_plural": "材料记录", "ordering": ("id",)},
        ),
        migrations.RunSQL(
            "CREATE TRIGGER employers_employerdocumentevent_is_append_only"
            " BEFORE UPDATE OR DELETE ON employers_employerdocumentevent"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history();",
            "DROP TRIGGER employers_employerdocumentevent_is_append_only ON employers_employerdocumentevent;",
        ),
        migrations.RemoveConstraint(model_name="employer", name="employers_employer_has_credit_code"),
        migrations.AddConstraint(
            model_name="employer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("uscc__isnull", False), ("origin", "imported"), ("state", "banned"), _connector="OR"
                ),
                name="employers_employer_has_credit_code",
            ),
        ),
    ]
