"""A closure was the only collective event: each becomes one, and keeps the slots it closed."""

from django.db import migrations


def carry_over(apps, schema_editor):
    closure_model, event_model, slot_model = (
        apps.get_model("activities", name) for name in ("Closure", "CollectiveEvent", "Slot")
    )
    for closure in closure_model.objects.order_by("id"):
        scope = "VENUE" if closure.venue_id else "ACTIVITY" if closure.activity_id else "TOWN"
        event = event_model.objects.create(
            scope=scope,
            venue_id=closure.venue_id,
            activity_id=closure.activity_id,
            start=closure.start,
            end=closure.end,
            kind="CLOSURE",
            effect="CLOSED",
            reason=closure.reason,
            declared_at=closure.declared_at,
            declared_by=closure.declared_by,
        )
        closed = slot_model.objects.filter(
            state="CLOSED", closed_by=None, date__gte=closure.start, date__lt=closure.end
        )
        if closure.venue_id:
            closed = closed.filter(venue_id=closure.venue_id)
        if closure.activity_id:
            closed = closed.filter(activity_id=closure.activity_id)
        closed.update(closed_by=event)


class Migration(migrations.Migration):

    dependencies = [
        ("activities", "0005_collective_events"),
    ]

    operations = [
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.DeleteModel(name="Closure"),
    ]
