"""Who can sign in to the demo, and what has happened in it so far."""

import json
import os
import random
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from employers.choices import MemberRole, Origin, PostingState
from employers.models import Employer, JobPosting, Member, PostingEvent
from jinba.accounts import groups
from jinba.accounts.choices import Role, Side
from jinba.accounts.models import User
from jinba.notices.models import Notice
from jinba.reference.choices import Education, Shift
from labor.applications.choices import CLOSED, HIRED, CloseReason, Stage, Via
from labor.applications.consent import consent_text
from labor.applications.models import Application, ApplicationEvent
from labor.workers.choices import GroupKind, Need, RegisteredVia, ReturnWish
from labor.workers.models import Worker, WorkerGroup, WorkerSkill

# (user name, role, side, name, phone); who has no phone signs in with a password.
ACCOUNTS: tuple[tuple[str, Role, str, str, str], ...] = (
    ("demo-admin", Role.ADMIN, "", "演示管理员", ""),
    ("demo-officer", Role.OFFICER, Side.WEST, "演示人社干部", ""),
    ("demo-reviewer", Role.OFFICER, Side.EAST, "演示审核员", ""),
    ("demo-park", Role.PARK, Side.EAST, "演示园区专员", "19900000004"),
    ("demo-broker", Role.BROKER, Side.WEST, "演示经纪人", "19900000003"),
    ("demo-owner", Role.EMPLOYER, Side.EAST, "演示企业负责人", "19900000001"),
    ("demo-recruiter", Role.EMPLOYER, Side.EAST, "演示招聘专员", "19900000002"),
    ("demo-worker", Role.SEEKER, Side.WEST, "何建国", "19900000005"),
    # One number, two people: signing in asks who it is.
    ("demo-couple-1", Role.SEEKER, Side.WEST, "岳成林", "19900000006"),
    ("demo-couple-2", Role.SEEKER, Side.WEST, "苟桂芳", "19900000006"),
)
# What the demo's officers may do: one nearly everything, one only reviews.
OFFICERS: dict[str, tuple[str, ...]] = {
    "demo-officer": tuple(name for name in groups.ALL if name != "导出明文"),
    "demo-reviewer": ("认证审核", "岗位审核"),
}
MOST_APPLICATIONS = 20_000

PATHS: dict[Stage, tuple[Stage, ...]] = {
    Stage.APPLIED: (),
    Stage.PROCESSING: (Stage.PROCESSING,),
    Stage.NEED_INFO: (Stage.PROCESSING, Stage.NEED_INFO),
    Stage.SHORTLISTED: (Stage.PROCESSING, Stage.SHORTLISTED),
    Stage.INTERVIEW_SCHEDULED: (Stage.SHORTLISTED, Stage.INTERVIEW_SCHEDULED),
    Stage.INTERVIEWED: (Stage.SHORTLISTED, Stage.INTERVIEW_SCHEDULED, Stage.INTERVIEWED),
    Stage.OFFERED: (Stage.SHORTLISTED, Stage.INTERVIEW_SCHEDULED, Stage.INTERVIEWED, Stage.OFFERED),
    Stage.ACCEPTED: (Stage.SHORTLISTED, Stage.OFFERED, Stage.ACCEPTED),
    Stage.ONBOARDED: (Stage.SHORTLISTED, Stage.OFFERED, Stage.ACCEPTED, Stage.ONBOARDED),
    Stage.REJECTED: (Stage.PROCESSING, Stage.REJECTED),
    Stage.POOL: (Stage.SHORTLISTED, Stage.POOL),
    Stage.WITHDRAWN: (Stage.PROCESSING, Stage.WITHDRAWN),
}
WEIGHTS = dict(zip(PATHS, (22, 14, 4, 12, 10, 8, 7, 7, 5, 6, 2, 3), strict=True))
REASONS = {
    Stage.REJECTED: (CloseReason.SKILLS, CloseReason.UNREACHABLE, CloseReason.FULL),
    Stage.POOL: (CloseReason.FULL,),
    Stage.WITHDRAWN: (CloseReason.STAYS_HOME, CloseReason.HIRED_ELSEWHERE),
}


# People who can sign in ----------------------------------------------------------------------------------------------


def make_accounts() -> dict[str, User]:
    """One user for every role. Passwords are made up anew and kept in a file of this machine only."""
    users, passwords = {}, {}
    for username, role, side, name, phone in ACCOUNTS:
        user = User.objects.filter(username=username).first()
        if user is None:
            password = None if phone else "-".join(secrets.token_hex(2) for _ in range(4))
            if password:
                passwords[username] = password
            user = User.objects.create_user(
                username, password, phone=phone, role=role, side=side, name=name, is_superuser=role == Role.ADMIN
            )
            user.groups.set(groups.named(OFFICERS.get(username, ())))
        users[username] = user
    if passwords:
        _keep(passwords)
    return users


def _keep(passwords: dict[str, str]) -> None:
    path = settings.VAR_DIR / "demo-accounts.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(passwords, file)


def kept_passwords() -> dict[str, str]:
    try:
        kept = json.loads((settings.VAR_DIR / "demo-accounts.json").read_text())
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def make_members(users: dict[str, User]) -> Employer:
    """The firm whose desk the demo's employer accounts open."""
    employer = Employer.objects.filter(origin=Origin.DEMO).trusted().order_by("id").first()
    assert employer is not None
    for username, role in (("demo-owner", MemberRole.OWNER), ("demo-recruiter", MemberRole.RECRUITER)):
        Member.objects.get_or_create(user=users[username], defaults={"employer": employer, "role": role})
    return employer


def make_known_workers(users: dict[str, User]) -> list[Worker]:
    """The workers behind the demo's accounts: one alone, and a couple who share a phone."""
    if Worker.objects.filter(user=users["demo-worker"]).exists():
        return []
    couple = WorkerGroup.objects.create(kind=GroupKind.COUPLE, code="DEMO88")
    alone: dict[str, Any] = {
        "home_id": "511921100", "village": "三村", "trades": [206, 211, 301], "years": 4, "min_pay": 6500,
        "certificates": [2, 12], "return_wish": ReturnWish.LATER, "places": ["330784", "330782"],
    }  # fmt: skip
    both: dict[str, Any] = {
        "home_id": "511922103", "village": "中心村", "years": 2, "min_pay": 5000, "group": couple,
        "couple_room_need": Need.MUST, "return_wish": ReturnWish.YES, "places": ["3307", "511922"],
    }  # fmt: skip
    workers = []
    for username, born, own in (
        ("demo-worker", 1988, alone),
        ("demo-couple-1", 1984, {**both, "trades": [303, 701]}),
        ("demo-couple-2", 1986, {**both, "trades": [103, 601]}),
    ):
        user = users[username]
        worker = Worker(
            user=user, name=user.name, birth_date=datetime(born, 5, 12, tzinfo=timezone.get_current_timezone()).date(),
            education=Education.JUNIOR, is_open_to_any=False, housing_need=Need.MUST, wants_meals=True,
            shifts=[Shift.DAY.value, Shift.TWO.value], registered_via=RegisteredVia.DEMO, **own,
        )  # fmt: skip
        worker.set_phone(user.phone or "")
        worker.save()
        workers.append(worker)
    WorkerSkill.objects.bulk_create(
        WorkerSkill(worker=workers[0], skill_id=skill, level=level) for skill, level in ((20, 2), (21, 3), (18, 1))
    )
    return workers


# What has happened ---------------------------------------------------------------------------------------------------


class Story:
    """Applications in several stages with their histories, and the words that were sent about them."""

    def __init__(self, *, seed: int, employer: Employer, users: dict[str, User], known: list[Worker]) -> None:
        self.rng = random.Random(f"story {seed}")
        self.now = timezone.now()
        self.employer, self.users, self.known = employer, users, known
        self.applications: list[Application] = []
        self.events: list[ApplicationEvent] = []
        self.hired: dict[int, int] = {}

    def write(self, worker_ids: range) -> int:
        """Write up to a quarter as many applications as there are workers; returns how many."""
        postings = list(
            JobPosting.objects.open()
            .select_related("employer")
            .only(
                "id", "title", "trade_id", "headcount", "filled", "published_at", "employer__name", "employer__origin"
            )
            .order_by("id")[:MOST_APPLICATIONS]
        )
        by_trade: dict[int, list[int]] = {}
        some = Worker.objects.filter(id__in=worker_ids[:MOST_APPLICATIONS]).order_by("id")
        for worker_id, trades in some.values_list("id", "trades"):
            for trade in trades:
                by_trade.setdefault(trade, []).append(worker_id)
        used: set[int] = set()
        self._known_ones(postings)
        wanted = min(len(worker_ids) // 4, len(postings) * 3, MOST_APPLICATIONS)
        ours = [posting for posting in postings if posting.employer_id == self.employer.pk]
        for turn in range(wanted):
            posting = self.rng.choice(ours if ours and turn % 8 == 0 else postings)
            candidates = [w for w in by_trade.get(posting.trade_id or 0, ()) if w not in used][:50]
            if candidates:
                worker = self.rng.choice(candidates)
                used.add(worker)
                self._apply(posting, worker, self.rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0])
        self._save()
        return len(self.applications)

    def _known_ones(self, postings: list[JobPosting]) -> None:
        if not self.known or not postings:
            return
        alone = self.known[0]
        fitting = [p for p in postings if p.trade_id in alone.trades] or postings
        # With the first of them a newcomer tries the interview room (`labor.demo.interviewing`).
        stages = (Stage.SHORTLISTED, Stage.OFFERED, Stage.PROCESSING, Stage.REJECTED)
        first = [p for p in fitting if p.employer_id == self.employer.pk][:1]
        chosen = list({p.pk: p for p in [*first, *fitting, *postings]}.values())
        for posting, stage in zip(chosen, stages, strict=False):
            self._apply(posting, alone.pk, stage, by=alone.user)
        for worker, posting in zip(self.known[1:], chosen[4:], strict=False):
            self._apply(posting, worker.pk, Stage.APPLIED, by=worker.user)

    def _apply(self, posting: JobPosting, worker_id: int, stage: Stage, by: User | None = None) -> None:
        free = posting.headcount - posting.filled - self.hired.get(posting.pk, 0)
        if stage in HIRED and free < 1:
            stage = Stage.REJECTED
        if stage == Stage.INTERVIEW_SCHEDULED and posting.employer_id != self.employer.pk:
            stage = Stage.SHORTLISTED  # nobody of those firms can sign in, and so nobody interviews
        if stage in HIRED:
            self.hired[posting.pk] = self.hired.get(posting.pk, 0) + 1
        assert posting.published_at is not None
        path = (Stage.APPLIED, *PATHS[stage])
        start = posting.published_at + (self.now - posting.published_at) * self.rng.uniform(0.1, 0.8)
        step = (self.now - start) / (len(path) + 1)
        reason = self.rng.choice(REASONS[stage]).value if stage in CLOSED else ""
        member = self.users["demo-owner"] if posting.employer_id == self.employer.pk else None
        via = Via.SELF if by else self.rng.choices((Via.SELF, Via.INVITED, Via.BROKER, Via.KIOSK), (75, 10, 10, 5))[0]
        application = Application(
            worker_id=worker_id, posting=posting, stage=stage, stage_since=start + step * (len(path) - 1),
            via=via,
            applied_by=by, consented_at=start, consent_text=consent_text(posting.employer.name), close_reason=reason,
        )  # fmt: skip
        self.applications.append(application)
        for place, to_stage in enumerate(path):
            own = to_stage in (Stage.APPLIED, Stage.ACCEPTED, Stage.WITHDRAWN)
            self.events.append(
                ApplicationEvent(
                    application=application, from_stage=path[place - 1] if place else "", to_stage=to_stage,
                    reason=reason if to_stage == stage else "", by=by if own else member, at=start + step * place,
                )
            )  # fmt: skip

    def _save(self) -> None:
        Application.objects.bulk_create(self.applications, batch_size=1000)
        ApplicationEvent.objects.bulk_create(self.events, batch_size=1000)
        full = []
        for posting_id, count in self.hired.items():
            posting = JobPosting.objects.get(pk=posting_id)
            posting.filled += count
            if posting.filled >= posting.headcount:
                posting.state = PostingState.FILLED
                full.append(posting)
            posting.save(update_fields=["filled", "state"])
        PostingEvent.objects.bulk_create(
            PostingEvent(posting=p, from_state=PostingState.PUBLISHED, to_state=PostingState.FILLED, reason="招满了")
            for p in full
        )
        self._notices()

    def _notices(self) -> None:
        mine = {worker.pk: worker.user for worker in self.known}
        notices = []
        for application in self.applications:
            user = mine.get(application.worker_id)
            if user is not None:
                title, url = f"{application.posting.title}:{application.public_word}", application.get_absolute_url()
                notices.append((user, f"demo-{application.pk}", title, application.posting.employer.name, url))
            if application.posting.employer_id == self.employer.pk and application.stage == Stage.APPLIED:
                for name in ("demo-owner", "demo-recruiter"):
                    title = f"有人报名“{application.posting.title}”"
                    notices.append(
                        (self.users[name], f"demo-{application.pk}", title, "", application.get_absolute_url())
                    )
        Notice.objects.bulk_create(
            Notice(
                recipient=user, kind="demo", dedupe_key=key, title=title[:80], body=body, url=url,
                shown_at=self.now - timedelta(minutes=5),
            )
            for user, key, title, body, url in notices
        )  # fmt: skip
