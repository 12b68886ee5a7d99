import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('activities', '0005_collective_events'),
        ("bookings", "0004_waiting_list"),
        ('families', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='booking',
            name='event',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cancelled', to='activities.collectiveevent'),
        ),
        migrations.AddField(
            model_name='booking',
            name='moved_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='moved', to='activities.collectiveevent'),
        ),
        migrations.AddField(
            model_name='booking',
            name='moved_from',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activities.slot'),
        ),
        migrations.AddField(
            model_name='booking',
            name='state_before',
            field=models.CharField(blank=True, choices=[('PENDING_ENROLMENT', 'PENDING_ENROLMENT'), ('CONFIRMED', 'CONFIRMED'), ('WAITLISTED', 'WAITLISTED'), ('OFFERED', 'OFFERED'), ('CANCELLED', 'CANCELLED'), ('REFUSED', 'REFUSED')], max_length=17),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(condition=models.Q(('event__isnull', False)), fields=['event'], name='bookings_by_event'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(condition=models.Q(('moved_by__isnull', False)), fields=['moved_by'], name='bookings_by_move'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('event', None), ('state_before', '')), models.Q(('cancel_timing', 'SERVICE'), ('event__isnull', False), ('state', 'CANCELLED'), ('state_before__in', ['PENDING_ENROLMENT', 'CONFIRMED', 'OFFERED', 'WAITLISTED'])), _connector='OR'), name='bookings_event_says_what_was'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('moved_by', None), ('moved_from', None)), models.Q(('moved_by__isnull', False), ('moved_from__isnull', False)), _connector='OR'), name='bookings_moved_says_whence'),
        ),
    ]
