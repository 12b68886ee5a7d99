import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("activities", "0004_waiting_list"),
        ('town', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='CollectiveEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(choices=[('TOWN', 'TOWN'), ('SCHOOL', 'SCHOOL'), ('CLASS', 'CLASS'), ('VENUE', 'VENUE'), ('ACTIVITY', 'ACTIVITY')], max_length=8)),
                ('start', models.DateField()),
                ('end', models.DateField()),
                ('kind', models.CharField(choices=[('STRIKE', 'STRIKE'), ('OUTING', 'OUTING'), ('ABSENT_TEACHER', 'ABSENT_TEACHER'), ('CLOSURE', 'CLOSURE'), ('OTHER', 'OTHER')], max_length=14)),
                ('effect', models.CharField(choices=[('CLOSED', 'CLOSED'), ('FREE_ABSENCE', 'FREE_ABSENCE'), ('PICNIC', 'PICNIC'), ('MOVED', 'MOVED')], max_length=12)),
                ('reason', models.CharField(max_length=200)),
                ('declared_at', models.DateTimeField()),
                ('declared_by', models.BigIntegerField(null=True)),
                ('undone_at', models.DateTimeField(null=True)),
                ('undone_by', models.BigIntegerField(null=True)),
                ('activity', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='activities.activity')),
                ('school', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='town.school')),
                ('school_class', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='town.schoolclass')),
                ('to_venue', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='arrivals', to='activities.venue')),
                ('venue', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='activities.venue')),
            ],
        ),
        migrations.AddField(
            model_name='slot',
            name='closed_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='closed_slots', to='activities.collectiveevent'),
        ),
        migrations.AddIndex(
            model_name='slot',
            index=models.Index(condition=models.Q(('closed_by__isnull', False)), fields=['closed_by'], name='activities_slot_by_event'),
        ),
        migrations.AddConstraint(
            model_name='slot',
            constraint=models.CheckConstraint(condition=models.Q(('closed_by__isnull', True), ('state', 'CLOSED'), _connector='OR'), name='activities_slot_closed_by_an_event'),
        ),
        migrations.AddIndex(
            model_name='collectiveevent',
            index=models.Index(fields=['end'], name='activities_events_by_end'),
        ),
        migrations.AddConstraint(
            model_name='collectiveevent',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['STRIKE', 'OUTING', 'ABSENT_TEACHER', 'CLOSURE', 'OTHER'])), name='activities_event_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='collectiveevent',
            constraint=models.CheckConstraint(condition=models.Q(('start__lt', models.F('end'))), name='activities_event_has_days'),
        ),
        migrations.AddConstraint(
            model_name='collectiveevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('school', None), ('school_class', None), ('scope', 'TOWN'), ('venue', None)), models.Q(('school__isnull', False), ('school_class', None), ('scope', 'SCHOOL'), ('venue', None)), models.Q(('school', None), ('school_class__isnull', False), ('scope', 'CLASS'), ('venue', None)), models.Q(('school', None), ('school_class', None), ('scope', 'VENUE'), ('venue__isnull', False)), models.Q(('activity__isnull', False), ('school', None), ('school_class', None), ('scope', 'ACTIVITY'), ('venue', None)), _connector='OR'), name='activities_event_scope_names_one'),
        ),
        migrations.AddConstraint(
            model_name='collectiveevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('effect', 'MOVED'), ('to_venue__isnull', False)), models.Q(('effect__in', ['CLOSED', 'FREE_ABSENCE', 'PICNIC']), ('to_venue', None)), _connector='OR'), name='activities_event_moves_somewhere'),
        ),
    ]
