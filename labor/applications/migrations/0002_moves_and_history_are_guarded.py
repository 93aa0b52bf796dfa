"""The database itself refuses a move that is not allowed, a history that was changed, and a move without its history."""

from django.db import migrations

# The moves of `labor.applications.moves` as they were when this was written; a test compares the two.
MOVES = """
CREATE FUNCTION applications_refuse_illegal_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.stage || '>' || NEW.stage) NOT IN (
    'applied>processing', 'applied>need_info', 'applied>shortlisted', 'applied>rejected', 'applied>pool', 'applied>withdrawn', 'applied>job_cancelled', 'applied>timed_out', 'applied>obsolete',
    'processing>need_info', 'processing>shortlisted', 'processing>rejected', 'processing>pool', 'processing>withdrawn', 'processing>job_cancelled', 'processing>timed_out', 'processing>obsolete',
    'need_info>processing', 'need_info>shortlisted', 'need_info>rejected', 'need_info>pool', 'need_info>withdrawn', 'need_info>job_cancelled', 'need_info>timed_out', 'need_info>obsolete',
    'shortlisted>interview_scheduled', 'shortlisted>prior_to_hire', 'shortlisted>offered', 'shortlisted>rejected', 'shortlisted>pool', 'shortlisted>withdrawn', 'shortlisted>job_cancelled', 'shortlisted>timed_out', 'shortlisted>obsolete',
    'interview_scheduled>interviewed', 'interview_scheduled>shortlisted', 'interview_scheduled>rejected', 'interview_scheduled>pool', 'interview_scheduled>withdrawn', 'interview_scheduled>job_cancelled', 'interview_scheduled>timed_out', 'interview_scheduled>obsolete',
    'interviewed>interview_scheduled', 'interviewed>prior_to_hire', 'interviewed>offered', 'interviewed>rejected', 'interviewed>pool', 'interviewed>withdrawn', 'interviewed>job_cancelled', 'interviewed>timed_out', 'interviewed>obsolete',
    'prior_to_hire>offered', 'prior_to_hire>rejected', 'prior_to_hire>pool', 'prior_to_hire>withdrawn', 'prior_to_hire>job_cancelled', 'prior_to_hire>timed_out', 'prior_to_hire>obsolete',
    'offered>withdrawn', 'offered>job_cancelled', 'offered>timed_out', 'offered>obsolete', 'offered>accepted', 'offered>retracted',
    'accepted>withdrawn', 'accepted>job_cancelled', 'accepted>retracted', 'accepted>onboarded',
    'obsolete>applied', 'obsolete>processing', 'obsolete>need_info', 'obsolete>shortlisted', 'obsolete>interview_scheduled', 'obsolete>interviewed', 'obsolete>prior_to_hire', 'obsolete>offered'
  ) THEN
    RAISE EXCEPTION 'application %: no move from % to %', OLD.id, OLD.stage, NEW.stage USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER applications_application_moves BEFORE UPDATE OF stage ON applications_application
  FOR EACH ROW WHEN (OLD.stage IS DISTINCT FROM NEW.stage) EXECUTE FUNCTION applications_refuse_illegal_move();
"""

# Looked at when the transaction commits: by then an action has written the event of its move.
HISTORY = """
CREATE FUNCTION applications_refuse_silent_move() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  now_at text;
  last_to text;
BEGIN
  SELECT stage INTO now_at FROM applications_application WHERE id = NEW.id;
  SELECT to_stage INTO last_to FROM applications_applicationevent WHERE application_id = NEW.id ORDER BY id DESC LIMIT 1;
  IF now_at IS DISTINCT FROM last_to THEN
    RAISE EXCEPTION 'application %: stage % has no event (the last one leads to %)', NEW.id, now_at, last_to
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER applications_application_moves_leave_events AFTER UPDATE OF stage ON applications_application
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.stage IS DISTINCT FROM NEW.stage) EXECUTE FUNCTION applications_refuse_silent_move();
"""

APPEND_ONLY = """
CREATE TRIGGER applications_applicationevent_is_append_only BEFORE UPDATE OR DELETE ON applications_applicationevent
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history();
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0001_initial"), ("employers", "0002_events_are_only_added")]

    operations = [
        migrations.RunSQL(
            MOVES,
            "DROP TRIGGER applications_application_moves ON applications_application;"
            "DROP FUNCTION applications_refuse_illegal_move();",
        ),
        migrations.RunSQL(
            HISTORY,
            "DROP TRIGGER applications_application_moves_leave_events ON applications_application;"
            "DROP FUNCTION applications_refuse_silent_move();",
        ),
        migrations.RunSQL(
            APPEND_ONLY,
            "DROP TRIGGER applications_applicationevent_is_append_only ON applications_applicationevent;",
        ),
    ]
