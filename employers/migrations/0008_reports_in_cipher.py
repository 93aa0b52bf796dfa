from django.db import migrations

import jinba.core.encryption


class Migration(migrations.Migration):
    dependencies = [("employers", "0007_postings_by_lexicon")]

    # No report was written before: the column is made anew.
    operations = [
        migrations.RemoveField("postingreport", "text"),
        migrations.AddField(
            model_name="postingreport",
            name="text",
            field=jinba.core.encryption.EncryptedTextField(blank=True, null=True, verbose_name="说明"),
        ),
    ]
