import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("interviews", "0003_a_form_sent_twice_is_one_sitting"),
        ("workers", "0012_told_by_text"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LetIn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间")),
                ("over_at", models.DateTimeField(blank=True, null=True, verbose_name="离开时间")),
            ],
            options={
                "verbose_name": "面试间请进记录",
                "verbose_name_plural": "面试间请进记录",
                "ordering": ("-id",),
            },
        ),
        migrations.AddConstraint(
            model_name="walkin",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "called")), fields=("on", "booth"), name="interviews_walkin_one_in_a_booth"
            ),
        ),
        migrations.AddConstraint(
            model_name="walkin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "called"), _negated=True),
                    models.Q(("booth__isnull", False), ("called_at__isnull", False)),
                    _connector="OR",
                ),
                name="interviews_walkin_called_somewhere",
            ),
        ),
        migrations.AddField(
            model_name="letin",
            name="booth",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="let_in",
                to="interviews.booth",
                verbose_name="面试间",
            ),
        ),
        migrations.AddField(
            model_name="letin",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="谁请进的",
            ),
        ),
        migrations.AddField(
            model_name="letin",
            name="interview",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="let_in",
                to="interviews.interview",
                verbose_name="面试",
            ),
        ),
        migrations.AddField(
            model_name="letin",
            name="seat",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="let_in",
                to="interviews.seat",
                verbose_name="座位",
            ),
        ),
        migrations.AddConstraint(
            model_name="letin",
            constraint=models.UniqueConstraint(
                condition=models.Q(("over_at__isnull", True)), fields=("booth",), name="interviews_letin_one_in_a_booth"
            ),
        ),
    ]
