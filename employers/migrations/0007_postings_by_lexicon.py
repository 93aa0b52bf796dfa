from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("employers", "0006_papers_step_by_step")]

    operations = [
        migrations.AddIndex(
            model_name="jobposting",
            index=models.Index(
                fields=["lexicon_version", "id"],
                name="posting_by_lexicon",
                condition=models.Q(state__in=("published", "paused", "review", "filled")),
            ),
        ),
    ]
