from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("interviews", "0011_the_link_is_held_where_it_was_opened_last")]

    operations = [
        migrations.AddField(
            model_name="sitting",
            name="takes_walk_ins",
            field=models.BooleanField(
                default=False, help_text="没有约的人到服务专区来，也能排进来", verbose_name="接现场来的人"
            ),
        ),
    ]
