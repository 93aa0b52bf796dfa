"""A live session of the demo's firm that a newcomer can put on air at once, and one of the zone that is announced."""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from employers.models import JobPosting
from jinba.accounts.choices import Role
from jinba.accounts.models import User
from labor.live.actions import crew, planning, rehearsing, reviewing, rundown
from labor.live.choices import CrewPart, State
from labor.live.models import LiveSession, Studio

CARDS = 4
HOURS = 4
FIRST_TITLE = "厂里直播：带您看车间，工价当面说"
ZONE_TITLE = "巴中专场：住宿好、有夫妻房的岗位"
INTRO = "厂里的招聘人带您看车间、宿舍和食堂，工价、班次、住宿当场问。看中了点“报名”，不用装软件。"
ZONE_INTRO = "服务专区的工作人员一个一个讲：哪些厂包住、哪些有夫妻房、路费怎么报。不懂就问。"
PLAN = "断线：场控先发公告，主播一分钟内重连。有人乱说话：场控隐藏并禁言。说错了工资：当场更正，再发公告。"


def ready_to_try() -> LiveSession | None:
    """An announced session of the demo's firm that may go live now, made when there is none; None without a demo.

    It begins in some minutes and lasts for hours: each start of the server asks.
    """
    host = User.objects.filter(username="demo-recruiter", membership__isnull=False).first()
    officer = User.objects.filter(role=Role.OFFICER, username__startswith="demo-").first()
    if host is None or officer is None:
        return None
    now = timezone.now()
    mine = LiveSession.objects.filter(host=host.membership.employer, made_by=host)
    for session in mine.filter(state__in=[State.ANNOUNCED, State.LIVE], ends_at__gt=now + timedelta(minutes=20)):
        return session
    start = now.replace(second=0, microsecond=0) + timedelta(minutes=10)
    with transaction.atomic():
        for old in mine.filter(state__in=[State.PLANNED, State.REVIEW, State.ANNOUNCED]):
            planning.cancel(session=old, by=host, reason="演示重新开始")
        postings = JobPosting.objects.open().filter(employer=host.membership.employer).order_by("pk")[:CARDS]
        return _announced(
            title=FIRST_TITLE, intro=INTRO, start=start, end=start + timedelta(hours=HOURS), host=host, name="招聘主管",
            postings=list(postings), officer=officer, is_rehearsed=True,
        )  # fmt: skip


def announce_zone(*, host: User, officer: User) -> LiveSession | None:
    """The zone's own session: tomorrow evening, in its studio, with postings that have rooms for couples.

    None when there are no such postings, or one is announced already.
    """
    postings = list(JobPosting.objects.open().filter(couple_rooms=True).order_by("-headcount", "pk")[:CARDS])
    if not postings or LiveSession.objects.filter(made_by=host, state=State.ANNOUNCED).exists():
        return None
    Studio.objects.get_or_create(
        name="一号直播间",
        defaults={"place": "巴中人力资源服务产业园三楼", "note": "有灯、话筒和两台摄像机；请提前半小时到。"},
    )
    evening = timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=1), time(19, 30)))
    return _announced(
        title=ZONE_TITLE, intro=ZONE_INTRO, start=evening, end=evening + timedelta(hours=1), host=host,
        name="服务专区主播", postings=postings, officer=officer, studio=Studio.objects.get(name="一号直播间"),
    )  # fmt: skip


def _announced(
    *, title: str, intro: str, start: datetime, end: datetime, host: User, name: str, postings: list[JobPosting],
    officer: User, studio: Studio | None = None, is_rehearsed: bool = False,
) -> LiveSession:  # fmt: skip
    """Made, filled, handed in and approved the way people do it."""
    session = planning.create(
        by=host, title=title, intro=intro, starts_at=start, ends_at=end, studio=studio, platform="", platform_url="",
        emergency_plan=PLAN, slow_seconds=3,
    )  # fmt: skip
    for posting in postings:
        rundown.add(session=session, posting=posting, by=host)
    crew.add(session=session, user=host, part=CrewPart.ANCHOR, shown_name=name, by=host)
    if is_rehearsed:
        way = rehearsing.Way.BROWSER
        results = dict.fromkeys(rehearsing.items_of(session=session, way=way), True)
        rehearsing.rehearse(session=session, by=host, way=way, results=results, upload_kbps=4_000)
    reviewing.submit(session=session, by=host)
    return reviewing.approve(session=session, by=officer)
