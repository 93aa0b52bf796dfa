"""Words to users, and their ways out of the house. Use: `from jinba.notices import actions as notices`."""

from jinba.notices.actions.choosing import (
    check_email_code,
    choices_of,
    choose,
    forget_email,
    forget_old_proofs,
    send_email_code,
    switch_off,
    waiting_address,
)
from jinba.notices.actions.reading import mark_read, show_new
from jinba.notices.actions.sending import send_again, send_due, wake_senders
from jinba.notices.actions.telling import recall, tell, tell_all

__all__ = [
    "check_email_code",
    "choices_of",
    "choose",
    "forget_email",
    "forget_old_proofs",
    "mark_read",
    "recall",
    "send_again",
    "send_due",
    "send_email_code",
    "show_new",
    "switch_off",
    "tell",
    "tell_all",
    "waiting_address",
    "wake_senders",
]
