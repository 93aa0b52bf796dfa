"""What each kind of notice is: its topic, whom it may reach, and whether it is worth a text or a letter.

Every notice is shown on the site. A text or an e-mail goes out besides when the kind is worth it to the reader's role,
and the reader has that topic switched on for the channel (`Preference`; without one, what `is_on_at_first` says).

Every `kind=` of a `tell` has its line here, and no line is without one: tests/notices/test_rules.py walks the code.
One-time codes are no notices: they never pass here, and wait for no morning.
"""

import logging
from dataclasses import dataclass

from jinba.accounts.choices import Role
from jinba.notices.choices import Channel, Topic

logger = logging.getLogger(__name__)

Roles = frozenset[str]

WORKERS: Roles = frozenset({Role.SEEKER})
EMPLOYERS: Roles = frozenset({Role.EMPLOYER})
HELPERS: Roles = frozenset({Role.BROKER, Role.PARK})
STAFF: Roles = frozenset({Role.OFFICER, Role.ADMIN})
NOBODY: Roles = frozenset()
SEATS = "/rooms/j/"  # links that open the room of an interview for one person


@dataclass(frozen=True)
class Rule:
    """`to` whom it may be said at all; to which of them it is worth a text (`sms`), a letter (`email`; None: to all).

    `is_urgent`: its text does not wait for the end of the quiet hours. That wakes people: only for what would be too
    late in the morning. `own_link`: a notice whose address begins so is texted alone and with that very address,
    which opens without signing in.
    """

    topic: Topic
    to: Roles
    sms: Roles = NOBODY
    email: Roles | None = None
    is_urgent: bool = False
    own_link: str = ""

    def goes_by(self, channel: str, role: str) -> bool:
        """Whether this kind is worth that channel to such a reader."""
        worth = self.sms if channel == Channel.SMS else self.to if self.email is None else self.email
        return role in self.to and role in worth


def _step(topic: Topic = Topic.APPLICATIONS, *, sms: Roles = NOBODY) -> Rule:
    """A step of an application: the side that did not make it is told, or both."""
    return Rule(topic, to=WORKERS | EMPLOYERS, sms=sms)


RULES: dict[str, Rule] = {
    # labor.applications: one kind for each stage (`application.<stage>`)
    "application.applied": Rule(Topic.ARRIVALS, to=EMPLOYERS, sms=EMPLOYERS),
    "application.processing": _step(),
    "application.need_info": _step(sms=WORKERS),
    "application.shortlisted": _step(),
    "application.interview_scheduled": _step(Topic.INTERVIEWS, sms=WORKERS),
    "application.interviewed": _step(),
    "application.prior_to_hire": _step(Topic.OFFERS, sms=WORKERS),
    "application.offered": _step(Topic.OFFERS, sms=WORKERS),
    "application.accepted": _step(Topic.OFFERS, sms=EMPLOYERS),
    "application.onboarded": _step(Topic.OFFERS),
    "application.pool": _step(sms=WORKERS),
    "application.rejected": _step(sms=WORKERS),
    "application.withdrawn": _step(sms=EMPLOYERS),
    "application.obsolete": _step(),
    "application.timed_out": _step(sms=WORKERS),
    "application.job_cancelled": _step(sms=WORKERS),
    "application.retracted": _step(Topic.OFFERS, sms=WORKERS),
    # labor.interviews: the worker and whoever may act for him, the recruiter, the host of the booth
    "interview.offered": Rule(Topic.INTERVIEWS, to=WORKERS | HELPERS, sms=WORKERS),
    "interview.confirmed": Rule(Topic.INTERVIEWS, to=WORKERS | EMPLOYERS | HELPERS, sms=WORKERS, own_link=SEATS),
    "interview.changed": Rule(Topic.INTERVIEWS, to=WORKERS | EMPLOYERS | HELPERS, sms=WORKERS, own_link=SEATS),
    "interview.cancelled": Rule(Topic.INTERVIEWS, to=WORKERS | EMPLOYERS | HELPERS, sms=WORKERS),
    "interview.tomorrow": Rule(Topic.INTERVIEWS, to=WORKERS | EMPLOYERS | HELPERS),
    # Two hours and 15 minutes before it, and when it is his turn: in the morning that would be too late.
    "interview.reminder": Rule(
        Topic.INTERVIEWS, to=WORKERS | EMPLOYERS | HELPERS, sms=WORKERS, is_urgent=True, own_link=SEATS
    ),
    "interview.called": Rule(Topic.INTERVIEWS, to=WORKERS | HELPERS, sms=WORKERS, is_urgent=True, own_link=SEATS),
    "interview.waiting": Rule(Topic.INTERVIEWS, to=WORKERS | HELPERS),
    "interview.by_phone": Rule(Topic.INTERVIEWS, to=WORKERS | EMPLOYERS | HELPERS),
    "interview.no_show": Rule(Topic.INTERVIEWS, to=WORKERS | EMPLOYERS | HELPERS),
    "interview.result": Rule(Topic.INTERVIEWS, to=WORKERS | HELPERS),  # the application's own step may be a text
    "interview.result_wanted": Rule(Topic.INTERVIEWS, to=EMPLOYERS),
    # labor.interviews: who is on duty in a booth for a colleague, and is not any more
    "booth.stand_in": Rule(Topic.DESK, to=HELPERS),
    "booth.stand_in_over": Rule(Topic.DESK, to=HELPERS),
    # labor.applications: who owes an answer (`turn.<stage>` to the worker), and what ended without one
    "silence.waiting": Rule(Topic.APPLICATIONS, to=EMPLOYERS, sms=EMPLOYERS),
    "silence.ended": Rule(Topic.APPLICATIONS, to=EMPLOYERS),
    "turn.need_info": Rule(Topic.APPLICATIONS, to=WORKERS | HELPERS, sms=WORKERS),
    "turn.offered": Rule(Topic.OFFERS, to=WORKERS | HELPERS, sms=WORKERS),
    "invitation": Rule(Topic.INVITATIONS, to=WORKERS, sms=WORKERS),
    # labor.workers
    "partner_joined": Rule(Topic.PEOPLE, to=WORKERS),
    "delegation_asked": Rule(Topic.PEOPLE, to=WORKERS, sms=WORKERS),
    "delegation_agreed": Rule(Topic.PEOPLE, to=HELPERS),
    "delegation_refused": Rule(Topic.PEOPLE, to=HELPERS),
    "delegation_started": Rule(Topic.PEOPLE, to=WORKERS, sms=WORKERS),
    "delegation_ended": Rule(Topic.PEOPLE, to=WORKERS | HELPERS),
    "delegation_ending": Rule(Topic.PEOPLE, to=WORKERS | HELPERS),
    "acted_for_you": Rule(Topic.PEOPLE, to=WORKERS),
    # labor.applications, for those who look after people and for people who go together
    "person_news": Rule(Topic.PEOPLE, to=HELPERS),
    "companion_asked": Rule(Topic.PEOPLE, to=WORKERS, sms=WORKERS),
    "companion_answered": Rule(Topic.PEOPLE, to=WORKERS | HELPERS),
    "roster": Rule(Topic.PEOPLE, to=HELPERS),
    "profiles_merged": Rule(Topic.PEOPLE, to=WORKERS, sms=WORKERS),
    # employers: one kind for each state of the verification (`employer_<state>`)
    "employer_verified": Rule(Topic.DESK, to=EMPLOYERS, sms=EMPLOYERS),
    "employer_returned": Rule(Topic.DESK, to=EMPLOYERS, sms=EMPLOYERS),
    "employer_due": Rule(Topic.DESK, to=EMPLOYERS, sms=EMPLOYERS),
    "employer_suspended": Rule(Topic.DESK, to=EMPLOYERS, sms=EMPLOYERS),
    "employer_banned": Rule(Topic.DESK, to=EMPLOYERS, sms=EMPLOYERS),
    "document_approved": Rule(Topic.DESK, to=EMPLOYERS),
    "document_returned": Rule(Topic.DESK, to=EMPLOYERS, sms=EMPLOYERS),
    "document_rejected": Rule(Topic.DESK, to=EMPLOYERS, sms=EMPLOYERS),
    "document_ending": Rule(Topic.DESK, to=EMPLOYERS),
    "licence_ending": Rule(Topic.DESK, to=EMPLOYERS | STAFF, sms=EMPLOYERS),
    "licence_ended": Rule(Topic.DESK, to=EMPLOYERS, sms=EMPLOYERS),
    "zone_paused": Rule(Topic.DESK, to=EMPLOYERS),  # to all of them at once: not worth texts
    "posting_published": Rule(Topic.DESK, to=EMPLOYERS),
    "posting_rejected": Rule(Topic.DESK, to=EMPLOYERS, sms=EMPLOYERS),
    "posting_removed": Rule(Topic.DESK, to=EMPLOYERS, sms=EMPLOYERS),
    "report_answered": Rule(Topic.APPLICATIONS, to=WORKERS | EMPLOYERS | HELPERS | STAFF),
    # Asked for by himself, and once a day at most.
    "search.new": Rule(Topic.SEARCHES, to=WORKERS | EMPLOYERS | HELPERS | STAFF, sms=WORKERS),
    "member_joined": Rule(Topic.PEOPLE, to=EMPLOYERS),
    # labor.live: its planning, to the crew and the officers.
    "live.submitted": Rule(Topic.DESK, to=STAFF),
    "live.approved": Rule(Topic.DESK, to=EMPLOYERS | HELPERS),
    "live.returned": Rule(Topic.DESK, to=EMPLOYERS | HELPERS, sms=EMPLOYERS),
    "live.called_off": Rule(Topic.DESK, to=EMPLOYERS | HELPERS, sms=EMPLOYERS),
    "live.stopped": Rule(Topic.DESK, to=EMPLOYERS | HELPERS, sms=EMPLOYERS, is_urgent=True),
    "live.replay_failed": Rule(Topic.DESK, to=EMPLOYERS | HELPERS),
    # labor.live: questions that nobody answered on air, and their answers.
    "live.asked": Rule(Topic.DESK, to=EMPLOYERS | HELPERS),
    "live.answered": Rule(Topic.LIVE, to=WORKERS | EMPLOYERS | HELPERS),
    # labor.live: to whom reserved. Asked for by themselves, and in the morning too late.
    "live.soon": Rule(Topic.LIVE, to=WORKERS | EMPLOYERS | HELPERS | STAFF, sms=WORKERS, is_urgent=True),
    "live.started": Rule(Topic.LIVE, to=WORKERS | EMPLOYERS | HELPERS | STAFF),
    "live.moved": Rule(Topic.LIVE, to=WORKERS | EMPLOYERS | HELPERS | STAFF, sms=WORKERS),
    "live.cancelled": Rule(Topic.LIVE, to=WORKERS | EMPLOYERS | HELPERS | STAFF, sms=WORKERS),
}

# Topics that wait for the reader to switch them on. Who enters an e-mail address wants letters: all of those are on.
OFF_AT_FIRST: frozenset[tuple[str, str]] = frozenset({
    (Topic.ARRIVALS, Channel.SMS),
    (Topic.SEARCHES, Channel.SMS),
})  # fmt: skip

# A kind that nobody wrote a rule for stays on the site.
ON_SITE_ONLY = Rule(Topic.APPLICATIONS, to=NOBODY)


def rule_of(kind: str) -> Rule:
    rule = RULES.get(kind)
    if rule is None:
        logger.error("notices: there is no rule for %s; it is shown on the site only", kind)
    return rule or ON_SITE_ONLY


def is_on_at_first(topic: str, channel: str) -> bool:
    """Whether the topic goes out by that channel before the reader said anything."""
    return (topic, channel) not in OFF_AT_FIRST


def topics_of(role: str) -> list[Topic]:
    """What a reader of that role may be told of, in the order of the topics."""
    return [topic for topic in Topic if any(rule.topic == topic and role in rule.to for rule in RULES.values())]


def channels_of(topic: str, role: str) -> list[Channel]:
    """By which channels something of that topic may leave the house for a reader of that role."""
    return [
        channel
        for channel in Channel
        if any(rule.topic == topic and rule.goes_by(channel, role) for rule in RULES.values())
    ]
