import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("employers", "0001_initial"),
        ("workers", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Application",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="更新时间")),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("applied", "已报名"),
                            ("processing", "已受理"),
                            ("need_info", "待补充"),
                            ("shortlisted", "初审通过"),
                            ("interview_scheduled", "约面"),
                            ("interviewed", "已面试"),
                            ("prior_to_hire", "预录用"),
                            ("offered", "已发录用"),
                            ("accepted", "已接受"),
                            ("onboarded", "已到岗"),
                            ("pool", "人才池"),
                            ("rejected", "未录用"),
                            ("withdrawn", "求职者放弃"),
                            ("obsolete", "他处就业"),
                            ("timed_out", "超时关闭"),
                            ("job_cancelled", "岗位取消"),
                            ("retracted", "录用撤销"),
                        ],
                        default="applied",
                        max_length=20,
                        verbose_name="阶段",
                    ),
                ),
                ("stage_since", models.DateTimeField(default=django.utils.timezone.now, verbose_name="进入时间")),
                (
                    "via",
                    models.CharField(
                        choices=[
                            ("self", "自己报名"),
                            ("invited", "企业邀请"),
                            ("broker", "经纪人代报"),
                            ("kiosk", "服务台代报"),
                            ("live", "直播间"),
                        ],
                        default="self",
                        max_length=8,
                        verbose_name="途径",
                    ),
                ),
                (
                    "consented_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="同意提供信息的时间"),
                ),
                ("consent_text", models.CharField(max_length=300, verbose_name="同意的内容")),
                (
                    "close_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("unreachable", "联系不上"),
                            ("missed_interview", "面试未到"),
                            ("hired_elsewhere", "已在别处就业"),
                            ("in_training", "培训中"),
                            ("stays_home", "不愿外出"),
                            ("not_interested", "无意向"),
                            ("skills", "技能不符"),
                            ("full", "岗位已满"),
                            ("duplicate", "重复报名"),
                            ("automatic", "自动关闭"),
                            ("posting_closed", "岗位已关闭"),
                            ("other", "其他"),
                        ],
                        max_length=20,
                        verbose_name="结束原因",
                    ),
                ),
                ("close_note", models.CharField(blank=True, max_length=200, verbose_name="结束说明")),
                (
                    "resumes_as",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("applied", "已报名"),
                            ("processing", "已受理"),
                            ("need_info", "待补充"),
                            ("shortlisted", "初审通过"),
                            ("interview_scheduled", "约面"),
                            ("interviewed", "已面试"),
                            ("prior_to_hire", "预录用"),
                            ("offered", "已发录用"),
                            ("accepted", "已接受"),
                            ("onboarded", "已到岗"),
                            ("pool", "人才池"),
                            ("rejected", "未录用"),
                            ("withdrawn", "求职者放弃"),
                            ("obsolete", "他处就业"),
                            ("timed_out", "超时关闭"),
                            ("job_cancelled", "岗位取消"),
                            ("retracted", "录用撤销"),
                        ],
                        editable=False,
                        max_length=20,
                        verbose_name="恢复到",
                    ),
                ),
                (
                    "applied_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="报名人",
                    ),
                ),
                (
                    "posting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="employers.jobposting",
                        verbose_name="岗位",
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="workers.worker",
                        verbose_name="劳动者",
                    ),
                ),
            ],
            options={
                "verbose_name": "报名",
                "verbose_name_plural": "报名",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="ApplicationEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "from_stage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("applied", "已报名"),
                            ("processing", "已受理"),
                            ("need_info", "待补充"),
                            ("shortlisted", "初审通过"),
                            ("interview_scheduled", "约面"),
                            ("interviewed", "已面试"),
                            ("prior_to_hire", "预录用"),
                            ("offered", "已发录用"),
                            ("accepted", "已接受"),
                            ("onboarded", "已到岗"),
                            ("pool", "人才池"),
                            ("rejected", "未录用"),
                            ("withdrawn", "求职者放弃"),
                            ("obsolete", "他处就业"),
                            ("timed_out", "超时关闭"),
                            ("job_cancelled", "岗位取消"),
                            ("retracted", "录用撤销"),
                        ],
                        max_length=20,
                        verbose_name="原阶段",
                    ),
                ),
                (
                    "to_stage",
                    models.CharField(
                        choices=[
                            ("applied", "已报名"),
                            ("processing", "已受理"),
                            ("need_info", "待补充"),
                            ("shortlisted", "初审通过"),
                            ("interview_scheduled", "约面"),
                            ("interviewed", "已面试"),
                            ("prior_to_hire", "预录用"),
                            ("offered", "已发录用"),
                            ("accepted", "已接受"),
                            ("onboarded", "已到岗"),
                            ("pool", "人才池"),
                            ("rejected", "未录用"),
                            ("withdrawn", "求职者放弃"),
                            ("obsolete", "他处就业"),
                            ("timed_out", "超时关闭"),
                            ("job_cancelled", "岗位取消"),
                            ("retracted", "录用撤销"),
                        ],
                        max_length=20,
                        verbose_name="新阶段",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("unreachable", "联系不上"),
                            ("missed_interview", "面试未到"),
                            ("hired_elsewhere", "已在别处就业"),
                            ("in_training", "培训中"),
                            ("stays_home", "不愿外出"),
                            ("not_interested", "无意向"),
                            ("skills", "技能不符"),
                            ("full", "岗位已满"),
                            ("duplicate", "重复报名"),
                            ("automatic", "自动关闭"),
                            ("posting_closed", "岗位已关闭"),
                            ("other", "其他"),
                        ],
                        max_length=20,
                        verbose_name="原因",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="applications.application",
                        verbose_name="报名",
                    ),
                ),
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
            ],
            options={
                "verbose_name": "报名记录",
                "verbose_name_plural": "报名记录",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="PostingInvitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("invited_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="邀请时间")),
                ("declined_at", models.DateTimeField(blank=True, null=True, verbose_name="谢绝时间")),
                (
                    "invited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="邀请人",
                    ),
                ),
                (
                    "posting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="employers.jobposting",
                        verbose_name="岗位",
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="workers.worker",
                        verbose_name="劳动者",
                    ),
                ),
            ],
            options={
                "verbose_name": "岗位邀请",
                "verbose_name_plural": "岗位邀请",
            },
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(fields=["posting", "stage", "stage_since"], name="application_board"),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(fields=["worker", "-id"], name="application_by_worker"),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    (
                        "stage__in",
                        (
                            "applied",
                            "processing",
                            "need_info",
                            "shortlisted",
                            "interview_scheduled",
                            "interviewed",
                            "prior_to_hire",
                            "offered",
                            "accepted",
                            "onboarded",
                        ),
                    )
                ),
                fields=("worker", "posting"),
                name="applications_application_one_live",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "stage__in",
                        (
                            "applied",
                            "processing",
                            "need_info",
                            "shortlisted",
                            "interview_scheduled",
                            "interviewed",
                            "prior_to_hire",
                            "offered",
                            "accepted",
                            "onboarded",
                        ),
                    ),
                    ("close_reason__gt", ""),
                    _connector="OR",
                ),
                name="applications_application_closed_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="postinginvitation",
            constraint=models.UniqueConstraint(
                fields=("posting", "worker"), name="applications_postinginvitation_once"
            ),
        ),
    ]
