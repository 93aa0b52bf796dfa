from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_what_rows_were")]

    operations = [
        migrations.AddIndex("user", models.Index(fields=["role", "-id"], name="user_by_role")),
        migrations.AddIndex("user", models.Index(fields=["-id"], name="user_kept_out", condition=Q(is_active=False))),
    ]
