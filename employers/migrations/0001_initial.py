import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
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
            name="Employer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="更新时间")),
                ("name", models.CharField(max_length=120, verbose_name="单位名称")),
                (
                    "uscc",
                    models.CharField(
                        blank=True, max_length=18, null=True, unique=True, verbose_name="统一社会信用代码"
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[("registered", "自行注册"), ("imported", "导入"), ("demo", "演示")],
                        default="registered",
                        max_length=12,
                        verbose_name="来源",
                    ),
                ),
                ("source_name", models.CharField(blank=True, max_length=40, verbose_name="来源名称")),
                (
                    "org_type",
                    models.CharField(
                        choices=[
                            ("company", "企业"),
                            ("sole", "个体工商户"),
                            ("cooperative", "合作社"),
                            ("collective", "集体经济组织"),
                            ("institution", "机构"),
                        ],
                        default="company",
                        max_length=12,
                        verbose_name="单位类型",
                    ),
                ),
                ("industry", models.CharField(blank=True, max_length=60, verbose_name="行业")),
                (
                    "scale",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("1-19", "20 人以下"),
                            ("20-99", "20–99 人"),
                            ("100-499", "100–499 人"),
                            ("500-999", "500–999 人"),
                            ("1000-9999", "1000–9999 人"),
                            ("10000+", "10000 人以上"),
                        ],
                        max_length=12,
                        verbose_name="规模",
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=160, verbose_name="详细地址")),
                ("intro", models.TextField(blank=True, max_length=2000, verbose_name="单位介绍")),
                ("contact_name", models.CharField(blank=True, max_length=40, verbose_name="联系人")),
                (
                    "contact_phone",
                    jinba.core.encryption.EncryptedTextField(
                        blank=True, editable=True, null=True, verbose_name="联系电话"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("submitted", "待审核"),
                            ("returned", "需补正"),
                            ("verified", "已认证"),
                            ("due", "待复核"),
                            ("suspended", "已暂停"),
                            ("banned", "黑名单"),
                        ],
                        default="draft",
                        max_length=12,
                        verbose_name="认证状态",
                    ),
                ),
                ("state_reason", models.CharField(blank=True, max_length=200, verbose_name="原因")),
                ("verified_at", models.DateTimeField(blank=True, null=True, verbose_name="认证时间")),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="employers",
                        to="reference.region",
                        verbose_name="所在地",
                    ),
                ),
                (
                    "verified_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="认证人",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="reference.zone",
                        verbose_name="所在园区",
                    ),
                ),
            ],
            options={
                "verbose_name": "用人单位",
                "verbose_name_plural": "用人单位",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="EmployerEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "from_state",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("submitted", "待审核"),
                            ("returned", "需补正"),
                            ("verified", "已认证"),
                            ("due", "待复核"),
                            ("suspended", "已暂停"),
                            ("banned", "黑名单"),
                        ],
                        max_length=12,
                        verbose_name="原状态",
                    ),
                ),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("submitted", "待审核"),
                            ("returned", "需补正"),
                            ("verified", "已认证"),
                            ("due", "待复核"),
                            ("suspended", "已暂停"),
                            ("banned", "黑名单"),
                        ],
                        max_length=12,
                        verbose_name="新状态",
                    ),
                ),
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
                    "employer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="employers.employer",
                        verbose_name="用人单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "认证记录",
                "verbose_name_plural": "认证记录",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="JobPosting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="更新时间")),
                ("title", models.CharField(max_length=80, verbose_name="岗位名称")),
                (
                    "engagement",
                    models.CharField(
                        choices=[
                            ("regular", "普通岗位"),
                            ("migratory", "候鸟式"),
                            ("rehired", "返聘式"),
                            ("part_time", "兼职式"),
                            ("mentor", "导师制"),
                        ],
                        default="regular",
                        max_length=12,
                        verbose_name="岗位类别",
                    ),
                ),
                (
                    "employment_kind",
                    models.CharField(
                        choices=[
                            ("full_time", "全日制"),
                            ("part_time", "非全日制"),
                            ("dispatch", "劳务派遣"),
                            ("seasonal", "短期·季节工"),
                            ("casual", "零工"),
                            ("internship", "实习"),
                        ],
                        default="full_time",
                        max_length=12,
                        verbose_name="用工类型",
                    ),
                ),
                ("headcount", models.PositiveIntegerField(default=1, verbose_name="招聘人数")),
                ("filled", models.PositiveIntegerField(default=0, editable=False, verbose_name="已录用人数")),
                (
                    "contract_months",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="合同期限（月）"),
                ),
                ("probation_months", models.PositiveSmallIntegerField(default=0, verbose_name="试用期（月）")),
                ("days_planned", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="计划服务天数")),
                ("duties", models.TextField(blank=True, max_length=3000, verbose_name="工作内容")),
                ("requirements", models.TextField(blank=True, max_length=3000, verbose_name="招聘条件")),
                (
                    "education_min",
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
                        verbose_name="最低学历",
                    ),
                ),
                ("years_min", models.PositiveSmallIntegerField(default=0, verbose_name="工作经验（年）")),
                (
                    "certificates",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="必备证书",
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=160, verbose_name="详细地址")),
                (
                    "pay_mode",
                    models.CharField(
                        choices=[
                            ("monthly", "月薪"),
                            ("hourly", "计时"),
                            ("piece", "计件"),
                            ("daily", "日结"),
                            ("commission", "底薪加提成"),
                        ],
                        default="monthly",
                        max_length=12,
                        verbose_name="计薪方式",
                    ),
                ),
                (
                    "pay_unit",
                    models.CharField(
                        choices=[("month", "月"), ("day", "天"), ("hour", "小时")],
                        default="month",
                        max_length=8,
                        verbose_name="工资单位",
                    ),
                ),
                ("base_pay_min", models.PositiveIntegerField(blank=True, null=True, verbose_name="基本工资（元）")),
                ("base_pay_max", models.PositiveIntegerField(blank=True, null=True, verbose_name="最高工资（元）")),
                (
                    "monthly_min",
                    models.PositiveIntegerField(editable=False, null=True, verbose_name="折合月薪下限（元）"),
                ),
                (
                    "monthly_max",
                    models.PositiveIntegerField(editable=False, null=True, verbose_name="折合月薪上限（元）"),
                ),
                ("piece_rate_note", models.CharField(blank=True, max_length=200, verbose_name="计件单价说明")),
                ("pay_day", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="每月几号发工资")),
                ("overtime_rule", models.CharField(blank=True, max_length=200, verbose_name="加班怎么算")),
                (
                    "shift",
                    models.CharField(
                        choices=[
                            ("day", "长白班"),
                            ("two", "两班倒"),
                            ("three", "三班倒"),
                            ("rotating", "轮班"),
                            ("flexible", "时间灵活"),
                        ],
                        default="day",
                        max_length=10,
                        verbose_name="班次",
                    ),
                ),
                ("has_nights", models.BooleanField(default=False, verbose_name="上夜班")),
                (
                    "hours_per_day",
                    models.DecimalField(decimal_places=1, default=8, max_digits=3, verbose_name="每天工作小时"),
                ),
                (
                    "rest_rule",
                    models.CharField(
                        choices=[
                            ("two_days", "双休"),
                            ("one_day", "单休"),
                            ("four_a_month", "月休 4 天"),
                            ("two_a_month", "月休 2 天"),
                            ("rota", "排班轮休"),
                        ],
                        default="one_day",
                        max_length=12,
                        verbose_name="休息",
                    ),
                ),
                (
                    "hazards",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("standing", "久站"),
                                ("line", "流水线"),
                                ("cleanroom", "无尘服"),
                                ("noise", "噪声"),
                                ("heat", "高温"),
                                ("dust", "粉尘"),
                                ("chemical", "化学品"),
                                ("height", "登高"),
                                ("heavy", "搬重物"),
                            ],
                            max_length=10,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="工作条件与危害",
                    ),
                ),
                ("safety_note", models.CharField(blank=True, max_length=200, verbose_name="安全防护")),
                (
                    "social_insurance",
                    models.CharField(
                        choices=[
                            ("full", "五险"),
                            ("full_fund", "五险一金"),
                            ("injury", "工伤险"),
                            ("negotiable", "协商"),
                        ],
                        default="full",
                        max_length=12,
                        verbose_name="社会保险",
                    ),
                ),
                ("insurance_from_month", models.PositiveSmallIntegerField(default=1, verbose_name="第几个月开始交")),
                (
                    "meals",
                    models.CharField(
                        choices=[("all", "包三餐"), ("work", "包工作餐"), ("subsidy", "有餐补"), ("none", "自理")],
                        default="none",
                        max_length=8,
                        verbose_name="吃饭",
                    ),
                ),
                ("meal_subsidy", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="餐补（元/月）")),
                (
                    "housing",
                    models.CharField(
                        choices=[("free", "免费宿舍"), ("paid", "收费宿舍"), ("subsidy", "有房补"), ("none", "不提供")],
                        default="none",
                        max_length=8,
                        verbose_name="住宿",
                    ),
                ),
                ("couple_rooms", models.BooleanField(default=False, verbose_name="有夫妻房")),
                (
                    "housing_fee",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="住宿费（元/月）"),
                ),
                ("has_air_con", models.BooleanField(default=False, verbose_name="宿舍有空调")),
                ("has_hot_water", models.BooleanField(default=False, verbose_name="宿舍有热水")),
                (
                    "travel",
                    models.CharField(
                        choices=[
                            ("none", "不提供"),
                            ("refund", "报销路费"),
                            ("pick_up", "车站接送"),
                            ("coach", "包车接送"),
                        ],
                        default="none",
                        max_length=8,
                        verbose_name="路费与接送",
                    ),
                ),
                (
                    "benefits",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="其他福利",
                    ),
                ),
                (
                    "interview_mode",
                    models.CharField(
                        choices=[
                            ("video", "视频面试"),
                            ("on_site", "现场面试"),
                            ("phone", "电话面试"),
                            ("none", "免面试"),
                        ],
                        default="video",
                        max_length=8,
                        verbose_name="面试方式",
                    ),
                ),
                ("start_by", models.DateField(blank=True, null=True, verbose_name="最晚到岗日期")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="有效期至")),
                ("source_name", models.CharField(blank=True, max_length=40, verbose_name="信息来源")),
                ("source_url", models.URLField(blank=True, max_length=300, verbose_name="来源网址")),
                (
                    "source_key",
                    models.CharField(
                        blank=True, editable=False, max_length=64, null=True, unique=True, verbose_name="来源行标识"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("review", "待审核"),
                            ("rejected", "已驳回"),
                            ("published", "招聘中"),
                            ("paused", "已暂停"),
                            ("filled", "已招满"),
                            ("removed", "已下架"),
                            ("archived", "已归档"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("state_reason", models.CharField(blank=True, max_length=200, verbose_name="原因")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="发布时间")),
                (
                    "search",
                    django.contrib.postgres.search.SearchVectorField(editable=False, null=True, verbose_name="检索词"),
                ),
                (
                    "search_version",
                    models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="分词版本"),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="录入人",
                    ),
                ),
                (
                    "employer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="postings",
                        to="employers.employer",
                        verbose_name="用人单位",
                    ),
                ),
                (
                    "occupation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="reference.occupation",
                        verbose_name="职业分类",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="postings",
                        to="reference.region",
                        verbose_name="工作地点",
                    ),
                ),
                (
                    "trade",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="postings",
                        to="reference.trade",
                        verbose_name="工种",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="postings",
                        to="reference.zone",
                        verbose_name="园区或开发区",
                    ),
                ),
            ],
            options={
                "verbose_name": "岗位",
                "verbose_name_plural": "岗位",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[("owner", "负责人"), ("recruiter", "招聘人员")], max_length=10, verbose_name="角色"
                    ),
                ),
                ("joined_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="加入时间")),
                (
                    "employer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="employers.employer",
                        verbose_name="用人单位",
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="membership",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="用户",
                    ),
                ),
            ],
            options={
                "verbose_name": "单位成员",
                "verbose_name_plural": "单位成员",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="MemberInvitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, verbose_name="姓名")),
                ("phone", jinba.core.encryption.EncryptedTextField(editable=True, null=True, verbose_name="手机号")),
                ("phone_index", models.CharField(editable=False, max_length=64, verbose_name="手机号索引")),
                (
                    "role",
                    models.CharField(
                        choices=[("owner", "负责人"), ("recruiter", "招聘人员")],
                        default="recruiter",
                        max_length=10,
                        verbose_name="角色",
                    ),
                ),
                ("token_digest", models.CharField(max_length=64, unique=True, verbose_name="令牌摘要")),
                ("invited_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="邀请时间")),
                ("expires_at", models.DateTimeField(verbose_name="失效时间")),
                ("accepted_at", models.DateTimeField(blank=True, null=True, verbose_name="接受时间")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="撤回时间")),
                (
                    "employer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="employers.employer",
                        verbose_name="用人单位",
                    ),
                ),
                (
                    "invited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="邀请人",
                    ),
                ),
            ],
            options={
                "verbose_name": "成员邀请",
                "verbose_name_plural": "成员邀请",
            },
        ),
        migrations.CreateModel(
            name="PostingEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "from_state",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("review", "待审核"),
                            ("rejected", "已驳回"),
                            ("published", "招聘中"),
                            ("paused", "已暂停"),
                            ("filled", "已招满"),
                            ("removed", "已下架"),
                            ("archived", "已归档"),
                        ],
                        max_length=10,
                        verbose_name="原状态",
                    ),
                ),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("review", "待审核"),
                            ("rejected", "已驳回"),
                            ("published", "招聘中"),
                            ("paused", "已暂停"),
                            ("filled", "已招满"),
                            ("removed", "已下架"),
                            ("archived", "已归档"),
                        ],
                        max_length=10,
                        verbose_name="新状态",
                    ),
                ),
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
                    "posting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="employers.jobposting",
                        verbose_name="岗位",
                    ),
                ),
            ],
            options={
                "verbose_name": "岗位记录",
                "verbose_name_plural": "岗位记录",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="PostingSkill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "会一点"), (2, "熟练"), (3, "能带徒弟")], default=1, verbose_name="程度"
                    ),
                ),
                (
                    "posting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="skills",
                        to="employers.jobposting",
                        verbose_name="岗位",
                    ),
                ),
                (
                    "skill",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="reference.skill", verbose_name="技能"
                    ),
                ),
            ],
            options={
                "verbose_name": "岗位技能",
                "verbose_name_plural": "岗位技能",
            },
        ),
        migrations.AddIndex(
            model_name="employer",
            index=models.Index(fields=["origin", "name"], name="employer_by_origin_name"),
        ),
        migrations.AddIndex(
            model_name="employer",
            index=models.Index(fields=["state", "id"], name="employer_by_state"),
        ),
        migrations.AddConstraint(
            model_name="employer",
            constraint=models.CheckConstraint(
                condition=models.Q(("uscc__isnull", False), ("origin", "imported"), _connector="OR"),
                name="employers_employer_has_credit_code",
            ),
        ),
        migrations.AddConstraint(
            model_name="employer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("verified", "due")), _negated=True),
                    ("verified_at__isnull", False),
                    _connector="OR",
                ),
                name="employers_employer_verified_when",
            ),
        ),
        migrations.AddIndex(
            model_name="jobposting",
            index=models.Index(
                condition=models.Q(("state", "published")),
                fields=["-published_at", "-id"],
                include=(
                    "valid_until",
                    "employer",
                    "source_name",
                    "region",
                    "zone",
                    "trade",
                    "engagement",
                    "monthly_min",
                    "shift",
                    "has_nights",
                    "housing",
                    "meals",
                    "couple_rooms",
                    "social_insurance",
                ),
                name="posting_published",
            ),
        ),
        migrations.AddIndex(
            model_name="jobposting",
            index=models.Index(fields=["employer", "state"], name="posting_by_employer"),
        ),
        migrations.AddIndex(
            model_name="jobposting",
            index=models.Index(fields=["state", "updated_at"], name="posting_by_state"),
        ),
        migrations.AddIndex(
            model_name="jobposting",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("state", "published")), fastupdate=False, fields=["search"], name="posting_search"
            ),
        ),
        migrations.AddConstraint(
            model_name="jobposting",
            constraint=models.CheckConstraint(
                condition=models.Q(("headcount__gte", 1)), name="employers_jobposting_headcount"
            ),
        ),
        migrations.AddConstraint(
            model_name="jobposting",
            constraint=models.CheckConstraint(
                condition=models.Q(("filled__lte", models.F("headcount"))),
                name="employers_jobposting_hires_fit_headcount",
            ),
        ),
        migrations.AddConstraint(
            model_name="jobposting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("base_pay_max__isnull", True), ("base_pay_max__gte", models.F("base_pay_min")), _connector="OR"
                ),
                name="employers_jobposting_pay_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="jobposting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "published"), _negated=True),
                    models.Q(
                        ("published_at__isnull", False),
                        ("region__isnull", False),
                        ("valid_until__isnull", False),
                        models.Q(("base_pay_min__isnull", False), ("source_name__gt", ""), _connector="OR"),
                    ),
                    _connector="OR",
                ),
                name="employers_jobposting_published_is_complete",
            ),
        ),
        migrations.AddConstraint(
            model_name="memberinvitation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("accepted_at__isnull", True), ("withdrawn_at__isnull", True)),
                fields=("employer", "phone_index"),
                name="employers_memberinvitation_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="postingskill",
            constraint=models.UniqueConstraint(fields=("posting", "skill"), name="employers_postingskill_once"),
        ),
    ]
