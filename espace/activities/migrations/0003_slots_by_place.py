"""Slots are asked for by period and place: where a period takes children, what a place offers over a month."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("activities", "0002_say_what_a_constraint_refuses")]

    operations = [
        migrations.AddIndex(
            model_name="slot",
            index=models.Index(fields=["period", "venue", "date"], name="activities_slot_by_place"),
        ),
    ]
