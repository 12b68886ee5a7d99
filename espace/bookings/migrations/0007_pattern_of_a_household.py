from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def give_each_its_home(apps: Any, schema_editor: Any) -> None:
    """The home that answers first for the child: until now there was one pattern an enrolment. Can be run again."""
    patterns = apps.get_model("bookings", "WeeklyPattern")
    custody = apps.get_model("families", "CustodyArrangement")
    for pattern in patterns.objects.filter(household=None).select_related("enrolment").order_by("id"):
        arrangement = custody.objects.filter(child_id=pattern.enrolment.child_id).order_by("-start").first()
        if arrangement is None:
            pattern.delete()  # of nobody's child: nothing could be booked by it
            continue
        pattern.household_id = arrangement.owners[0]
        pattern.save(update_fields=["household"])


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0006_place_given_back_by_an_absence"),
        ("families", "0003_share_holidays_and_except_days"),
    ]

    operations = [
        migrations.AddField(
            "weeklypattern",
            "household",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="patterns",
                to="families.household",
            ),
        ),
        migrations.RunPython(give_each_its_home, migrations.RunPython.noop),
        migrations.AlterField(
            "weeklypattern",
            "household",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="patterns", to="families.household"
            ),
        ),
    ]
