import django.utils.timezone
from django.db import migrations, models

import jinba.accounts.models
import jinba.core.encryption


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="OneTimeCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("phone_index", models.CharField(max_length=64, verbose_name="手机号索引")),
                ("purpose", models.CharField(choices=[("sign_in", "登录")], max_length=16, verbose_name="用途")),
                ("code_hash", models.CharField(max_length=64, verbose_name="验证码摘要")),
                ("address", models.GenericIPAddressField(null=True, verbose_name="来源 IP")),
                ("sent_at", models.DateTimeField(verbose_name="发送时间")),
                ("expires_at", models.DateTimeField(verbose_name="失效时间")),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="已试次数")),
                ("used_at", models.DateTimeField(null=True, verbose_name="使用时间")),
            ],
            options={
                "verbose_name": "短信验证码",
                "verbose_name_plural": "短信验证码",
                "indexes": [
                    models.Index(fields=["phone_index", "-sent_at"], name="code_by_phone"),
                    models.Index(fields=["address", "-sent_at"], name="code_by_address"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("tries__lte", 5)), name="accounts_onetimecode_five_tries"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        default=jinba.accounts.models.new_username, max_length=64, unique=True, verbose_name="用户名"
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=40, verbose_name="姓名")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("seeker", "求职者"),
                            ("employer", "用人单位"),
                            ("broker", "劳务经纪人"),
                            ("park", "园区工作人员"),
                            ("officer", "人社干部"),
                            ("admin", "系统管理员"),
                        ],
                        max_length=16,
                        verbose_name="角色",
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        blank=True, choices=[("east", "金华"), ("west", "巴中")], max_length=8, verbose_name="所属地"
                    ),
                ),
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
                ("is_staff", models.BooleanField(default=False, verbose_name="可进入管理后台")),
                ("is_active", models.BooleanField(default=True, verbose_name="启用")),
                (
                    "date_joined",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="注册时间"),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "用户",
                "verbose_name_plural": "用户",
                "indexes": [models.Index(fields=["name"], name="user_by_name", opclasses=["varchar_pattern_ops"])],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("is_staff", False), ("role__in", ["officer", "admin"]), _connector="OR"),
                        name="accounts_user_staff_are_officers",
                    )
                ],
            },
        ),
    ]
