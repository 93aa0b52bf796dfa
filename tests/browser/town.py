"""A small town with something to see on every page: long names, many rows, every state."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from employers.actions.flags import check
from employers.actions.reports import report
from employers.actions.searches import save as save_search
from employers.choices import DocumentKind, DocumentState, EmployerState, Hazard, Housing, Insurance, Meals
from employers.models import Employer, EmployerEvent, JobPosting, Licence, MemberInvitation, PostingEvent, today
from jinba.accounts.models import User
from jinba.core.sms import locmem
from jinba.links.actions import make as make_link
from jinba.links.choices import Channel as LinkChannel
from jinba.notices.actions import tell
from jinba.privacy.actions import look
from jinba.reference.choices import SkillLevel
from jinba.reference.models import Region, Skill, Trade, Zone
from labor.applications.actions import invite
from labor.applications.choices import Stage
from labor.applications.models import Application, CompanionAsk, GroupApplication
from labor.matching.actions import runs
from labor.workers.actions import consents, start_group
from labor.workers.choices import GroupKind
from labor.workers.models import DelegationRequest, DuplicatePair, Worker
from tests.browser.booths import booths_of
from tests.browser.cards import cards_of
from tests.browser.conftest import Hands
from tests.browser.desk_interviews import desk_of_interviews
from tests.browser.interviews import interviews_of
from tests.browser.live_sessions import sessions_of
from tests.browser.room_doors import room_doors
from tests.core.hostile_files import picture
from tests.factories.accounts import user_in
from tests.factories.applications import ApplicationFactory
from tests.factories.employers import EmployerDocumentFactory, EmployerFactory, JobPostingFactory, MemberFactory
from tests.factories.rosters import checked, identity, person, sent, workbook
from tests.factories.workers import DelegationFactory, WorkerFactory, WorkerSkillFactory

LONG_NAME = "浙江永康市晨光精密五金工具制造股份有限公司第二分公司"
NEWCOMER, WAITING = "13600000001", "13600000002"
TOKEN = "a-link-in-a-text"


@dataclass
class Town:
    """Who is who, and the ids that stand in addresses."""

    users: dict[str, User]
    ids: dict[str, Any] = field(default_factory=dict)

    def cookies(self, who: str, address: str) -> list[Any]:
        """What the browser of that person holds: nothing, or a session."""
        client = Client()
        if who in self.users:
            client.force_login(self.users[who])
        elif who == "a booth's screen":
            client.force_login(self.users["park"])
            client.post(reverse("booths:kiosk", args=[self.ids["booth_b"]]))
        elif who in ("asked", "proven", "proven for another", "shares a phone"):
            phones = {"shares a phone": self.users["seeker"].phone, "proven for another": WAITING}
            client.post(reverse("accounts:sign_in"), {"phone": phones.get(who, NEWCOMER)})
            if who != "asked":
                client.post(reverse("accounts:code"), {"code": locmem.outbox[-1]["code"]})
        else:
            assert who == "nobody"
            return []
        return [{"name": "session", "value": client.cookies[settings.SESSION_COOKIE_NAME].value, "url": address}]


def make_town(hands: Hands) -> Town:
    call_command("load_reference", verbosity=0)
    call_command("load_lexicon", verbosity=0)
    employer = EmployerFactory(name=LONG_NAME)
    owner, recruiter = MemberFactory(employer=employer).user, MemberFactory(employer=employer, recruiter=True)
    employer.invitations.create(
        name="吴敏",
        token_digest=MemberInvitation.digest_of(TOKEN),
        invited_by=owner,
        expires_at=timezone.now() + timedelta(days=3),
    )
    draft_owner = MemberFactory(employer=EmployerFactory(returned=True, state_reason="执照照片看不清，请重新填。")).user
    waiting = EmployerFactory(submitted=True)
    to_judge = papers(waiting)
    papers(employer, old=True)
    EmployerEvent.objects.create(employer=waiting, from_state=EmployerState.DRAFT, to_state=EmployerState.SUBMITTED)
    posting = rich_posting(employer)
    states = {
        state: JobPostingFactory(employer=employer, title=f"{state}岗位", **{state: True})
        for state in ("draft", "review", "rejected", "paused", "filled_up", "removed", "expired", "flexible", "blank")
    }
    doubtful = "只限女工，35 岁以下，入职交 200 元押金，转正后缴纳社保。加微信 abc12345 联系。"
    states["flagged"] = JobPostingFactory(employer=employer, title="缝纫工", review=True, requirements=doubtful)
    states["flagged_draft"] = JobPostingFactory(employer=employer, title="缝纫工", draft=True, requirements=doubtful)
    check(posting=states["flagged"])
    reported, _ = report(
        posting=posting, kind="fee", slip="a slip of the form", text="去了要交 300 元押金", address=None
    )
    PostingEvent.objects.create(posting=states["rejected"], from_state="review", to_state="rejected", by=owner)
    plain = [JobPostingFactory(trade=trade) for trade in Trade.objects.order_by("code")[:22]]
    repost = JobPostingFactory(repost=True, title="仓库管理员（五险一金，周末双休，带薪年假，长期招聘）")
    worker = WorkerFactory(name="欧阳明华", home=Region.objects.get(pk="511921"), trades=[posting.trade_id], years=6)
    for skill in Skill.objects.order_by("code")[:3]:
        WorkerSkillFactory(worker=worker, skill=skill, level=SkillLevel.SKILLED)
    applications = one_of_each_stage(worker, posting, plain)
    invite(posting=states["flexible"], worker=worker, by=owner)
    invited = plain[-1]
    invite(posting=invited, worker=worker, by=MemberFactory(employer=invited.employer).user)
    WorkerFactory(name="欧阳小妹", phone=worker.phone)
    partner = WorkerFactory()
    start_group(worker=partner, by=partner.user, kind=GroupKind.COUPLE)
    consents.write(worker=worker, purpose="apply", by=worker.user, recipient=employer.name, recipient_id=employer.pk)
    with transaction.atomic():
        look(
            by=owner, subject="worker", subject_id=worker.pk, fields=["phone"], purpose="hiring",
            organisation=employer.name,
        )  # fmt: skip
    blank = user_in("seeker")
    for number, user in enumerate([worker.user, owner] * 3):
        title, body = "永康市晨光五金厂约您面试", "11 月 25 日 10:00，手机视频。"
        tell(recipient=user, kind="test", dedupe_key=str(number), title=title, body=body, url="/notices/")
    links = {
        f"poster_{name}": make_link(path=path, channel=LinkChannel.VILLAGE, label="诺江镇王家村", by=None).code
        for name, path in (
            ("posting", posting.get_absolute_url()), ("employer", employer.get_absolute_url()),
            ("village", "/postings/"), ("over", states["expired"].get_absolute_url()),
        )
    }  # fmt: skip
    save_search(query="pay=5000&housing=1", by=worker.user)
    runs.start()
    hands.work()
    broker, park = user_in("broker"), user_in("park")
    helped = people_in_hands(broker, park, partner, plain)
    rosters = rosters_of(broker, park)
    users = {
        "seeker": worker.user, "partner": partner.user, "blank seeker": blank, "owner": owner,
        "draft owner": draft_owner, "recruiter": recruiter.user, "new employer": user_in("employer"),
        "broker": broker, "park": park, "officer": user_in("officer"), "admin": user_in("admin"),
    }  # fmt: skip
    ids = {
        "posting": posting.pk, "employer": employer.pk, "waiting": waiting.pk, "repost": repost.pk,
        "to_judge": to_judge, "licence": Licence.objects.of_platform()[0].pk,
        "open": plain[0].pk, "invited": invited.pk, "token": TOKEN, "run": runs.MatchRun.objects.get().pk,
        "worker": worker.pk, "consent": worker.consents.get().pk,
        "applicant": Application.objects.get(posting=posting, worker=worker).pk,
        **{
            f"applicant_{stage}": pk
            for pk, stage in Application.objects.filter(posting=posting).values_list("pk", "stage")
        },
        "recruiter": recruiter.pk, "report": reported.pk,
        **{state: posting.pk for state, posting in states.items()}, **applications, **links, **helped,
        **desk_of_interviews(posting, recruiter.user), **rosters, **room_doors(worker, posting),
        **interviews_of(worker, Worker.objects.get(pk=helped["helped"]), posting),
    }  # fmt: skip
    ids |= booths_of(park)
    ids |= cards_of(posting, drafted=ids["desk_overdue"], done=ids["desk_over"], mine=ids["interview_done"])
    ids |= sessions_of(owner, park, postings=[posting, states["flexible"], states["filled_up"]], more=plain[:12])
    return Town(users, ids)


def papers(employer: Employer, *, old: bool = False) -> int:
    """Papers in every state, one never sent; returns one that waits. `old`: the first was replaced once."""
    sheets = {kind: ContentFile(picture(size=(900, 1200)), name="sheet.jpg") for kind in DocumentKind.values}
    if old:
        EmployerDocumentFactory(
            employer=employer, file=sheets["licence"], state=DocumentState.REPLACED, reason="看不清"
        )
    EmployerDocumentFactory(employer=employer, file=sheets["licence"], valid_to=today() - timedelta(days=1))
    EmployerDocumentFactory(
        employer=employer, kind=DocumentKind.PROXY, file=sheets["proxy"], state=DocumentState.RETURNED,
        reason="没有盖章，委托谁来办也没有写。", original_name="微信图片_20261120113355_招聘委托书_最终版.jpg",
    )  # fmt: skip
    letter = ContentFile(b"%PDF", name="letter.pdf")
    EmployerDocumentFactory(
        employer=employer, kind=DocumentKind.LETTER, file=letter, content_type="application/pdf", pages=3
    )
    if old:
        return 0
    sheet = sheets["agent_id"]
    return EmployerDocumentFactory(employer=employer, kind=DocumentKind.AGENT_ID, file=sheet, submitted=True).pk


def rosters_of(broker: User, park: User) -> dict[str, int]:
    """A roster that waits, one with people to compare, one to mend; and a pair for the park."""
    known = WorkerFactory(name=person(1)["姓名"], phone=person(1)["手机号"], birth_date=date(1990, 5, 6))
    near = WorkerFactory(name="欧阳建国", phone=person(2)["手机号"])
    rows = [
        person(1, 出生日期="1990-05-06", 身份证号=identity(7)), person(2, 姓名="欧阳健国", 想干的工种="天上飞的"),
        person(3, 姓名="苟秀英", 手机号="13700000099"), person(4, 姓名="苟秀芳", 手机号="13700000099"), person(5),
    ]  # fmt: skip
    bad = [person(6, 手机号="1371234"), person(7, 家庭所在县区="", 身份证号="511921199001010000"), person(8, 姓名="")]
    pair = DuplicatePair.objects.create(first=known, second=near, reason="phone")
    for worker in (known, near):
        DelegationFactory(worker=worker, helper=park)
    return {
        "roster_checked": checked(rows, by=broker).pk, "roster_refused": checked(bad, by=broker).pk,
        "roster_waiting": sent(workbook([person(9)]), by=broker, name="诺江镇千佛村外出务工人员名册.xlsx").pk,
        "pair": pair.pk,
    }  # fmt: skip


def people_in_hands(broker: User, park: User, partner: Worker, plain: list[JobPosting]) -> dict[str, int]:
    """A broker's people, one with an offer and one who goes with `partner`; somebody who has yet to claim himself."""
    partner.refresh_from_db()  # with the group that she began
    helped = WorkerFactory(name="何老大", unclaimed=True, registered_by=broker, village="诺水河镇第三村民小组")
    Worker.objects.filter(pk=helped.pk).update(group=partner.group, trades=[plain[0].trade_id])
    mine = WorkerFactory.create_batch(22, helper=broker)
    unclaimed = WorkerFactory(name="苟桂花", phone=WAITING, unclaimed=True, registered_by=park)
    Worker.objects.filter(pk=unclaimed.pk).update(claim_tries=5)
    delegation = DelegationFactory(worker=partner, helper=broker)
    DelegationRequest.objects.create(worker=partner, helper=park, ends_on=delegation.ends_on)
    invite(posting=plain[3], worker=helped, by=MemberFactory(employer=plain[3].employer).user)
    group = GroupApplication.objects.create(
        posting=plain[2], group=partner.group, kind=GroupKind.COUPLE, people=2, applied_by=broker
    )
    ApplicationFactory(worker=helped, posting=plain[2], applied_by=broker, together=group)
    return {
        "helped": helped.pk,
        "unclaimed": unclaimed.pk,
        "helped_offer": ApplicationFactory(worker=mine[0], posting=plain[1], stage=Stage.OFFERED).pk,
        "helped_group": partner.group_id or 0,
        "group": partner.group_id or 0,
        "delegation": delegation.pk,
        "together": group.pk,
        "companion_ask": CompanionAsk.objects.create(together=group, worker=partner).pk,
    }


def rich_posting(employer: Employer) -> JobPosting:
    """All that a posting can say."""
    return JobPostingFactory(
        employer=employer, title="数控车床操作工兼冲压工（可带徒弟，夫妻优先安排）", headcount=120,
        trade=Trade.objects.order_by("code").first(), zone=Zone.objects.filter(region__code__startswith="33").first(),
        region=Region.objects.get(pk="330784"), duties="操作冲床，两人一台，有师傅带。\n\n每天先点检设备。" * 4,
        requirements="不限，肯学就行。\n能吃苦。", hazards=[Hazard.NOISE.value, Hazard.DUST.value],
        safety_note="发耳塞和防尘口罩", couple_rooms=True, has_air_con=True, meals=Meals.SUBSIDY, meal_subsidy=300,
        housing=Housing.PAID, housing_fee=200, social_insurance=Insurance.FULL, pay_day=15,
        benefits=["年终奖", "生日蛋糕", "老乡拼车", "春节包车返乡"], overtime_rule="平时 1.5 倍，周末 2 倍",
    )  # fmt: skip


def one_of_each_stage(worker: Worker, posting: JobPosting, plain: list[JobPosting]) -> dict[str, int]:
    """The worker's applications elsewhere, one of each stage, and a board full of others' for the posting."""
    made = {
        f"my_{stage}": ApplicationFactory(worker=worker, posting=other, stage=stage).pk
        for stage, other in zip(Stage, plain[1:], strict=False)
    }
    ApplicationFactory(worker=worker, posting=posting, stage=Stage.SHORTLISTED)
    for stage in (*Stage, *[Stage.APPLIED] * 14):
        ApplicationFactory(posting=posting, stage=stage)
    return made
