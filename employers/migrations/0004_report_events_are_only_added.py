"""What became of a report is history: rows are only added."""

from django.db import migrations

TRIGGER = """
CREATE TRIGGER employers_postingreportevent_is_append_only BEFORE UPDATE OR DELETE ON employers_postingreportevent
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history();
"""
UNDO = "DROP TRIGGER employers_postingreportevent_is_append_only ON employers_postingreportevent;"


class Migration(migrations.Migration):
    dependencies = [("employers", "0003_papers_oversight_and_saved_searches")]

    operations = [migrations.RunSQL(TRIGGER, UNDO)]
