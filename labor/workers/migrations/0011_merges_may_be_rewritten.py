"""A merge stays history; but what it keeps in cipher gets new keys, and goes when the person is forgotten."""

from django.db import migrations

TABLE = "workers_mergerecord"
FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change_unless_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND COALESCE(current_setting('jinba.rewrites_history', true), '') = 'yes' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '%: rows of history are only added (% refused)', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'restrict_violation';
END $$;
"""
TRIGGER = """
DROP TRIGGER {table}_is_append_only ON {table};
CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION {function}();
"""


class Migration(migrations.Migration):
    dependencies = [("workers", "0010_people_are_forgotten")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION refuse_change_unless_rewriting();"),
        migrations.RunSQL(
            TRIGGER.format(table=TABLE, function="refuse_change_unless_rewriting"),
            TRIGGER.format(table=TABLE, function="refuse_change_of_history"),
        ),
    ]
