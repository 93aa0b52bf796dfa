"""Going on air and off it: what the gate, the clock and the crew allow, what is kept, and that two taps are one."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from employers.models import Licence
from jinba.core.errors import Refused
from labor.live.actions import airing, entries
from labor.live.choices import CrewPart, EntryKind, Side, Source, State
from labor.live.models import LiveSession, Part, Pin, StreamKey
from tests.factories.accounts import UserFactory, user_in
from tests.factories.employers import EmployerFactory, JobPostingFactory, LicenceFactory, MemberFactory, owner_of
from tests.factories.interviews import in_minutes
from tests.factories.live import CardFactory, LiveSessionFactory

pytestmark = pytest.mark.django_db


def ready(**fields: Any) -> LiveSession:
    """An announced session of an employer that may go on air now; its anchor is the owner."""
    posting = fields.pop("posting", None) or JobPostingFactory()
    employer = posting.employer
    session: LiveSession = LiveSessionFactory(
        **{
            "announced": True,
            "host": employer,
            "anchor": owner_of(employer),
            "cards": [posting],
            "starts_at": in_minutes(10),
            **fields,
        }
    )
    return session


def anchor_of(session: LiveSession) -> Any:
    return session.crew.get(part=CrewPart.ANCHOR).user


def on_air(**fields: Any) -> LiveSession:
    session = ready(**fields)
    return airing.go_live(session=session, by=anchor_of(session))


def kinds(session: LiveSession) -> list[str]:
    return list(session.entries.values_list("kind", flat=True))


# Going on air --------------------------------------------------------------------------------------------------------


def test_it_goes_on_air_with_its_event_its_entry_and_the_papers_of_that_day(letters: Any) -> None:
    session = ready()
    airing.go_live(session=session, by=anchor_of(session))
    session.refresh_from_db()
    assert session.state == State.LIVE and session.live_at and session.live_at <= timezone.now()
    event = session.events.latest("id")
    assert (event.from_state, event.to_state, event.side, event.by) == (
        State.ANNOUNCED, State.LIVE, Side.CREW, anchor_of(session),
    )  # fmt: skip
    assert kinds(session) == [EntryKind.STARTED]
    zone = Licence.objects.of_platform().get()
    host = session.host
    assert host and host.verified_at and host.verified_until
    assert [(paper["kind"], paper["number"], paper["to"]) for paper in session.licences] == [
        ("licence", zone.number, zone.valid_to.isoformat()),
        ("employer", host.uscc, timezone.localtime(host.verified_until).date().isoformat()),
    ]


def test_an_agency_s_own_licence_is_kept_too() -> None:
    agency = EmployerFactory(agency=True)
    own = LicenceFactory(employer=agency)
    session = on_air(posting=JobPostingFactory(employer=agency))
    assert own.number in [paper["number"] for paper in session.licences if paper["employer"] == agency.pk]


def test_those_who_reserved_are_called(letters: Any, django_capture_on_commit_callbacks: Any) -> None:
    session = ready()
    with django_capture_on_commit_callbacks(execute=True):
        airing.go_live(session=session, by=anchor_of(session))
    assert ("labor.live.tasks.call_reserved", {"session_id": session.pk}) in letters


def test_a_second_tap_changes_nothing() -> None:
    session = on_air()
    again = airing.go_live(session=session, by=owner_of(session.host))
    assert again.live_at == session.live_at
    assert session.events.filter(to_state=State.LIVE).count() == 1
    assert kinds(session) == [EntryKind.STARTED]


@pytest.mark.parametrize(("minutes", "goes"), [(31, False), (29, True), (-59, True), (-61, False)])
def test_from_half_an_hour_before_its_time_until_its_end(minutes: int, goes: bool) -> None:
    session = ready(starts_at=in_minutes(minutes))
    LiveSession.objects.filter(pk=session.pk).update(ends_at=session.starts_at + timedelta(minutes=60))
    if goes:
        assert airing.go_live(session=session, by=anchor_of(session)).is_on
        return
    with pytest.raises(Refused, match="还没到时间" if minutes > 0 else "时间已经过了"):
        airing.go_live(session=session, by=anchor_of(session))
    session.refresh_from_db()
    assert session.state == State.ANNOUNCED and kinds(session) == []


@pytest.mark.parametrize("trait", ["review", "ended", "replay"])
def test_only_what_was_announced_goes_on_air(trait: str) -> None:
    session = ready(announced=False, **{trait: True})
    with pytest.raises(Refused, match="不能改成“直播中”"):
        airing.go_live(session=session, by=anchor_of(session))


@pytest.mark.parametrize("role", ["seeker", "broker", "employer", "park"])
def test_a_stranger_puts_nothing_on_air(role: str) -> None:
    session = ready()
    with pytest.raises(Refused, match="不是您的"):
        airing.go_live(session=session, by=user_in(role))
    session.refresh_from_db()
    assert session.state == State.ANNOUNCED


def test_officers_look_on_and_put_nothing_on_air() -> None:
    with pytest.raises(Refused, match="不能改成“直播中”"):
        airing.go_live(session=ready(), by=UserFactory(officer=True))


def test_a_moderator_and_a_colleague_may() -> None:
    session = ready()
    moderator = UserFactory(park=True)
    session.crew.create(user=moderator, part=CrewPart.MODERATOR, shown_name="场控小何")
    assert airing.go_live(session=session, by=moderator).is_on
    other = ready()
    assert airing.go_live(session=other, by=MemberFactory(employer=other.host, recruiter=True).user).is_on


def test_what_the_gate_finds_is_said_and_keeps_it_off_air() -> None:
    session = ready()
    session.cards.all().delete()
    with pytest.raises(Refused, match="岗位"):
        airing.go_live(session=session, by=anchor_of(session))
    session.refresh_from_db()
    assert session.state == State.ANNOUNCED and session.licences == []


# Off it --------------------------------------------------------------------------------------------------------------


def running() -> LiveSession:
    """On air, with a pin, pictures and a key in use."""
    session = on_air()
    owner = anchor_of(session)
    Pin.objects.create(session=session, card=session.cards.get(), seats_left=3, by=owner)
    Part.objects.create(session=session, number=1, source=Source.BROWSER, holder="00000000-0000-4000-8000-000000000001")
    StreamKey.objects.create(session=session, digest=f"{session.pk:064x}", made_by=owner)
    session.room.is_on_air = True
    session.room.save(update_fields=["is_on_air"])
    return session


def is_quiet(session: LiveSession) -> bool:
    session.room.refresh_from_db()
    return not (
        session.pins.filter(to_at__isnull=True).exists()
        or session.parts.filter(ended_at__isnull=True).exists()
        or session.stream_keys.filter(ended_at__isnull=True).exists()
        or session.room.is_on_air
    )


def test_the_end_closes_the_pin_the_pictures_and_the_key_and_asks_for_the_replay(
    letters: Any, django_capture_on_commit_callbacks: Any
) -> None:
    session = running()
    with django_capture_on_commit_callbacks(execute=True):
        airing.end(session=session, by=anchor_of(session))
    session.refresh_from_db()
    assert session.state == State.ENDED and session.ended_at and is_quiet(session)
    assert kinds(session)[-1] == EntryKind.ENDED
    assert ("labor.live.tasks.make_replay", {"session_id": session.pk}) in letters


def test_ending_twice_is_ending_once() -> None:
    session = running()
    airing.end(session=session, by=anchor_of(session))
    again = airing.end(session=session, by=anchor_of(session))
    assert again.state == State.ENDED
    assert kinds(session).count(EntryKind.ENDED) == 1


def test_an_abort_keeps_its_reason_and_asks_for_no_replay(
    letters: Any, django_capture_on_commit_callbacks: Any
) -> None:
    session = running()
    with django_capture_on_commit_callbacks(execute=True):
        airing.abort(session=session, by=anchor_of(session), reason="  车间 停电 ")
    session.refresh_from_db()
    assert (session.state, session.state_reason) == (State.ABORTED, "车间 停电")
    assert is_quiet(session) and kinds(session)[-1] == EntryKind.ENDED
    assert "labor.live.tasks.make_replay" not in [task for task, _ in letters]
    # Who then presses 结束 in another window does not make a replay of it.
    assert airing.end(session=session, by=anchor_of(session)).state == State.ABORTED


def test_what_has_ended_is_not_said_to_be_aborted(letters: Any) -> None:
    session = running()
    airing.end(session=session, by=anchor_of(session))
    with pytest.raises(Refused, match="已经结束，不能再中止"):  # its replay is made: the officer has to know
        airing.abort(session=session, by=UserFactory(officer=True), reason="乱说话")
    assert LiveSession.objects.get(pk=session.pk).state == State.ENDED
    other = running()
    for _ in range(2):
        assert airing.abort(session=other, by=anchor_of(other), reason="停电").state == State.ABORTED


def test_an_abort_needs_a_reason() -> None:
    session = running()
    with pytest.raises(Refused) as refusal:
        airing.abort(session=session, by=anchor_of(session), reason=" ")
    assert refusal.value.field == "reason"
    session.refresh_from_db()
    assert session.is_on


def test_officers_and_the_system_may_end_it_and_strangers_may_not() -> None:
    first, second, third = running(), running(), running()
    assert airing.end(session=first, by=UserFactory(officer=True)).state == State.ENDED
    assert airing.end(session=second, by=None).state == State.ENDED
    assert second.events.latest("id").side == Side.SYSTEM
    for stop in (airing.end, lambda **of: airing.abort(**of, reason="乱说话")):
        with pytest.raises(Refused, match="不是您的"):
            stop(session=third, by=UserFactory(employer=True))
    assert LiveSession.objects.get(pk=third.pk).is_on


def test_what_is_not_on_air_cannot_be_ended() -> None:
    session = ready()
    with pytest.raises(Refused, match="不能改成“已结束”"):
        airing.end(session=session, by=anchor_of(session))
    assert session.entries.count() == 0 and entries.GROUP == "live"


# The doors -----------------------------------------------------------------------------------------------------------


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_script_and_a_form_go_on_air_and_off_through_the_doors() -> None:
    session = ready()
    client, console = client_of(anchor_of(session)), reverse("studio:console", args=[session.pk])
    as_page = {"Accept": "text/html", "Referer": f"http://testserver{console}"}
    answer = client.post(reverse("studio:go_live", args=[session.pk]))
    assert (answer.status_code, answer.json()["state"]) == (200, "live")
    answer = client.post(reverse("studio:abort", args=[session.pk]))
    assert (answer.status_code, answer.json()["detail"]) == (422, airing.NO_REASON)
    answer = client.post(reverse("studio:end", args=[session.pk]), headers=as_page)
    assert answer.status_code == 302 and answer["Location"].endswith(console)
    answer = client.post(reverse("studio:go_live", args=[session.pk]))
    assert answer.status_code == 409 and "已结束" in answer.json()["detail"]
    answer = client.post(reverse("studio:go_live", args=[session.pk]), headers=as_page, follow=True)
    assert "不能改成“直播中”" in answer.content.decode()


def test_the_page_shows_what_keeps_it_off_air_and_after_the_end_what_came_of_it() -> None:
    session = ready(emergency_plan="")
    client, url = client_of(anchor_of(session)), reverse("studio:console", args=[session.pk])
    before = client.get(url).content.decode()
    assert "还没有写应急预案" in before and "data-lacks" in before and "讲完" in before
    LiveSession.objects.filter(pk=session.pk).update(emergency_plan="场控先答题。")
    assert "还不能开播" not in client.get(url).content.decode()
    airing.go_live(session=session, by=anchor_of(session))
    assert "结束直播" in client.get(url).content.decode()
    airing.abort(session=session, by=anchor_of(session), reason="车间停电")
    after = client.get(url).content.decode()
    assert "直播中止了" in after and "车间停电" in after and "结束直播" not in after


def test_the_page_costs_the_same_however_many_cards_there_are(django_assert_max_num_queries: Any) -> None:
    session = on_air()
    for order in range(1, 6):
        CardFactory(session=session, posting=JobPostingFactory(employer=session.host), order=order)
    client, url = client_of(anchor_of(session)), reverse("studio:console", args=[session.pk])
    with django_assert_max_num_queries(24):
        assert client.get(url).content.decode().count('data-post="pin"') == 7  # and the mould


def test_officers_look_on_and_may_stop_it() -> None:
    session = on_air()
    page = client_of(UserFactory(officer=True)).get(reverse("studio:console", args=[session.pk])).content.decode()
    assert "结束直播" in page and "已口头回答" not in page and 'data-post="pin"' not in page


def test_the_console_may_use_camera_and_microphone_and_is_the_crew_s() -> None:
    session = ready()
    page = client_of(anchor_of(session)).get(reverse("studio:console", args=[session.pk]))
    assert page.status_code == 200 and "camera=(self)" in page["Permissions-Policy"]
    for name in ("console", "go_live", "end", "abort"):
        url, stranger = reverse(f"studio:{name}", args=[session.pk]), client_of(UserFactory(employer=True))
        assert (stranger.get(url) if name == "console" else stranger.post(url)).status_code == 404
