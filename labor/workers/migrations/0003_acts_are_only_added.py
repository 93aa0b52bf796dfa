"""What somebody did for a worker is history: rows are only added."""

from django.db import migrations

TRIGGER = """
CREATE TRIGGER workers_workeract_is_append_only BEFORE UPDATE OR DELETE ON workers_workeract
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history();
"""
UNDO = "DROP TRIGGER workers_workeract_is_append_only ON workers_workeract;"


class Migration(migrations.Migration):
    dependencies = [
        ("workers", "0002_delegations_consents_and_intake"),
        ("employers", "0002_events_are_only_added"),
    ]

    operations = [migrations.RunSQL(TRIGGER, UNDO)]
