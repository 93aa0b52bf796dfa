import django.contrib.postgres.fields
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
            name="MatchRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("running", "进行中"), ("done", "已完成"), ("failed", "失败")],
                        default="running",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("is_current", models.BooleanField(default=False, verbose_name="当前结果")),
                ("spec_version", models.PositiveSmallIntegerField(verbose_name="规则版本")),
                (
                    "period",
                    models.CharField(
                        blank=True, help_text="夜间运行的日期；同一日期只运行一次", max_length=20, verbose_name="周期"
                    ),
                ),
                (
                    "day",
                    models.DateField(help_text="年龄和可到岗日期按这一天算，整次运行不变", verbose_name="按哪一天算"),
                ),
                (
                    "places",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        default=list,
                        editable=False,
                        size=None,
                        verbose_name="地点编号",
                    ),
                ),
                ("postings", models.BinaryField(verbose_name="岗位快照")),
                ("postings_count", models.PositiveIntegerField(default=0, verbose_name="岗位数")),
                ("workers_count", models.PositiveIntegerField(default=0, verbose_name="劳动者数")),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="开始时间")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="完成时间")),
                ("blocks_total", models.PositiveIntegerField(default=0, verbose_name="分块数")),
                ("result_hash", models.CharField(blank=True, max_length=64, verbose_name="结果摘要")),
                ("failure", models.CharField(blank=True, max_length=300, verbose_name="失败原因")),
                (
                    "requested_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发起人",
                    ),
                ),
            ],
            options={
                "verbose_name": "匹配运行",
                "verbose_name_plural": "匹配运行",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="MatchBlock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ordinal", models.PositiveIntegerField(verbose_name="序号")),
                ("first_id", models.BigIntegerField(verbose_name="起始编号")),
                ("last_id", models.BigIntegerField(verbose_name="结束编号")),
                ("partial", models.BinaryField(null=True, verbose_name="岗位候选")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="完成时间")),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="blocks",
                        to="matching.matchrun",
                        verbose_name="运行",
                    ),
                ),
            ],
            options={
                "verbose_name": "匹配分块",
                "verbose_name_plural": "匹配分块",
            },
        ),
        migrations.CreateModel(
            name="PostingMatches",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("posting_id", models.BigIntegerField(verbose_name="岗位")),
                ("worker_ids", models.BinaryField(verbose_name="劳动者")),
                ("scores", models.BinaryField(verbose_name="得分")),
                ("computed_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="计算时间")),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="matching.matchrun",
                        verbose_name="运行",
                    ),
                ),
            ],
            options={
                "verbose_name": "岗位的匹配",
                "verbose_name_plural": "岗位的匹配",
            },
        ),
        migrations.CreateModel(
            name="WorkerMatches",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("worker_id", models.BigIntegerField(verbose_name="劳动者")),
                ("posting_ids", models.BinaryField(verbose_name="岗位")),
                ("scores", models.BinaryField(verbose_name="得分")),
                ("feasible", models.PositiveIntegerField(default=0, verbose_name="合适的岗位数")),
                ("computed_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="计算时间")),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="matching.matchrun",
                        verbose_name="运行",
                    ),
                ),
            ],
            options={
                "verbose_name": "劳动者的匹配",
                "verbose_name_plural": "劳动者的匹配",
            },
        ),
        migrations.AddConstraint(
            model_name="matchrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_current", True)), fields=("is_current",), name="matching_matchrun_one_current"
            ),
        ),
        migrations.AddConstraint(
            model_name="matchrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "running")), fields=("state",), name="matching_matchrun_one_running"
            ),
        ),
        migrations.AddConstraint(
            model_name="matchrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("period__gt", "")), fields=("period",), name="matching_matchrun_once_per_period"
            ),
        ),
        migrations.AddIndex(
            model_name="matchblock",
            index=models.Index(
                condition=models.Q(("done_at__isnull", True)), fields=["run", "ordinal"], name="block_to_do"
            ),
        ),
        migrations.AddConstraint(
            model_name="matchblock",
            constraint=models.UniqueConstraint(fields=("run", "ordinal"), name="matching_matchblock_once"),
        ),
        migrations.AddConstraint(
            model_name="postingmatches",
            constraint=models.UniqueConstraint(fields=("run", "posting_id"), name="matching_postingmatches_once"),
        ),
        migrations.AddConstraint(
            model_name="workermatches",
            constraint=models.UniqueConstraint(fields=("run", "worker_id"), name="matching_workermatches_once"),
        ),
    ]
