import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="LoadedFile",
            fields=[
                ("name", models.CharField(max_length=80, primary_key=True, serialize=False, verbose_name="文件")),
                ("digest", models.CharField(max_length=64, verbose_name="摘要")),
                ("loaded_at", models.DateTimeField(auto_now=True, verbose_name="载入时间")),
            ],
            options={
                "verbose_name": "已载入的数据文件",
                "verbose_name_plural": "已载入的数据文件",
            },
        ),
        migrations.CreateModel(
            name="TradeFamily",
            fields=[
                ("code", models.PositiveSmallIntegerField(primary_key=True, serialize=False, verbose_name="代码")),
                ("name", models.CharField(max_length=30, verbose_name="名称")),
            ],
            options={
                "verbose_name": "工种大类",
                "verbose_name_plural": "工种大类",
                "ordering": ("code",),
            },
        ),
        migrations.CreateModel(
            name="Certificate",
            fields=[
                ("code", models.PositiveSmallIntegerField(primary_key=True, serialize=False, verbose_name="代码")),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                (
                    "aliases",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="别名",
                    ),
                ),
            ],
            options={
                "verbose_name": "证书",
                "verbose_name_plural": "证书",
                "ordering": ("code",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__lt", 64)), name="reference_certificate_code_is_a_bit"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Occupation",
            fields=[
                ("code", models.CharField(max_length=8, primary_key=True, serialize=False, verbose_name="代码")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("level", models.PositiveSmallIntegerField(verbose_name="级别")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="reference.occupation",
                        verbose_name="上级",
                    ),
                ),
            ],
            options={
                "verbose_name": "职业分类",
                "verbose_name_plural": "职业分类",
                "ordering": ("code",),
            },
        ),
        migrations.CreateModel(
            name="Region",
            fields=[
                ("code", models.CharField(max_length=12, primary_key=True, serialize=False, verbose_name="代码")),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                ("path", models.CharField(help_text="浙江省金华市义乌市", max_length=160, verbose_name="全称")),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("province", "省"),
                            ("city", "市"),
                            ("county", "县（市、区）"),
                            ("township", "乡镇（街道）"),
                        ],
                        max_length=10,
                        verbose_name="级别",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="reference.region",
                        verbose_name="上级",
                    ),
                ),
            ],
            options={
                "verbose_name": "行政区划",
                "verbose_name_plural": "行政区划",
                "ordering": ("code",),
            },
        ),
        migrations.CreateModel(
            name="Trade",
            fields=[
                ("code", models.PositiveSmallIntegerField(primary_key=True, serialize=False, verbose_name="代码")),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                (
                    "aliases",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="别名",
                    ),
                ),
                (
                    "occupation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="reference.occupation",
                        verbose_name="职业",
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trades",
                        to="reference.tradefamily",
                        verbose_name="大类",
                    ),
                ),
            ],
            options={
                "verbose_name": "工种",
                "verbose_name_plural": "工种",
                "ordering": ("code",),
            },
        ),
        migrations.CreateModel(
            name="Skill",
            fields=[
                ("code", models.PositiveSmallIntegerField(primary_key=True, serialize=False, verbose_name="代码")),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                (
                    "aliases",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="别名",
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="reference.tradefamily",
                        verbose_name="大类",
                    ),
                ),
            ],
            options={
                "verbose_name": "技能",
                "verbose_name_plural": "技能",
                "ordering": ("code",),
            },
        ),
        migrations.CreateModel(
            name="Zone",
            fields=[
                ("code", models.CharField(max_length=20, primary_key=True, serialize=False, verbose_name="本地代码")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("short_name", models.CharField(max_length=30, verbose_name="简称")),
                (
                    "aliases",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="别名",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("zone", "开发区"), ("park", "共建园区")], max_length=8, verbose_name="类别"
                    ),
                ),
                (
                    "side",
                    models.CharField(choices=[("east", "金华"), ("west", "巴中")], max_length=8, verbose_name="所属地"),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="reference.region", verbose_name="所在区划"
                    ),
                ),
            ],
            options={
                "verbose_name": "功能区与园区",
                "verbose_name_plural": "功能区与园区",
                "ordering": ("code",),
            },
        ),
    ]
