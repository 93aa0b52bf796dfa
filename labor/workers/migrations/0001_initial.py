import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import jinba.core.encryption


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("reference", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="WorkerGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("couple", "夫妻"), ("villagers", "同乡")], max_length=10, verbose_name="种类"
                    ),
                ),
                (
                    "code",
                    models.CharField(help_text="同伴输入它加入", max_length=8, unique=True, verbose_name="结伴码"),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="创建时间")),
            ],
            options={
                "verbose_name": "结伴",
                "verbose_name_plural": "结伴",
            },
        ),
        migrations.CreateModel(
            name="Worker",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="更新时间")),
                ("name", models.CharField(max_length=40, verbose_name="姓名")),
                (
                    "phone",
                    jinba.core.encryption.EncryptedTextField(
                        blank=True, editable=True, null=True, verbose_name="手机号"
                    ),
                ),
                (
                    "phone_index",
                    models.CharField(
                        blank=True, db_index=True, editable=False, max_length=64, verbose_name="手机号索引"
                    ),
                ),
                ("birth_date", models.DateField(blank=True, null=True, verbose_name="出生日期")),
                ("village", models.CharField(blank=True, max_length=60, verbose_name="村（社区）")),
                (
                    "education",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "不限"),
                            (1, "小学及以下"),
                            (2, "初中"),
                            (3, "高中·中专·技校"),
                            (4, "大专"),
                            (5, "本科"),
                            (6, "研究生"),
                        ],
                        default=0,
                        verbose_name="学历",
                    ),
                ),
                ("years", models.PositiveSmallIntegerField(default=0, verbose_name="干了几年")),
                (
                    "trades",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        default=list,
                        help_text="按先后，最多 3 个",
                        size=None,
                        verbose_name="想干的工种",
                    ),
                ),
                ("is_open_to_any", models.BooleanField(default=True, verbose_name="什么活都行")),
                (
                    "places",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        help_text="区划或园区代码，按先后",
                        size=None,
                        verbose_name="想去的地方",
                    ),
                ),
                (
                    "refused_places",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="不去的地方",
                    ),
                ),
                ("min_pay", models.PositiveIntegerField(default=0, verbose_name="每月最少要挣（元）")),
                (
                    "housing_need",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "不需要"), (1, "最好有"), (2, "必须有")], default=0, verbose_name="住宿"
                    ),
                ),
                (
                    "couple_room_need",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "不需要"), (1, "最好有"), (2, "必须有")], default=0, verbose_name="夫妻房"
                    ),
                ),
                ("wants_meals", models.BooleanField(default=False, verbose_name="想包吃")),
                (
                    "shifts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("day", "长白班"),
                                ("two", "两班倒"),
                                ("three", "三班倒"),
                                ("rotating", "轮班"),
                                ("flexible", "时间灵活"),
                            ],
                            max_length=10,
                        ),
                        blank=True,
                        default=list,
                        help_text="空着表示都行",
                        size=None,
                        verbose_name="能上的班",
                    ),
                ),
                (
                    "certificates",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="证书",
                    ),
                ),
                ("available_from", models.DateField(blank=True, null=True, verbose_name="什么时候能上班")),
                (
                    "return_wish",
                    models.CharField(
                        blank=True,
                        choices=[("", "没说"), ("yes", "想回巴中干活"), ("later", "过几年再回"), ("no", "想在外面干")],
                        max_length=6,
                        verbose_name="返乡打算",
                    ),
                ),
                (
                    "job_status",
                    models.CharField(
                        choices=[("looking", "没活干，正在找"), ("working", "在上班，想换"), ("not_now", "暂时不找")],
                        default="looking",
                        max_length=8,
                        verbose_name="找工作状态",
                    ),
                ),
                ("is_personalised", models.BooleanField(default=True, verbose_name="按我的情况推荐")),
                (
                    "answered",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16),
                        blank=True,
                        db_default=[],
                        default=list,
                        editable=False,
                        help_text="默认值也可能是本人的回答，所以另记",
                        size=None,
                        verbose_name="答过的问题",
                    ),
                ),
                (
                    "registered_via",
                    models.CharField(
                        choices=[
                            ("self", "自己注册"),
                            ("broker", "经纪人代办"),
                            ("kiosk", "服务台代办"),
                            ("import", "批量导入"),
                            ("demo", "演示数据"),
                        ],
                        default="self",
                        max_length=8,
                        verbose_name="登记方式",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="有效")),
                (
                    "home",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reference.region",
                        verbose_name="家在哪里",
                    ),
                ),
                (
                    "registered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="worker",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="用户",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="workers",
                        to="workers.workergroup",
                        verbose_name="结伴",
                    ),
                ),
            ],
            options={
                "verbose_name": "劳动者",
                "verbose_name_plural": "劳动者",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="WorkerSkill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "会一点"), (2, "熟练"), (3, "能带徒弟")], default=1, verbose_name="程度"
                    ),
                ),
                (
                    "skill",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="reference.skill", verbose_name="技能"
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="skills",
                        to="workers.worker",
                        verbose_name="劳动者",
                    ),
                ),
            ],
            options={
                "verbose_name": "劳动者技能",
                "verbose_name_plural": "劳动者技能",
            },
        ),
        migrations.AddIndex(
            model_name="worker",
            index=models.Index(fields=["name"], name="worker_by_name", opclasses=["varchar_pattern_ops"]),
        ),
        migrations.AddConstraint(
            model_name="worker",
            constraint=models.CheckConstraint(
                condition=models.Q(("trades__len__lte", 3)), name="workers_worker_three_trades"
            ),
        ),
        migrations.AddConstraint(
            model_name="workerskill",
            constraint=models.UniqueConstraint(fields=("worker", "skill"), name="workers_workerskill_once"),
        ),
    ]
