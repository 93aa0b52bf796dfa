"""Who saw what is history: rows are only added. The function has a name of its own, because this app stands below."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION privacy_refuse_change_of_looks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%: rows of history are only added (% refused)', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'restrict_violation';
END $$;
"""
TRIGGER = """
CREATE TRIGGER privacy_personaldataaccess_is_append_only BEFORE UPDATE OR DELETE ON privacy_personaldataaccess
  FOR EACH ROW EXECUTE FUNCTION privacy_refuse_change_of_looks();
"""
UNDO = "DROP TRIGGER privacy_personaldataaccess_is_append_only ON privacy_personaldataaccess;"


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION privacy_refuse_change_of_looks();"),
        migrations.RunSQL(TRIGGER, UNDO),
    ]
