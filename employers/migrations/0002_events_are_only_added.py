"""History is append-only: the database refuses to change or delete a row of it, whoever asks."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change_of_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%: rows of history are only added (% refused)', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'restrict_violation';
END $$;
"""
TRIGGER = """
CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history();
"""
UNDO = "DROP TRIGGER {table}_is_append_only ON {table};"
TABLES = ("employers_employerevent", "employers_postingevent")


class Migration(migrations.Migration):
    dependencies = [("employers", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION refuse_change_of_history();"),
        *[migrations.RunSQL(TRIGGER.format(table=table), UNDO.format(table=table)) for table in TABLES],
    ]
