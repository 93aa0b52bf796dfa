"""The database itself refuses a move that is not allowed, a history that was changed, and a move without its history."""

from django.db import migrations

# The moves of `labor.live.moves` as they were when this was written; a test compares the two.
MOVES = """
CREATE FUNCTION live_refuse_illegal_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.state || '>' || NEW.state) NOT IN (
    'planned>review', 'planned>cancelled',
    'review>planned', 'review>announced', 'review>cancelled',
    'announced>planned', 'announced>live', 'announced>cancelled',
    'live>ended', 'live>aborted',
    'ended>replay', 'replay>ended'
  ) THEN
    RAISE EXCEPTION 'live session %: no move from % to %', OLD.id, OLD.state, NEW.state
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER live_livesession_moves BEFORE UPDATE OF state ON live_livesession
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION live_refuse_illegal_move();
"""

# Looked at when the transaction commits: by then an action has written the event of its move.
HISTORY = """
CREATE FUNCTION live_refuse_silent_move() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  now_at text;
  last_to text;
BEGIN
  SELECT state INTO now_at FROM live_livesession WHERE id = NEW.id;
  SELECT to_state INTO last_to FROM live_sessionevent WHERE session_id = NEW.id ORDER BY id DESC LIMIT 1;
  IF now_at IS DISTINCT FROM last_to THEN
    RAISE EXCEPTION 'live session %: state % has no event (the last one leads to %)', NEW.id, now_at, last_to
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER live_livesession_moves_leave_events AFTER UPDATE OF state ON live_livesession
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION live_refuse_silent_move();
"""

APPEND_ONLY = """
CREATE TRIGGER live_sessionevent_is_append_only BEFORE UPDATE OR DELETE ON live_sessionevent
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history();
CREATE TRIGGER live_entry_is_append_only BEFORE UPDATE OR DELETE ON live_entry
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history();
"""


class Migration(migrations.Migration):
    dependencies = [("live", "0001_initial"), ("employers", "0002_events_are_only_added")]

    operations = [
        migrations.RunSQL(
            MOVES,
            "DROP TRIGGER live_livesession_moves ON live_livesession; DROP FUNCTION live_refuse_illegal_move();",
        ),
        migrations.RunSQL(
            HISTORY,
            "DROP TRIGGER live_livesession_moves_leave_events ON live_livesession;"
            "DROP FUNCTION live_refuse_silent_move();",
        ),
        migrations.RunSQL(
            APPEND_ONLY,
            "DROP TRIGGER live_sessionevent_is_append_only ON live_sessionevent;"
            "DROP TRIGGER live_entry_is_append_only ON live_entry;",
        ),
    ]
