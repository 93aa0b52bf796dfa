"""What beat starts, and when. Each task claims due rows itself, so a second beat or a repeated start does no harm."""

from celery.schedules import crontab

SCHEDULE = {
    "deliver-waiting-notices": {"task": "jinba.notices.tasks.sweep", "schedule": 10},
    "close-applications-of-ended-postings": {"task": "labor.applications.tasks.sweep", "schedule": 60},
    # By day, so that nobody is woken; what one round leaves, the next one does.
    "remind-of-unanswered-applications": {
        "task": "labor.applications.tasks.remind",
        "schedule": crontab(hour="9-18", minute=10),
    },
    "close-unanswered-applications": {
        "task": "labor.applications.tasks.close_silent",
        "schedule": crontab(hour="9-18", minute=40),
    },
    "forget-email-codes": {"task": "jinba.notices.tasks.forget_proofs", "schedule": crontab(hour=3, minute=15)},
    "continue-match-runs": {"task": "labor.matching.tasks.sweep", "schedule": 10},
    "nightly-match-run": {"task": "labor.matching.tasks.nightly", "schedule": crontab(hour=2, minute=30)},
    "ask-for-old-verifications-again": {
        "task": "employers.tasks.watch_verifications",
        "schedule": crontab(hour=3, minute=40),
    },
    "stop-where-a-licence-ran-out": {"task": "employers.tasks.watch_papers", "schedule": crontab(hour=0, minute=5)},
    "rest-while-this-zone-has-no-licence": {"task": "employers.tasks.watch_own_licence", "schedule": 600},
    "look-at-postings-with-new-phrases": {"task": "employers.tasks.rescan", "schedule": 60},
    "end-delegations-that-ran-out": {
        "task": "labor.workers.tasks.care_for_delegations",
        "schedule": crontab(hour=0, minute=20),
    },
    # Twice a minute: the pace of these texts counts on it.
    "tell-who-has-no-account-of-his-helper": {"task": "labor.workers.tasks.tell_by_text", "schedule": 30},
    "continue-rosters": {"task": "labor.workers.tasks.sweep_batches", "schedule": 20},
    "find-duplicate-workers": {"task": "labor.workers.tasks.find_duplicates", "schedule": crontab(hour=4, minute=10)},
    "forget-rosters": {"task": "labor.workers.tasks.forget_rosters", "schedule": crontab(hour=3, minute=50)},
    "continue-exports": {"task": "jinba.privacy.tasks.sweep_exports", "schedule": 60},
    "forget-exports": {"task": "jinba.privacy.tasks.forget_exports", "schedule": crontab(hour=4, minute=5)},
    "forget-old-sessions": {"task": "jinba.accounts.tasks.forget_sessions", "schedule": crontab(hour=3, minute=20)},
    "forget-kept-answers": {"task": "jinba.accounts.tasks.forget_answers", "schedule": crontab(hour=3, minute=5)},
    "forget-old-codes": {"task": "jinba.accounts.tasks.forget_codes", "schedule": crontab(hour=3, minute=10)},
    "remind-of-interviews": {"task": "labor.interviews.tasks.remind", "schedule": 20},
    "settle-interviews": {"task": "labor.interviews.tasks.sweep", "schedule": 60},
    "text-links-of-rooms": {"task": "labor.interviews.tasks.text", "schedule": 15},
    "end-and-delete-recordings": {"task": "labor.interviews.tasks.sweep_recordings", "schedule": 60},
    "clear-files-of-no-recording": {
        "task": "labor.interviews.tasks.clear_recordings",
        "schedule": crontab(hour=4, minute=20),
    },
    "forget-words-of-rooms": {"task": "labor.interviews.tasks.forget_rooms", "schedule": crontab(hour=4, minute=15)},
    "watch-pictures-of-live-sessions": {"task": "labor.live.tasks.watch_pictures", "schedule": 10},
    "stop-live-sessions-without-papers": {"task": "labor.live.tasks.enforce", "schedule": 10},
    "notice-closed-cards-of-live-sessions": {"task": "labor.live.tasks.notice_closed_cards", "schedule": 10},
    "cancel-sessions-that-never-began": {"task": "labor.live.tasks.lapse", "schedule": 300},
    "remind-of-live-sessions": {"task": "labor.live.tasks.remind", "schedule": 30},
    "make-replays": {"task": "labor.live.tasks.sweep_replays", "schedule": 5},
    "tidy-pictures-of-live-sessions": {"task": "labor.live.tasks.tidy_pictures", "schedule": 60},
    "retire-replays": {"task": "labor.live.tasks.retire_replays", "schedule": crontab(hour=4, minute=25)},
    "tell-of-new-postings": {"task": "employers.tasks.tell_of_new_postings", "schedule": 600},
}
