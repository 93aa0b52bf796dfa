"""The booth of a queue was booked by one of its people, who kept the others out; now the queue itself holds it."""

from django.db import migrations

# The span stays as it is, and with it everything that the constraint compares.
TO_SITTINGS = """
UPDATE interviews_bookedtime booked SET sitting_id = sitting.id, interview_id = NULL
  FROM interviews_interview interview JOIN interviews_sitting sitting ON sitting.id = interview.sitting_id
 WHERE booked.interview_id = interview.id AND booked.held = 2 AND sitting.kind = 'queue'
"""

# Back to the first of those who are to sit there; the others have no booth of their own, as before.
TO_INTERVIEWS = """
UPDATE interviews_bookedtime booked SET sitting_id = NULL, interview_id = (
  SELECT min(id) FROM interviews_interview
   WHERE sitting_id = booked.sitting_id AND booth_id = booked.held_id AND state IN ('confirmed', 'live'))
 WHERE booked.held = 2 AND booked.sitting_id IS NOT NULL AND EXISTS (
  SELECT FROM interviews_interview
   WHERE sitting_id = booked.sitting_id AND booth_id = booked.held_id AND state IN ('confirmed', 'live'));
DELETE FROM interviews_bookedtime WHERE held = 2 AND sitting_id IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("interviews", "0008_confirmed_means_a_time")]

    operations = [migrations.RunSQL(TO_SITTINGS, TO_INTERVIEWS)]
