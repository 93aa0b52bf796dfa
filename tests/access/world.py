"""One of everything, and somebody in every role who has, or has not, to do with it."""

from dataclasses import dataclass
from datetime import timedelta

from django.apps import apps
from django.core.files.base import ContentFile
from django.utils import timezone

from employers.actions import reports
from employers.models import Employer, EmployerDocument, JobPosting, Phrase, PostingFlag, SavedSearch
from jinba.accounts import tokens
from jinba.accounts.choices import CodePurpose
from jinba.accounts.models import ApiToken, OneTimeCode, User
from jinba.links import actions as links
from jinba.links.choices import Channel
from jinba.links.models import ShortLink
from jinba.notices.models import Delivery, Notice
from jinba.privacy.models import ExportRecord, PersonalDataAccess
from jinba.reference.models import MinimumWage
from labor.applications.models import Application, CompanionAsk, GroupApplication, PostingInvitation
from labor.interviews.actions import seating
from labor.interviews.models import CallReport, Interview, LetIn, Recording, SeatText, WalkIn
from labor.live.choices import CrewPart
from labor.live.models import LiveSession
from labor.matching.actions import runs
from labor.matching.models import MatchRun
from labor.matching.tasks import work
from labor.workers.actions import consents
from labor.workers.models import (
    Consent,
    Delegation,
    DelegationRequest,
    DuplicatePair,
    MergeRecord,
    RegistrationBatch,
    Worker,
)
from tests.factories.accounts import user_in
from tests.factories.employers import EmployerDocumentFactory, EmployerFactory, JobPostingFactory, MemberFactory
from tests.factories.interviews import BoothFactory, InterviewFactory
from tests.factories.live import LiveSessionFactory, ReplayFactory, StudioFactory
from tests.factories.reference import (
    CertificateFactory,
    OccupationFactory,
    SkillFactory,
    ZoneFactory,
    both_cities,
)
from tests.factories.workers import WorkerFactory, WorkerGroupFactory

# `seeker`, `owner`, `recruiter` and `broker` have to do with the things below; the `other_` ones are strangers to them.
PEOPLE = (
    "anonymous", "seeker", "other_seeker", "owner", "recruiter", "other_owner",
    "broker", "other_broker", "park", "officer", "admin",
)  # fmt: skip


@dataclass
class World:
    users: dict[str, User | None]
    worker: Worker
    employer: Employer
    posting: JobPosting
    draft: JobPosting
    application: Application
    delegation: Delegation
    delegation_request: DelegationRequest
    together: GroupApplication
    companion_ask: CompanionAsk
    job_invitation: PostingInvitation
    notice: Notice
    run: MatchRun
    paper: EmployerDocument
    member_id: int
    invitation_id: int
    short_link: ShortLink
    saved_search: SavedSearch
    api_token: ApiToken
    consent: Consent
    roster: RegistrationBatch
    pair: DuplicatePair
    interview: Interview
    hosted: Interview
    walk_in: WalkIn
    live: dict[str, LiveSession]

    def one_of(self, app: str, model: str) -> int | str:
        """The key of some row of a model, for the admin's pages about it."""
        return apps.get_model(app, model).objects.values_list("pk", flat=True).first() or 0


def _watched(posting: JobPosting) -> None:
    """A phrase, a flag, a report and a minimum wage: what watches over postings."""
    Phrase.objects.create(family="gender", text="限女")
    PostingFlag.objects.create(posting=posting, family="gender", field="title", text="限女")
    reports.report(posting=posting, kind="fee", slip="a slip of the form", text="要押金", address=None)
    MinimumWage.objects.create(region=posting.region, starts_on=posting.valid_until, monthly=1, hourly=1)


def _interview(application: Application) -> Interview:
    """One that begins in ten minutes; its room is open, and everybody has a seat."""
    interview = InterviewFactory(application=application, confirmed=True)
    seating.seat_all(interview=interview)
    Recording.objects.create(interview=interview, asked_by=interview.recruiter, state="kept")
    return interview


def _hosted(park: User) -> Interview:
    """Somebody else's interview, in a booth of the zone, with all that hangs on it."""
    hosted = InterviewFactory(confirmed=True, booth=BoothFactory(host=park))
    seat = seating.seat_all(interview=hosted)[0]
    LetIn.objects.create(interview=hosted, seat=seat, booth=hosted.booth, by=park)
    SeatText.objects.create(seat=seat, why="invited", dedupe_key="test", words="请来")
    CallReport.objects.create(interview=hosted, seat=seat, peer=2, connection="00000000-0000-4000-8000-000000000000")
    return hosted


def _live(host: Employer, posting: JobPosting, anchor: User, moderator: User) -> dict[str, LiveSession]:
    """A session of the host in each state that has pages; its anchor is the owner, its moderator from the zone."""
    made = {
        state: LiveSessionFactory(
            host=host, anchor=anchor, cards=[posting], made_by=anchor, **({} if state == "planned" else {state: True})
        )
        for state in ("planned", "review", "announced", "live", "replay")
    }
    for session in made.values():
        session.crew.create(user=moderator, part=CrewPart.MODERATOR, shown_name="场控小何")
    said = made["live"].messages.create(
        author=anchor, shown_name="王**", text="有夫妻房吗", client_id="00000000-0000-4000-8000-000000000000"
    )
    made["live"].bans.create(user=anchor, message=said, reason="abuse", by=moderator)
    posting.answers.create(question="有夫妻房吗", answer="有。", answered_by=anchor)
    ReplayFactory(session=made["replay"])
    ShortLink.objects.create(code="livehh", path=made["announced"].get_absolute_url(), channel="village")
    return made


def make_world() -> World:
    both_cities()
    for code_table in (CertificateFactory, OccupationFactory, SkillFactory, ZoneFactory):
        code_table()
    now = timezone.now()
    OneTimeCode.objects.create(purpose=CodePurpose.SIGN_IN, sent_at=now, expires_at=now)
    employer, stranger = EmployerFactory(), EmployerFactory()
    broker = user_in("broker")
    worker = WorkerFactory(helper=broker, group=WorkerGroupFactory())
    owner = MemberFactory(employer=employer).user
    recruiter = MemberFactory(employer=employer, recruiter=True)
    posting = JobPostingFactory(employer=employer)
    _watched(posting)
    invited_to = JobPostingFactory(employer=employer)
    notice = Notice.objects.create(recipient=worker.user, kind="test", dedupe_key="test", title="一条消息")
    Delivery.objects.create(notice=notice, recipient=worker.user, channel="sms", topic="offers", state="failed")
    invitation = employer.invitations.create(
        name="吴敏", token_digest="0" * 64, invited_by=owner, expires_at=posting.published_at.replace(year=2100)
    )
    consents.write(worker=worker, purpose="texts", by=worker.user)
    run = runs.start()
    work(run_id=run.pk)
    run.refresh_from_db()
    # `seeker` is asked by a stranger to be his helper, and by his companion to come along.
    delegation_request = DelegationRequest.objects.create(
        worker=worker, helper=user_in("broker"), ends_on=timezone.localdate() + timedelta(days=90)
    )
    together = GroupApplication.objects.create(
        posting=invited_to,
        group=worker.group,
        kind="couple",
        people=2,
        applied_by=WorkerFactory(group=worker.group).user,
    )
    park = user_in("park")
    StudioFactory()
    twins = [WorkerFactory(helper=park) for _ in range(2)]
    MergeRecord.objects.create(kept=twins[0], gone=twins[1], by=park, reason="电话问过本人", before="{}")
    ExportRecord.objects.create(by=broker, what="workers.worker", format="csv", reason="试")
    PersonalDataAccess.objects.create(
        by=broker, role="broker", subject="worker", subject_id=worker.pk, fields=["phone"]
    )
    ShortLink.objects.get_or_create(code="abcdef", path="/postings/", channel="poster")
    GroupApplication.objects.create(posting=posting, kind="couple", people=2, applied_by=broker)
    application = Application.objects.create(worker=worker, posting=posting, consent_text="同意")
    return World(
        users={
            "anonymous": None,
            "seeker": worker.user,
            "other_seeker": WorkerFactory().user,
            "owner": owner,
            "recruiter": recruiter.user,
            "other_owner": MemberFactory(employer=stranger).user,
            "broker": broker,
            "other_broker": user_in("broker"),
            "park": park,
            "officer": user_in("officer"),
            "admin": user_in("admin"),
        },
        worker=worker,
        employer=employer,
        posting=posting,
        draft=JobPostingFactory(employer=employer, draft=True),
        application=application,
        interview=_interview(application),
        hosted=_hosted(park),
        live=_live(employer, posting, owner, park),
        walk_in=WalkIn.objects.create(on=timezone.localdate(), number=1, worker=twins[0], registered_by=park),
        delegation=worker.delegations.get(),
        delegation_request=delegation_request,
        together=together,
        companion_ask=CompanionAsk.objects.create(together=together, worker=worker),
        job_invitation=PostingInvitation.objects.create(posting=invited_to, worker=worker, invited_by=owner),
        notice=notice,
        run=run,
        paper=EmployerDocumentFactory(employer=employer, file=ContentFile(b"a picture", name="paper.jpg")),
        member_id=recruiter.pk,
        invitation_id=invitation.pk,
        short_link=links.make(path=posting.get_absolute_url(), channel=Channel.POSTER, by=broker),
        consent=Consent.objects.get(worker=worker),
        api_token=tokens.make(by=owner, name="人事系统", scopes=["read"], days=30)[0],
        roster=RegistrationBatch.objects.create(by=broker, file_name="名册.xlsx", sha256="0" * 64, state="checked"),
        pair=DuplicatePair.objects.create(first=twins[0], second=twins[1], reason="phone"),
        saved_search=SavedSearch.objects.create(user=worker.user, query="pay=5000", label="每月 5000 元起"),
    )
