"""What beat starts, and when. Each task claims due rows itself, so a second beat or a repeated start does no harm."""

from celery.schedules import crontab

SCHEDULE = {
    "deliver-waiting-notices": {"task": "jinba.notices.tasks.sweep", "schedule": 10},
    "continue-match-runs": {"task": "labor.matching.tasks.sweep", "schedule": 10},
    "nightly-match-run": {"task": "labor.matching.tasks.nightly", "schedule": crontab(hour=2, minute=30)},
}
