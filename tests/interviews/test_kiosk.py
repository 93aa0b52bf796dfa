"""The booth's own screen: the right worker sits down, and his seat is forgotten when he goes."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jinba.accounts.models import User
from jinba.core.errors import Refused
from labor.interviews.actions import kiosk, walk_ins
from labor.interviews.actions.seating import seat_all
from labor.interviews.choices import Compared, Mode, SeatKind, State
from labor.interviews.links import link_path
from labor.interviews.models import Booth, Interview, LetIn, Seat
from labor.interviews.screen import guests, last_four
from tests.concurrency.crowd import crowd, persistent
from tests.factories.accounts import user_in
from tests.factories.interviews import BoothFactory, InterviewFactory, days_ahead, in_minutes
from tests.factories.workers import WorkerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


@pytest.fixture
def host() -> User:
    return user_in("park", name="何值班")


@pytest.fixture
def booth(host: User) -> Booth:
    return BoothFactory(host=host)


@pytest.fixture
def interview(booth: Booth) -> Interview:
    return seated(booth, application__worker__name="欧阳明华")


@pytest.fixture
def desk(host: User) -> Client:
    """The host's own browser, no screen of any booth."""
    client = Client()
    client.force_login(host)
    return client


@pytest.fixture
def client(desk: Client, booth: Booth) -> Client:
    """The browser of the booth."""
    assert desk.post(page("kiosk", booth.pk)).status_code == 302
    return desk


@pytest.fixture(autouse=True)
def no_tries() -> None:
    cache.clear()


def seated(booth: Booth | None, **fields: Any) -> Interview:
    interview: Interview = InterviewFactory(**{"confirmed": True, "booth": booth} | fields)
    seat_all(interview=interview)
    return interview


def enter(interview: Interview, booth: Booth, by: User) -> LetIn:
    return kiosk.let_in(interview=interview, booth=booth, said=last_four(interview), by=by)


def ask(client: Client, interview: Interview, said: str | None = None) -> Any:
    said = last_four(interview) if said is None else said
    return client.post(page("let_in", client.session["screen"]["booth"], interview.pk), {"said": said})


def text_of(response: Any) -> str:
    return response.content.decode()


def page(name: str, *args: int) -> str:
    return reverse(f"booths:{name}", args=args)


# Letting in


def test_whoever_is_let_in_has_come_and_it_is_written_down(interview: Interview, booth: Booth, host: User) -> None:
    entry = enter(interview, booth, host)
    seat = Seat.objects.valid().get(interview=interview, kind=SeatKind.WORKER)
    assert (entry.seat, entry.by, entry.booth, entry.over_at) == (seat, host, booth, None)
    assert entry.compared == Compared.PHONE
    interview.refresh_from_db()
    assert interview.worker_came_at == entry.at and interview.state == State.CONFIRMED
    assert enter(interview, booth, host).pk == entry.pk  # a double tap
    kiosk.over(booth_id=booth.pk)
    again = enter(interview, booth, host)
    assert again.pk != entry.pk and LetIn.objects.filter(over_at=None).get() == again
    interview.refresh_from_db()
    assert interview.worker_came_at == entry.at  # the first time counts


def test_the_next_one_takes_the_place_of_whoever_was_there(interview: Interview, booth: Booth, host: User) -> None:
    following = seated(booth, starts_at=interview.ends_at)
    enter(interview, booth, host)
    second = enter(following, booth, host)
    assert LetIn.objects.filter(over_at=None).get() == second


def test_only_the_park_lets_in(interview: Interview, booth: Booth, host: User) -> None:
    for by in (user_in("broker"), user_in("officer"), interview.recruiter):
        with pytest.raises(Refused, match="工作人员办"):
            enter(interview, booth, by)
    assert enter(interview, booth, host).by == host


def test_the_digits_have_to_be_those_of_the_worker(interview: Interview, booth: Booth, host: User) -> None:
    for said in ("0000x", last_four(seated(booth, starts_at=in_minutes(40)))):
        with pytest.raises(Refused, match="对不上"):
            kiosk.let_in(interview=interview, booth=booth, said=said, by=host)
    assert not LetIn.objects.exists()
    assert enter(interview, booth, host).interview == interview


def test_full_width_digits_and_spaces_are_the_same_digits(interview: Interview, booth: Booth, host: User) -> None:
    wide = " ".join(chr(ord(digit) + 0xFEE0) for digit in last_four(interview))
    assert kiosk.let_in(interview=interview, booth=booth, said=wide, by=host).compared == Compared.PHONE


def test_who_has_no_number_is_let_in_by_the_name_on_his_card(booth: Booth, host: User) -> None:
    interview = seated(booth, application__worker__name="阿依古丽·买买提", application__worker__unclaimed=True)
    worker = interview.application.worker
    worker.set_phone("")
    worker.save(update_fields=["phone", "phone_index", "updated_at"])
    for said in ("", "阿依古丽"):
        with pytest.raises(Refused, match="对不上"):
            kiosk.let_in(interview=interview, booth=booth, said=said, by=host)
    entry = kiosk.let_in(interview=interview, booth=booth, said="阿依古丽 • 买买提", by=host)
    assert entry.compared == Compared.ID_NAME


def test_three_wrong_tries_close_that_persons_door_for_a_minute(
    interview: Interview, booth: Booth, host: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    following = seated(booth, starts_at=interview.ends_at)
    for said, words in (("x", "对不上"), ("y", "对不上"), ("z", "过 1 分钟"), (last_four(interview), "过 1 分钟")):
        with pytest.raises(Refused, match=words) as refusal:
            kiosk.let_in(interview=interview, booth=booth, said=said, by=host)
        assert refusal.value.field == "said"
    assert enter(following, booth, host).interview == following
    seconds = cache._cache.get_client().ttl(cache.make_key(f"let-in:{interview.pk}"))  # type: ignore[attr-defined]
    assert 0 < seconds <= 60
    cache.delete(f"let-in:{interview.pk}")  # as it does by itself then
    assert enter(interview, booth, host).interview == interview


def test_another_booths_interview_is_not_entered_here(interview: Interview, host: User) -> None:
    with pytest.raises(Refused, match="已经不在"):
        enter(interview, BoothFactory(), host)
    assert interview.booth is not None and enter(interview, interview.booth, host)


def test_nobody_is_let_in_before_its_time_or_to_a_telephone(booth: Booth, host: User) -> None:
    early = seated(booth, starts_at=in_minutes(31))
    by_phone = InterviewFactory(confirmed=True, mode=Mode.PHONE, booth=booth, starts_at=in_minutes(-25))
    if timezone.localdate(early.starts_at) == timezone.localdate():
        with pytest.raises(Refused, match="还没到时间"):
            enter(early, booth, host)
    with pytest.raises(Refused, match="电话面试"):
        enter(by_phone, booth, host)
    assert enter(seated(booth, starts_at=in_minutes(5)), booth, host)


def test_a_seat_that_was_taken_back_is_not_opened(interview: Interview, booth: Booth, host: User) -> None:
    Seat.objects.filter(interview=interview).update(revoked_at=timezone.now())
    with pytest.raises(Refused, match="收回"):
        enter(interview, booth, host)
    seat_all(interview=interview)
    assert enter(interview, booth, host)


def test_what_is_over_is_not_expected(booth: Booth, host: User) -> None:
    done = InterviewFactory(done=True, booth=booth)
    with pytest.raises(Refused, match="已经不在"):
        enter(done, booth, host)
    assert guests(booth=booth) == []


# Who is expected


def test_a_walk_in_called_into_the_booth_is_expected_there(booth: Booth, host: User) -> None:
    worker = WorkerFactory(helper=host)
    interview = seated(None, application__worker=worker)
    row = walk_ins.register(worker=worker, by=host, interview=interview)
    assert guests(booth=booth) == []
    with pytest.raises(Refused, match="已经不在"):
        enter(interview, booth, host)
    walk_ins.call(walk_in=row, booth=booth, by=host)
    (guest,) = guests(booth=booth)
    assert (guest.interview, guest.number, guest.may_enter) == (interview, row.number, True)
    assert guests(booth=BoothFactory()) == []
    assert enter(interview, booth, host)
    walk_ins.done(walk_in=row, by=host)
    assert guests(booth=booth) == []


def test_those_of_today_come_in_their_order(booth: Booth) -> None:
    second, first = seated(booth, starts_at=in_minutes(30)), seated(booth, starts_at=in_minutes(5))
    seated(booth, starts_at=days_ahead(1))
    same_day = timezone.localdate(second.starts_at) == timezone.localdate()
    assert [guest.interview for guest in guests(booth=booth)] == ([first, second] if same_day else [first])


# Pages


def test_the_screen_shows_no_whole_name_and_nothing_of_the_number(
    client: Client, interview: Interview, booth: Booth
) -> None:
    worker = interview.application.worker
    for address in (page("kiosk", booth.pk), page("let_in", booth.pk, interview.pk)):
        text = text_of(client.get(address))
        assert "欧阳**" in text and worker.name not in text
        shown = re.sub(r"csrf\w*\S* value=\S+", "", text)
        assert last_four(interview) not in shown and worker.masked_phone not in shown


def test_the_worker_sits_down_and_his_seat_is_forgotten_when_he_leaves(
    client: Client, interview: Interview, booth: Booth
) -> None:
    room = reverse("rooms:room", args=[interview.pk])
    answer = ask(client, interview)
    assert answer["Location"] == f"{room}?kiosk=1"
    seat = Seat.objects.valid().get(interview=interview, kind=SeatKind.WORKER)
    assert client.session["seats"] == {str(interview.pk): [seat.pk, seat.key, seat.hold]}
    shown = text_of(client.get(answer["Location"]))
    assert 'data-kind="worker"' in shown and page("back", booth.pk) in shown
    assert "site-header" not in shown and "data-nudges" not in shown and "退出" not in shown
    waiting = text_of(client.get(page("kiosk", booth.pk)))
    assert "有人正在这里面试" in waiting and "欧阳" not in waiting
    assert client.post(page("back", booth.pk))["Location"] == page("kiosk", booth.pk)
    assert client.session["seats"] == {} and client.session["screen"] == {"booth": booth.pk}
    assert LetIn.objects.get().over_at is not None
    assert client.get(room)["Location"] == page("kiosk", booth.pk)


def test_when_the_interview_is_over_the_screen_gives_the_seat_up(
    client: Client, interview: Interview, booth: Booth
) -> None:
    ask(client, interview)
    ended = timezone.now() - timedelta(hours=3)
    Interview.objects.filter(pk=interview.pk).update(starts_at=ended - timedelta(minutes=20), ends_at=ended)
    answer = client.get(reverse("rooms:room", args=[interview.pk]))
    assert answer.status_code == 302 and answer["Location"] == page("kiosk", booth.pk)
    assert "有人正在" not in text_of(client.get(answer["Location"]))
    assert client.session["seats"] == {} and LetIn.objects.get().over_at is not None


def test_the_next_worker_does_not_get_the_seat_of_the_one_before(
    client: Client, interview: Interview, booth: Booth
) -> None:
    following = seated(booth, starts_at=interview.ends_at)
    for one in (interview, following):
        ask(client, one)
    assert list(client.session["seats"]) == [str(following.pk)]


def test_wrong_digits_come_back_with_a_sentence(client: Client, interview: Interview) -> None:
    answer = ask(client, interview, "9")
    assert answer.status_code == 422 and "对不上" in text_of(answer) and 'value="9"' not in text_of(answer)
    assert "请先问他" in text_of(ask(client, interview, "")) and "seats" not in client.session


def test_what_cannot_be_is_said_on_the_screen(client: Client, interview: Interview) -> None:
    Seat.objects.filter(interview=interview).update(revoked_at=timezone.now())
    answer = ask(client, interview)
    assert answer.status_code == 302 and "收回" in text_of(client.get(answer["Location"]))


def test_an_interview_of_another_booth_is_not_found(client: Client, interview: Interview) -> None:
    elsewhere = seated(BoothFactory())
    assert ask(client, elsewhere).status_code == 404
    assert client.get(page("let_in", client.session["screen"]["booth"], interview.pk)).status_code == 200
    assert not LetIn.objects.exists()


def test_a_refresh_asks_for_the_list_alone(client: Client, interview: Interview, booth: Booth) -> None:
    piece = text_of(client.get(page("kiosk", booth.pk), headers={"HX-Request": "true"}))
    assert "<html" not in piece and "欧阳**" in piece


def test_leaving_a_booth_in_which_nobody_sits_changes_nothing(client: Client, booth: Booth) -> None:
    assert client.post(page("back", booth.pk)).status_code == 302
    assert client.get(page("back", booth.pk)).status_code == 405


# A browser that is the screen, and nothing else


def test_a_browser_becomes_the_screen_by_a_button_alone(desk: Client, interview: Interview, booth: Booth) -> None:
    other = seated(None, application__worker__unclaimed=True)
    desk.post(link_path(Seat.objects.valid().get(interview=other, kind=SeatKind.WORKER)))
    assert desk.session["seats"]
    shown = text_of(desk.get(page("kiosk", booth.pk)))
    assert f"把这台电脑作为{booth.name}的屏幕" in shown and "欧阳" not in shown and "screen" not in desk.session
    assert desk.get(page("let_in", booth.pk, interview.pk))["Location"] == page("kiosk", booth.pk)
    assert desk.post(page("let_in", booth.pk, interview.pk), {"said": last_four(interview)}).status_code == 302
    assert not LetIn.objects.exists()
    before = desk.session.session_key
    answer = desk.post(page("kiosk", booth.pk))
    assert answer["Location"] == page("kiosk", booth.pk) and answer["Clear-Site-Data"] == '"cache"'
    assert desk.session["screen"] == {"booth": booth.pk} and "seats" not in desk.session
    assert desk.session.session_key != before
    assert "欧阳**" in text_of(desk.get(page("kiosk", booth.pk)))
    assert desk.post(page("kiosk", booth.pk)).status_code == 302  # a double tap
    assert desk.session["screen"] == {"booth": booth.pk}


def test_what_was_about_to_be_said_to_the_host_is_not_said_on_the_screen(
    desk: Client, booth: Booth, host: User
) -> None:
    worker = WorkerFactory(helper=host, name="苟小花")
    desk.post(page("walk_in_new", worker.pk), {"about": "ask"})
    desk.post(page("kiosk", booth.pk))
    assert "苟小花" not in text_of(desk.get(page("kiosk", booth.pk)))


def test_everything_else_leads_back(client: Client, interview: Interview, booth: Booth) -> None:
    """Each address is tried in tests/access/test_confined.py."""
    ask(client, interview)
    other = seated(booth, starts_at=interview.ends_at)
    home = page("kiosk", booth.pk)
    room = reverse("rooms:room", args=[interview.pk])
    assert client.get(room).status_code == 200
    assert client.get(reverse("rooms:state", args=[interview.pk])).status_code == 200
    for path in (
        *("/", "/desk/", "/booths/", "/notices/", "/live/", "/admin/", "/nothing/", "/booths", "//evil.example/"),
        *(page("kiosk", BoothFactory().pk), reverse("rooms:room", args=[other.pk]), f"{room}check/"),
        link_path(Seat.objects.valid().get(interview=interview, kind=SeatKind.RECRUITER)),
    ):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (302, home), path
        assert "no-store" in answer["Cache-Control"]
    for kinds in ({"Accept": "application/json"}, {"HX-Request": "true"}, {"Content-Type": "application/json"}):
        answer = client.get("/desk/", headers=kinds)
        assert answer.status_code == 403 and "面试间的屏幕" in json.loads(answer.content)["detail"]
    assert client.get("/desk/", headers={"HX-Request": "true"})["HX-Redirect"] == home
    assert client.get("/api/v1/applications/").status_code == 403
    assert (
        client.post(
            reverse("rooms:admit", args=[interview.pk]), {"seat": 1}, headers={"Accept": "application/json"}
        ).status_code
        == 403
    )


def test_the_host_has_no_seat_on_the_screen(client: Client, interview: Interview, booth: Booth, host: User) -> None:
    """When the worker's seat is taken back he is not left sitting in the host's."""
    assert Seat.objects.valid().filter(interview=interview, kind=SeatKind.HOST, user=host).exists()
    ask(client, interview)
    Seat.objects.filter(interview=interview, kind=SeatKind.WORKER).update(revoked_at=timezone.now())
    assert client.get(reverse("rooms:state", args=[interview.pk])).status_code == 404
    assert client.get(reverse("rooms:room", args=[interview.pk]))["Location"] == page("kiosk", booth.pk)
    assert "有人正在" not in text_of(client.get(page("kiosk", booth.pk))) and LetIn.objects.get().over_at


def test_only_signing_out_ends_it(client: Client, booth: Booth, host: User) -> None:
    assert "这台电脑另作他用（退出登录）" in text_of(client.get(page("kiosk", booth.pk)))
    assert client.get(reverse("accounts:sign_in")).status_code == 302
    assert client.post(reverse("accounts:sign_out")).status_code == 302
    assert client.get("/desk/")["Location"].startswith(reverse("accounts:sign_in"))
    client.force_login(host)
    assert client.get("/desk/").status_code == 200


def test_while_somebody_sits_there_the_screen_is_not_signed_out(
    client: Client, interview: Interview, booth: Booth
) -> None:
    ask(client, interview)
    assert "退出登录" not in text_of(client.get(page("kiosk", booth.pk)))


def test_a_screen_lasts_longer_than_a_working_day(client: Client, interview: Interview) -> None:
    answer = ask(client, interview)
    assert answer.cookies[settings.SESSION_COOKIE_NAME]["max-age"] >= 24 * 60 * 60
    assert client.session.get_expiry_age() >= 24 * 60 * 60


def test_a_screen_whose_session_ran_out_says_so(client: Client, interview: Interview, booth: Booth) -> None:
    client.session.flush()
    for answer in (client.get(page("kiosk", booth.pk)), client.post(page("back", booth.pk)), ask_nobody(client, booth)):
        assert answer.status_code == 200 and "请叫一声服务专区的工作人员" in text_of(answer)
        assert f"next={page('kiosk', booth.pk)}" in text_of(answer) and "欧阳" not in text_of(answer)
    piece = client.get(page("kiosk", booth.pk), headers={"HX-Request": "true"})
    assert piece["HX-Refresh"] == "true" and piece.content == b""


def ask_nobody(client: Client, booth: Booth) -> Any:
    return client.get(page("let_in", booth.pk, 1))


def test_a_host_who_may_not_sign_in_any_more_leaves_no_screen(
    client: Client, interview: Interview, booth: Booth, host: User
) -> None:
    ask(client, interview)
    User.objects.filter(pk=host.pk).update(is_active=False)
    assert client.get("/desk/")["Location"] == page("kiosk", booth.pk)
    assert "请叫一声" in text_of(client.get(page("kiosk", booth.pk)))
    assert "screen" not in client.session and LetIn.objects.get().over_at is not None
    assert client.get(reverse("accounts:sign_in")).status_code == 200


def test_the_screen_of_a_booth_that_is_used_no_more_can_still_be_signed_out(client: Client, booth: Booth) -> None:
    Booth.objects.update(is_active=False)
    shown = text_of(client.get(page("kiosk", booth.pk)))
    assert "停用了" in shown and "退出登录" in shown


# Races


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_let_in_once_and_never_two_people() -> None:
    host, booth = user_in("park"), BoothFactory()
    first = seated(booth)
    second = seated(booth, starts_at=first.ends_at)
    answers = crowd(persistent(lambda one: enter(one, booth, host).pk), [first, first, second] * 4, people=4)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert LetIn.objects.filter(booth=booth, over_at=None).count() == 1
