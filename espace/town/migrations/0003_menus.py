from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("town", "0002_corrected_days"),
    ]

    operations = [
        migrations.CreateModel(
            name="Menu",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("date", models.DateField(unique=True)),
                ("lines", models.TextField()),
            ],
            options={
                "ordering": ["date"],
                "constraints": [
                    models.CheckConstraint(condition=~models.Q(lines=""), name="town_menu_says_something"),
                ],
            },
        ),
    ]
