"""A session on air whose papers end is stopped by itself; a guest's trouble takes only the guest off."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from employers.actions import employers
from employers.models import Employer, Licence
from jinba.accounts.choices import Role
from jinba.accounts.models import User
from jinba.core.errors import Refused
from jinba.notices.models import Notice
from labor.live import page
from labor.live.actions import airing, enforcing, pictures, pinning
from labor.live.choices import CrewPart, EntryKind, Side, Source, State
from labor.live.crew import is_crew
from labor.live.models import LiveSession
from tests.factories.accounts import UserFactory
from tests.factories.employers import EmployerFactory, JobPostingFactory, LicenceFactory, owner_of
from tests.factories.live import LiveSessionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nudges", "letters")]


def hosted(**fields: Any) -> LiveSession:
    posting = fields.pop("posting", None) or JobPostingFactory()
    made: LiveSession = LiveSessionFactory(
        live=True, host=posting.employer, cards=[posting], anchor=owner_of(posting.employer), **fields
    )
    return made


def suspend(employer: Employer) -> None:
    employers.suspend(employer=employer, by=UserFactory(officer=True), reason="有人举报收押金")


def run_out(employer: Employer) -> None:
    Employer.objects.filter(pk=employer.pk).update(verified_at=timezone.now() - timedelta(days=180))


def no_licence(employer: Employer) -> None:
    Licence.objects.of_platform().update(valid_to=timezone.localdate() - timedelta(days=1))


@pytest.mark.parametrize(
    ("trouble", "why"),
    [(suspend, "现在是“已暂停”"), (run_out, "认证已经到期"), (no_licence, "本站的人力资源服务许可证")],
)
def test_a_session_whose_host_may_not_recruit_any_more_stops_and_everybody_reads_it(trouble: Any, why: str) -> None:
    session = hosted()
    anchor = session.crew.get().user
    pinning.pin(card=session.cards.get(), by=anchor)
    part = pictures.begin_part(session=session, holder=uuid4(), source=Source.BROWSER)
    assert enforcing.enforce() == 0
    trouble(session.host)
    assert enforcing.enforce() == 1 and enforcing.enforce() == 0
    session.refresh_from_db()
    event = session.events.last()
    assert (session.state, event.side, event.by) == (State.ABORTED, Side.SYSTEM, None)
    assert why in session.state_reason and event.reason == session.state_reason
    assert session.entries.last().kind == EntryKind.ENDED
    assert not session.pins.filter(to_at__isnull=True).exists() and not hasattr(session, "replay")
    assert pictures.heard(part=part, segments=1, seconds=1, bytes=1) == pictures.Standing.OVER
    told = Notice.objects.get(recipient=anchor, kind="live.stopped").body
    assert why in told and "。。" not in told
    console = Client()
    console.force_login(anchor)
    over = console.get(reverse("studio:console", args=[session.pk])).content.decode()
    assert why in over and "。。" not in over
    shown = Client().get(session.get_absolute_url()).content.decode()
    assert page.NO_PAPERS in shown and session.state_reason not in shown


def test_an_agency_whose_own_licence_ended_is_stopped() -> None:
    agency = EmployerFactory(agency=True)
    own = LicenceFactory(employer=agency)
    hosted(posting=JobPostingFactory(employer=agency))
    assert enforcing.enforce() == 0
    Licence.objects.filter(pk=own.pk).update(valid_to=timezone.localdate() - timedelta(days=1))
    assert enforcing.enforce() == 1


def test_what_its_own_crew_stops_says_nothing_of_papers() -> None:
    session = hosted()
    airing.abort(session=session, by=session.crew.get().user, reason="车间停电")
    assert page.NO_PAPERS not in Client().get(session.get_absolute_url()).content.decode()
    assert not Notice.objects.filter(kind="live.stopped").exists()


def test_a_guest_that_is_suspended_loses_its_cards_and_its_hand_and_the_session_goes_on() -> None:
    good, bad = JobPostingFactory(), JobPostingFactory()
    session = LiveSessionFactory(live=True, cards=[good, bad], anchor=True)
    guest = owner_of(bad.employer)
    session.crew.create(user=guest, part=CrewPart.ANCHOR, shown_name="李姐")
    theirs, ours = session.cards.get(posting=bad), session.cards.get(posting=good)
    pinning.pin(card=theirs, by=guest)
    suspend(bad.employer)
    assert enforcing.enforce() == 0 and pinning.notice_closed() == 1
    session.refresh_from_db()
    assert session.state == State.LIVE
    assert list(session.entries.values_list("kind", flat=True)) == [
        EntryKind.PINNED, EntryKind.CARDS, EntryKind.UNPINNED,
    ]  # fmt: skip
    shown = page.state_of(session)
    assert shown["pinned"] is None
    assert {card["id"]: card["open"] for card in shown["cards"]} == {ours.pk: True, theirs.pk: False}
    assert not is_crew(session=session, user=User.objects.get(pk=guest.pk))
    zone = session.crew.exclude(user=guest).get().user
    assert zone.role == Role.PARK and pinning.pin(card=ours, by=zone)
    with pytest.raises(Refused, match="不收报名"):
        pinning.pin(card=theirs, by=zone)


def test_an_officer_stops_any_session_from_the_admin_with_a_reason() -> None:
    session, officer = hosted(), UserFactory(officer=True)
    client, address = Client(), reverse("admin:live_livesession_changelist") + "?queue=all"
    client.force_login(officer)
    assert "马上停播" in client.get(reverse("admin:live_livesession_change", args=[session.pk])).content.decode()
    slip = {"action": "abort", "_selected_action": session.pk}
    assert client.post(address, {**slip, "sure": "1", "reason": ""}).status_code == 422
    session.refresh_from_db()
    assert session.state == State.LIVE
    client.post(address, {**slip, "sure": "1", "reason": "主播让人交押金"})
    session.refresh_from_db()
    event = session.events.last()
    assert (session.state, session.state_reason) == (State.ABORTED, "主播让人交押金")
    assert (event.side, event.by, event.reason) == (Side.OFFICER, officer, "主播让人交押金")
    told = Notice.objects.get(kind="live.stopped", recipient=session.crew.get().user)
    assert "主播让人交押金" in told.body
    again = client.post(address, {**slip, "sure": "1", "reason": "再点一次"}, follow=True).content.decode()
    session.refresh_from_db()
    assert session.events.filter(to_state=State.ABORTED).count() == 1 and session.state_reason == "主播让人交押金"
    assert "马上停播" in again
