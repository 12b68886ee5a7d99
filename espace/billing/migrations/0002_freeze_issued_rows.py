"""Triggers on both databases: an issued invoice, its lines and its charges do not change (I20, I26).

The one switch is a row in `billing_maintenance`, which `billing.services.maintenance` writes and removes inside one
transaction: nobody else ever sees it. The table has no model, so that a flush of the tests leaves it alone.

SQLite loses the triggers of a table that Django remakes: a later migration that alters one of these tables ends with
`migrations.RunPython(freeze, thaw)` again, and tests/billing/test_constraints.py tells whoever forgets.
"""

from django.db import migrations

TABLES = ("billing_invoice", "billing_invoiceline", "billing_charge")
FROZEN_COLUMNS = (
    "cash_office_id", "run_id", "debtor_id", "household_id", "snapshot", "year", "number", "reference", "month",
    "issued_on", "due_on", "total",
)  # fmt: skip
SWITCH = "EXISTS (SELECT 1 FROM billing_maintenance)"
OF_LINE = "(SELECT i.state FROM billing_invoice i WHERE i.id = {row}.invoice_id) <> 'DRAFT'"
OF_CHARGE = (
    "(SELECT i.state FROM billing_invoice i JOIN billing_invoiceline l ON l.invoice_id = i.id"
    " WHERE l.id = {row}.invoice_line_id) <> 'DRAFT'"
)
REFUSED = "billing_issued_is_frozen"


def conditions(differs, as_text):
    """(table, event, when it is refused), in SQL both databases read. `differs` compares two values, NULL included."""
    changed = " OR ".join(
        differs(f"{as_text(f'OLD.{column}')}", f"{as_text(f'NEW.{column}')}")
        if column == "snapshot"
        else differs(f"OLD.{column}", f"NEW.{column}")
        for column in FROZEN_COLUMNS
    )
    back_to_draft = "NEW.state = 'DRAFT'"
    return [
        ("billing_invoice", "UPDATE", f"OLD.state <> 'DRAFT' AND ({changed} OR {back_to_draft})"),
        ("billing_invoice", "DELETE", "OLD.state <> 'DRAFT'"),
        ("billing_invoiceline", "INSERT", OF_LINE.format(row="NEW")),
        ("billing_invoiceline", "UPDATE", f"{OF_LINE.format(row='OLD')} OR {OF_LINE.format(row='NEW')}"),
        ("billing_invoiceline", "DELETE", OF_LINE.format(row="OLD")),
        ("billing_charge", "INSERT", OF_CHARGE.format(row="NEW")),
        ("billing_charge", "UPDATE", f"{OF_CHARGE.format(row='OLD')} OR {OF_CHARGE.format(row='NEW')}"),
        ("billing_charge", "DELETE", OF_CHARGE.format(row="OLD")),
    ]


def name_of(table, event):
    return f"{table}_frozen_{event.lower()}"


def freeze(apps, schema_editor):
    """Creates the triggers, or creates them again."""
    thaw(apps, schema_editor)
    if schema_editor.connection.vendor == "postgresql":
        freeze_postgresql(schema_editor)
    else:
        freeze_sqlite(schema_editor)


def freeze_sqlite(schema_editor):
    for table, event, refused in conditions(lambda a, b: f"{a} IS NOT {b}", lambda c: c):
        schema_editor.execute(
            f"CREATE TRIGGER {name_of(table, event)} BEFORE {event} ON {table} FOR EACH ROW"
            f" WHEN ({refused}) AND NOT {SWITCH}"
            f" BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
        )


def freeze_postgresql(schema_editor):
    for table, event, refused in conditions(lambda a, b: f"{a} IS DISTINCT FROM {b}", lambda c: f"{c}::text"):
        name = name_of(table, event)
        answer = "OLD" if event == "DELETE" else "NEW"
        schema_editor.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF ({refused}) AND NOT {SWITCH} THEN"
            f" RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'restrict_violation'; END IF;"
            f" RETURN {answer}; END $$"
        )
        schema_editor.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
        )


def thaw(apps, schema_editor):
    """Drops the triggers."""
    for table in TABLES:
        for event in ("INSERT", "UPDATE", "DELETE"):
            if schema_editor.connection.vendor == "postgresql":
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {name_of(table, event)} ON {table}")
                schema_editor.execute(f"DROP FUNCTION IF EXISTS {name_of(table, event)}()")
            else:
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {name_of(table, event)}")


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE TABLE billing_maintenance (reason varchar(500) NOT NULL)",
            "DROP TABLE billing_maintenance",
        ),
        migrations.RunPython(freeze, thaw),
    ]
