from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("live", "0004_when_it_was_announced_for"),
    ]

    operations = [
        migrations.AlterField(
            model_name="entry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("said", "发言"),
                    ("asked", "提问"),
                    ("hidden", "隐藏"),
                    ("answered", "答复"),
                    ("pinned", "讲解"),
                    ("unpinned", "讲完"),
                    ("cards", "岗位有变化"),
                    ("announced", "公告"),
                    ("slowed", "发言间隔"),
                    ("on_air", "有画面"),
                    ("off_air", "没有画面"),
                    ("started", "开播"),
                    ("ended", "结束"),
                    ("replay", "回放有变化"),
                ],
                max_length=9,
                verbose_name="种类",
            ),
        ),
    ]
