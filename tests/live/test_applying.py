"""Applying in the room: whoever comes, in the sheet, with where it came from."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from employers.choices import Hazard
from jinba.core.errors import Refused
from labor.applications.models import Application
from labor.live import moments
from labor.live.actions.applying import apply
from labor.live.actions.history import shift
from labor.live.choices import Side, State
from labor.live.models import LiveApplication, LiveSession, Pin
from labor.workers.models import Worker
from tests.factories.accounts import UserFactory, user_in
from tests.factories.applications import ApplicationFactory
from tests.factories.employers import JobPostingFactory, owner_of
from tests.factories.live import CardFactory, LiveSessionFactory, ReplayFactory
from tests.factories.reference import both_cities
from tests.factories.workers import DelegationFactory, WorkerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters", "nudges")]
committed = pytest.mark.django_db(transaction=True)  # texts leave after commit
PHONE, WHO = "13600000001", {"name": "苟明华", "county": "511921"}
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def session() -> LiveSession:
    both_cities()
    made: LiveSession = LiveSessionFactory(live=True, cards=[JobPostingFactory(title="冲压工")])
    return made


def sheet_of(session: LiveSession) -> str:
    return reverse("live:apply", args=[session.pk, session.cards.order_by("pk")[0].pk])


def ask(client: Client, session: LiveSession, status: int = 200, **fields: str) -> str:
    """The sheet's next look."""
    url = sheet_of(session)
    response = client.post(url, fields, **HTMX) if fields else client.get(url, **HTMX)
    assert response.status_code == status
    html = response.content.decode()
    assert "<html" not in html
    return html


def look_of(html: str) -> str:
    return html.split('data-look="')[1].split('"')[0]


def pinned(session: LiveSession, *, minutes_ago: float, until: float | None = None) -> Pin:
    def at(ago: float) -> Any:
        return timezone.now() - timedelta(minutes=ago)

    return Pin.objects.create(
        session=session, card=session.cards.order_by("pk")[0], seats_left=3, by=session.made_by,
        from_at=at(minutes_ago), to_at=at(until) if until is not None else None,
    )  # fmt: skip


# The visitor's way ---------------------------------------------------------------------------------------------------


@committed
def test_a_stranger_gives_phone_code_name_and_has_applied(
    client: Client, session: LiveSession, sms: list[dict[str, str]]
) -> None:
    pinned(session, minutes_ago=1)
    assert look_of(ask(client, session)) == "phone"
    assert look_of(ask(client, session, step="phone", phone=PHONE)) == "code"
    html = ask(client, session, step="code", code=sms[-1]["code"])
    assert look_of(html) == "start"
    assert "晨光五金" in html  # who gets the data stands above the button
    assert look_of(ask(client, session, step="start", **WHO)) == "done"
    found = LiveApplication.objects.get()
    assert found.application.worker.name == "苟明华"
    assert (found.session, found.card.posting.title, found.is_pinned) == (session, "冲压工", True)
    assert not found.is_replay
    assert 595 <= found.second <= 660  # the factory's session began ten minutes ago


@committed
def test_what_was_typed_wrongly_comes_back_with_a_sentence(
    client: Client, session: LiveSession, sms: list[dict[str, str]]
) -> None:
    html = ask(client, session, 422, step="phone", phone="1360000")
    assert look_of(html) == "phone"
    assert 'value="1360000"' in html
    ask(client, session, step="phone", phone=PHONE)
    wrong = "000000" if sms[-1]["code"] != "000000" else "111111"
    assert look_of(ask(client, session, 422, step="code", code=wrong)) == "code"
    ask(client, session, step="code", code=sms[-1]["code"])
    html = ask(client, session, 422, step="start", name="苟明华")
    assert look_of(html) == "start"
    assert "苟明华" in html
    assert "请选您家在哪个县" in html
    assert not Worker.objects.exists()


@committed
def test_another_text_or_another_number_may_be_asked_for(
    client: Client, session: LiveSession, sms: list[dict[str, str]]
) -> None:
    ask(client, session, step="phone", phone=PHONE)
    html = ask(client, session, step="again")
    assert look_of(html) == "code"
    assert "刚刚发过一条" in html
    assert len(sms) == 1
    assert look_of(ask(client, session, step="again", other="1")) == "phone"


def test_a_code_that_nobody_asked_for_leads_back_to_the_phone(client: Client, session: LiveSession) -> None:
    assert look_of(ask(client, session, 422, step="code", code="123456")) == "phone"
    assert look_of(ask(client, session, 422, step="start", **WHO)) == "phone"
    assert look_of(ask(client, session, 422, step="who", who="new")) == "phone"


@committed
def test_a_sheet_that_is_opened_again_goes_on_where_it_was(
    client: Client, session: LiveSession, sms: list[dict[str, str]]
) -> None:
    ask(client, session, step="phone", phone=PHONE)
    assert look_of(ask(client, session)) == "code"
    ask(client, session, step="code", code=sms[-1]["code"])
    assert look_of(ask(client, session)) == "start"


@committed
def test_who_is_known_by_the_phone_only_consents(
    client: Client, session: LiveSession, sms: list[dict[str, str]]
) -> None:
    worker = WorkerFactory()
    ask(client, session, step="phone", phone=worker.user.phone)
    html = ask(client, session, step="code", code=sms[-1]["code"])
    assert look_of(html) == "consent"
    assert "晨光五金" in html
    assert look_of(ask(client, session, step="apply")) == "done"
    assert LiveApplication.objects.get().application.worker == worker


@committed
def test_the_page_learns_the_new_token_and_ticket(
    client: Client, session: LiveSession, sms: list[dict[str, str]]
) -> None:
    worker = WorkerFactory()
    ask(client, session, step="phone", phone=worker.user.phone)
    client.post(sheet_of(session), {"step": "code", "code": sms[-1]["code"]}, **HTMX)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    html = strict.get(sheet_of(session), **HTMX).content.decode()
    token = html.split('"csrf": "')[1].split('"')[0]
    assert '"is_in": true' in html
    answer = strict.post(sheet_of(session), {"step": "apply"}, HTTP_X_CSRFTOKEN=token, **HTMX)
    assert look_of(answer.content.decode()) == "done"


@committed
def test_one_of_several_with_a_phone_says_who_he_is(
    client: Client, session: LiveSession, sms: list[dict[str, str]]
) -> None:
    worker = WorkerFactory(name="王大明")
    other = WorkerFactory(name="李二红", phone=worker.user.phone)
    ask(client, session, step="phone", phone=worker.user.phone)
    assert look_of(ask(client, session, step="code", code=sms[-1]["code"])) == "who"
    assert look_of(ask(client, session, step="who", who="nobody")) == "who"
    key = f"user-{other.user_id}" if other.user_id else f"user-{worker.user_id}"
    assert look_of(ask(client, session, step="who", who=key)) == "consent"


@committed
def test_who_was_registered_by_somebody_else_takes_it_over_in_the_sheet(
    client: Client, session: LiveSession, sms: list[dict[str, str]]
) -> None:
    waiting = WorkerFactory(user=None, name="陈小红", phone=PHONE)
    ask(client, session, step="phone", phone=PHONE)
    assert look_of(ask(client, session, step="code", code=sms[-1]["code"])) == "who"
    assert look_of(ask(client, session, step="who", who=f"worker-{waiting.pk}")) == "claim"
    assert look_of(ask(client, session, 422, step="claim", claimed=str(waiting.pk), words="别人")) == "claim"
    assert look_of(ask(client, session, step="claim", claimed=str(waiting.pk), words="陈小红")) == "consent"


def test_two_taps_are_one_application(client: Client, session: LiveSession) -> None:
    worker = WorkerFactory()
    client.force_login(worker.user)
    assert "报名成功" in ask(client, session, step="apply")
    assert "已经报过名了" in ask(client, session, step="apply")
    assert Application.objects.count() == LiveApplication.objects.count() == 1


def test_the_birth_date_is_asked_only_where_the_law_needs_it(client: Client) -> None:
    session = LiveSessionFactory(live=True, cards=[JobPostingFactory(hazards=[Hazard.HEAT.value])])
    worker = WorkerFactory(birth_date=None)
    client.force_login(worker.user)
    assert "birth_date" in ask(client, session)
    assert look_of(ask(client, session, 422, step="apply", birth_date="")) == "consent"
    assert not Application.objects.exists()
    assert look_of(ask(client, session, step="apply", birth_date="1990-05-06")) == "done"


def test_a_user_without_profile_says_name_and_county(client: Client, session: LiveSession) -> None:
    client.force_login(user_in("seeker"))
    assert look_of(ask(client, session)) == "start"
    assert look_of(ask(client, session, step="start", **WHO)) == "done"
    assert look_of(ask(client, session, step="start", **WHO)) == "done"
    assert Worker.objects.count() == Application.objects.count() == 1


def test_an_employer_is_told_plainly(client: Client, session: LiveSession) -> None:
    client.force_login(user_in("employer"))
    assert look_of(ask(client, session, 403)) == "wrong"
    assert look_of(ask(client, session, 403, step="apply")) == "wrong"
    assert look_of(ask(client, session, 403, step="start", **WHO)) == "wrong"
    assert not Application.objects.exists()


def test_a_helper_applies_for_one_of_his_people(client: Client, session: LiveSession) -> None:
    broker = user_in("broker")
    worker = WorkerFactory(name="苟小花")
    stranger = WorkerFactory(name="别的人")
    DelegationFactory(worker=worker, helper=broker)
    client.force_login(broker)
    html = ask(client, session)
    assert "苟小花" in html
    assert "别的人" not in html
    html = ask(client, session, step="apply_for", worker=str(worker.pk))
    assert look_of(html) == "consent"
    assert "他同意，替他报名" in html
    assert not Application.objects.exists()
    done = ask(client, session, step="apply_for", worker=str(worker.pk), sure="1")
    assert look_of(done) == "done"
    assert LiveApplication.objects.get().application.worker == worker
    refused = client.post(sheet_of(session), {"step": "apply_for", "worker": stranger.pk, "sure": "1"}, **HTMX)
    assert refused.status_code == 404


def test_a_helper_finds_his_people_by_name(client: Client, session: LiveSession) -> None:
    broker = user_in("broker")
    for name in ("苟小花", "王大明"):
        DelegationFactory(worker=WorkerFactory(name=name), helper=broker)
    client.force_login(broker)
    html = ask(client, session, step="find", q="苟", find="1")
    assert "苟小花" in html
    assert "王大明" not in html


def test_without_scripts_the_sheet_is_a_page(client: Client, session: LiveSession) -> None:
    client.force_login(WorkerFactory().user)
    assert "<html" in client.get(sheet_of(session)).content.decode()
    html = client.post(sheet_of(session), {"step": "apply"}).content.decode()
    assert "<html" in html
    assert "报名成功" in html


def test_a_closed_card_says_why(client: Client, session: LiveSession) -> None:
    client.force_login(WorkerFactory().user)
    posting = session.cards.get().posting
    type(posting).objects.filter(pk=posting.pk).update(filled=posting.headcount)
    assert "招满" in ask(client, session, 410)
    assert look_of(ask(client, session, 410, step="apply")) == "closed"


def test_a_card_of_another_session_is_not_found(client: Client, session: LiveSession) -> None:
    other = CardFactory(session=LiveSessionFactory(live=True))
    assert client.get(reverse("live:apply", args=[session.pk, other.pk]), **HTMX).status_code == 404


@committed
def test_who_wants_to_speak_signs_in_in_the_sheet(
    client: Client, session: LiveSession, sms: list[dict[str, str]]
) -> None:
    url = reverse("live:enter", args=[session.pk])
    for fields, look in (
        ({}, "phone"),
        ({"step": "phone", "phone": PHONE}, "code"),
        ({"step": "code", "code": ""}, "start"),
        ({"step": "start", **WHO}, "in"),
    ):
        fields = {**fields, "code": sms[-1]["code"]} if "code" in fields else fields
        html = client.post(url, fields, **HTMX).content.decode()
        assert look_of(html) == look
    assert not Application.objects.exists()


# Where it came from --------------------------------------------------------------------------------------------------


def test_the_second_is_when_the_sheet_was_opened(client: Client, session: LiveSession) -> None:
    client.force_login(WorkerFactory().user)
    early = signing.dumps((timezone.now() - timedelta(minutes=3)).timestamp(), salt=moments.SALT)
    pinned(session, minutes_ago=5, until=2)
    ask(client, session, step="apply", tapped=early)
    found = LiveApplication.objects.get()
    assert 415 <= found.second <= 480
    assert found.is_pinned  # as it was when he tapped, not when he had signed in


@pytest.mark.parametrize("tapped", ["", "nonsense", signing.dumps("x", salt=moments.SALT), signing.dumps(1, salt="y")])
def test_a_moment_that_is_not_ours_is_now(client: Client, session: LiveSession, tapped: str) -> None:
    client.force_login(WorkerFactory().user)
    ask(client, session, step="apply", tapped=tapped)
    assert 595 <= LiveApplication.objects.get().second <= 660


@pytest.mark.parametrize(("position", "second", "is_pinned"), [
    ("31.5", 31, True), ("5", 5, False), ("9999", 90, False), ("-4", 0, False), ("nan", 0, False), ("x", 0, False),
])  # fmt: skip
def test_the_second_of_a_replay_stays_within_it(client: Client, position: str, second: int, is_pinned: bool) -> None:
    session = LiveSessionFactory(replay=True, cards=[JobPostingFactory()])
    assert session.live_at
    ReplayFactory(session=session, seconds=90, stretches=[[session.live_at.isoformat(), 90.0]])
    Pin.objects.create(
        session=session,
        card=session.cards.get(),
        seats_left=1,
        by=session.made_by,
        from_at=session.live_at + timedelta(seconds=30),
        to_at=session.live_at + timedelta(seconds=60),
    )
    client.force_login(WorkerFactory().user)
    ask(client, session, step="apply", position=position)
    found = LiveApplication.objects.get()
    assert (found.second, found.is_replay, found.is_pinned) == (second, True, is_pinned)


def test_the_employer_reads_that_somebody_came_from_the_room(client: Client, session: LiveSession) -> None:
    posting = session.cards.get().posting
    client.force_login(WorkerFactory().user)
    ask(client, session, step="apply")
    elsewhere = ApplicationFactory(posting=posting)
    client.force_login(owner_of(posting.employer))
    for application, is_told in ((LiveApplication.objects.get().application, True), (elsewhere, False)):
        html = client.get(reverse("applicants:detail", args=[application.pk])).content.decode()
        assert (f"来自直播“{session.title}”" in html) == is_told


def test_before_the_start_it_is_second_zero(client: Client) -> None:
    session = LiveSessionFactory(announced=True, cards=[JobPostingFactory()])
    client.force_login(WorkerFactory().user)
    ask(client, session, step="apply")
    assert (LiveApplication.objects.get().second, LiveApplication.objects.get().is_pinned) == (0, False)


def test_between_the_end_and_the_replay_it_is_the_last_second(client: Client) -> None:
    session = LiveSessionFactory(ended=True, cards=[JobPostingFactory()])
    client.force_login(WorkerFactory().user)
    ask(client, session, step="apply")
    assert LiveApplication.objects.get().second == 3600


def test_who_tapped_on_air_and_signed_in_until_the_replay_came_is_of_the_broadcast(client: Client) -> None:
    session = LiveSessionFactory(replay=True, cards=[JobPostingFactory()])
    ReplayFactory(session=session)
    now = timezone.now()
    LiveSession.objects.update(live_at=now - timedelta(minutes=11), ended_at=now - timedelta(minutes=1))
    client.force_login(WorkerFactory().user)
    tapped = signing.dumps((now - timedelta(minutes=3)).timestamp(), salt=moments.SALT)
    ask(client, session, step="apply", tapped=tapped, position="5")
    found = LiveApplication.objects.get()
    assert (found.is_replay, found.second) == (False, 480)


def test_an_application_from_elsewhere_keeps_where_it_came_from(session: LiveSession) -> None:
    worker = WorkerFactory()
    before = ApplicationFactory(worker=worker, posting=session.cards.get().posting)
    found = apply(session=session, card=session.cards.get(), worker=worker, by=worker.user, second=9, is_replay=False)
    assert found == before
    assert not LiveApplication.objects.exists()


def test_the_first_session_keeps_the_application(session: LiveSession) -> None:
    worker, card = WorkerFactory(), session.cards.get()
    later = LiveSessionFactory(live=True, cards=[card.posting])
    for where, second in ((session, 100), (later, 5)):
        apply(session=where, card=where.cards.get(), worker=worker, by=worker.user, second=second, is_replay=False)
    found = LiveApplication.objects.get()
    assert (found.session, found.second) == (session, 100)


# Refused -------------------------------------------------------------------------------------------------------------


def test_a_card_that_was_taken_off_is_refused(session: LiveSession) -> None:
    worker, card = WorkerFactory(), session.cards.get()
    card.removed_at = timezone.now()
    with pytest.raises(Refused, match="撤下"):
        apply(session=session, card=card, worker=worker, by=worker.user, second=1, is_replay=False)
    other = LiveSessionFactory(live=True)
    with pytest.raises(Refused, match="撤下"):
        apply(session=other, card=session.cards.get(), worker=worker, by=worker.user, second=1, is_replay=False)


def test_a_session_that_was_aborted_is_refused(session: LiveSession) -> None:
    worker = WorkerFactory()
    shift(session=session, to=State.ABORTED, side=Side.CREW, by=session.made_by, ended_at=timezone.now())
    with pytest.raises(Refused, match="不收报名"):
        apply(session=session, card=session.cards.get(), worker=worker, by=worker.user, second=1, is_replay=False)


def test_what_applying_refuses_is_said_in_the_sheet(client: Client, session: LiveSession) -> None:
    young = WorkerFactory(birth_date=timezone.localdate() - timedelta(days=15 * 365))
    client.force_login(young.user)
    assert "不满 16 岁" in ask(client, session, 422, step="apply")
    assert not LiveApplication.objects.exists()


def test_a_stranger_may_not_apply_for_a_worker(session: LiveSession) -> None:
    with pytest.raises(Refused):
        apply(
            session=session, card=session.cards.get(), worker=WorkerFactory(), by=UserFactory(), second=1,
            is_replay=False,
        )  # fmt: skip
    assert not LiveApplication.objects.exists()
