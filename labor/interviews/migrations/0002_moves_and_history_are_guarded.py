"""The database itself refuses a move that is not allowed, a history that was changed, and a move without its history."""

from django.db import migrations

# The moves of `labor.interviews.moves` as they were when this was written; a test compares the two.
MOVES = """
CREATE FUNCTION interviews_refuse_illegal_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.state || '>' || NEW.state) NOT IN (
    'proposed>confirmed', 'proposed>cancelled',
    'confirmed>rescheduling', 'confirmed>live', 'confirmed>done', 'confirmed>no_show', 'confirmed>cancelled',
    'rescheduling>confirmed', 'rescheduling>cancelled',
    'live>rescheduling', 'live>done', 'live>cancelled',
    'no_show>done'
  ) THEN
    RAISE EXCEPTION 'interview %: no move from % to %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER interviews_interview_moves BEFORE UPDATE OF state ON interviews_interview
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION interviews_refuse_illegal_move();
"""

# Looked at when the transaction commits: by then an action has written the event of its move.
HISTORY = """
CREATE FUNCTION interviews_refuse_silent_move() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  now_at text;
  last_to text;
BEGIN
  SELECT state INTO now_at FROM interviews_interview WHERE id = NEW.id;
  SELECT to_state INTO last_to FROM interviews_interviewevent WHERE interview_id = NEW.id ORDER BY id DESC LIMIT 1;
  IF now_at IS DISTINCT FROM last_to THEN
    RAISE EXCEPTION 'interview %: state % has no event (the last one leads to %)', NEW.id, now_at, last_to
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER interviews_interview_moves_leave_events AFTER UPDATE OF state ON interviews_interview
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION interviews_refuse_silent_move();
"""

APPEND_ONLY = """
CREATE TRIGGER interviews_interviewevent_is_append_only BEFORE UPDATE OR DELETE ON interviews_interviewevent
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history();
"""


class Migration(migrations.Migration):
    dependencies = [("interviews", "0001_initial"), ("employers", "0002_events_are_only_added")]

    operations = [
        migrations.RunSQL(
            MOVES,
            "DROP TRIGGER interviews_interview_moves ON interviews_interview;"
            "DROP FUNCTION interviews_refuse_illegal_move();",
        ),
        migrations.RunSQL(
            HISTORY,
            "DROP TRIGGER interviews_interview_moves_leave_events ON interviews_interview;"
            "DROP FUNCTION interviews_refuse_silent_move();",
        ),
        migrations.RunSQL(
            APPEND_ONLY,
            "DROP TRIGGER interviews_interviewevent_is_append_only ON interviews_interviewevent;",
        ),
    ]
