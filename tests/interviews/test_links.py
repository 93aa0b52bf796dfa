"""The link to a seat: who it lets in, what looking at it does, how it ends; and what a browser is told with it."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from redis.exceptions import RedisError

from employers.models import Member
from jinba.core.masking import MaskingFormatter
from labor.interviews import links
from labor.interviews.actions import changing, seating
from labor.interviews.choices import CancelReason, SeatKind
from labor.interviews.models import Interview, Seat
from labor.interviews.views import entrance
from tests.factories.accounts import UserFactory, user_in
from tests.factories.interviews import in_minutes
from tests.factories.rooms import by_link, room, room_without_account, seat, signed_in

pytestmark = pytest.mark.django_db

WORKER, RECRUITER = SeatKind.WORKER, SeatKind.RECRUITER


@pytest.fixture
def interview() -> Interview:
    return room()


def path_of(interview: Interview, kind: str = WORKER) -> str:
    return links.link_path(seat(interview, kind))


def held(client: Client) -> dict[str, Any]:
    return dict(client.session.get("seats", {}))


def opens(client: Client, path: str) -> int:
    return client.post(path).status_code


# What it is ----------------------------------------------------------------------------------------------------------


def test_a_token_names_its_seat_and_nothing_else_does(interview: Interview) -> None:
    his, hers = seat(interview, WORKER), seat(interview, RECRUITER)
    token = links.token_of(his)
    assert len(token.partition(".")[2]) == links.SEAL
    assert links.seat_of_token(token) == his
    number, _, seal = token.partition(".")
    other = links.token_of(hers).partition(".")[2]
    assert seal != other
    for wrong in (
        "", ".", number, f"{number}.", f"{number}.{seal[:-1]}", f"{number}.{seal}x", f"{number}.{other}",
        f"{number}.{'x' * 16}", f"zzzz.{seal}", f"{'9' * 13}.{seal}", f"{'z' * 12}.{seal}", f"-1.{seal}", f"一.{seal}",
        f"{number}.{'界' * 16}", "\0.",
    ):  # fmt: skip
        assert links.seat_of_token(wrong) is None, wrong


def test_another_key_or_another_end_makes_another_token(interview: Interview) -> None:
    his = seat(interview, WORKER)
    token = links.token_of(his)
    Seat.objects.filter(pk=his.pk).update(key=links.new_key())
    assert links.seat_of_token(token) is None
    Seat.objects.filter(pk=his.pk).update(key=his.key, link_ends_at=his.link_ends_at + timedelta(minutes=1))
    assert links.seat_of_token(token) is None
    Seat.objects.filter(pk=his.pk).update(link_ends_at=his.link_ends_at)
    assert links.seat_of_token(token) == his


# Looking and opening -------------------------------------------------------------------------------------------------


def test_looking_says_what_it_is_and_changes_nothing(interview: Interview) -> None:
    client = Client()
    for method in (client.get, client.head):
        assert method(path_of(interview)).status_code == 200
    page = client.get(path_of(interview)).content.decode()
    assert interview.application.posting.title in page and "进入面试室" in page
    assert held(client) == {}
    his = seat(interview, WORKER)
    assert his.opened_at is None and his.arrived_at is None and his.admitted_at is None


def test_one_tap_opens_the_room_without_signing_in(interview: Interview) -> None:
    client = Client()
    response = client.post(path_of(interview), follow=True)
    assert response.redirect_chain == [(reverse("rooms:room", args=[interview.pk]), 302)]
    assert response.status_code == 200
    his = seat(interview, WORKER)
    assert his.opened_at is not None and his.admitted_at is None
    his.refresh_from_db()
    assert his.hold and held(client) == {str(interview.pk): [his.pk, his.key, his.hold]}
    # He is not signed in by it: nothing but the room is open to him.
    assert client.get("/interviews/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_a_browser_gets_a_new_session_with_its_seat(interview: Interview) -> None:
    client = Client()
    client.session["other"] = "left by whoever was here before"
    session = client.session
    session["x"] = 1
    session.save()
    before = client.cookies["session"].value if "session" in client.cookies else session.session_key
    client.post(path_of(interview))
    assert client.session.session_key != before


def test_opening_twice_is_opening_once(interview: Interview) -> None:
    client = Client()
    assert opens(client, path_of(interview)) == 302
    at = seat(interview, WORKER).opened_at
    assert opens(client, path_of(interview)) == 302
    assert seat(interview, WORKER).opened_at == at


def test_in_another_browser_he_is_looked_at_again_before_he_is_in(interview: Interview) -> None:
    """A link may be passed on: who opens it elsewhere takes the place, but not the admission."""
    mine, path = Client(), path_of(interview)
    assert opens(mine, path) == 302
    Seat.objects.filter(pk=seat(interview, WORKER).pk).update(admitted_at=timezone.now())
    assert opens(mine, path) == 302
    assert seat(interview, WORKER).is_admitted
    assert opens(Client(), path) == 302
    assert not seat(interview, WORKER).is_admitted


def test_of_two_browsers_the_one_that_opened_it_last_has_the_seat(interview: Interview) -> None:
    """The other one would else come back into a room where the recruiter has let in somebody else."""
    first, second, path = Client(), Client(), path_of(interview)
    address = reverse("rooms:room", args=[interview.pk])
    state = reverse("rooms:state", args=[interview.pk])
    assert (opens(first, path), first.get(state).status_code) == (302, 200)
    assert (opens(second, path), second.get(state).status_code) == (302, 200)
    Seat.objects.filter(pk=seat(interview, WORKER).pk).update(admitted_at=timezone.now())
    assert first.get(state).status_code == 404
    for door in ("ice", "say", "phone"):
        assert first.post(reverse(f"rooms:{door}", args=[interview.pk])).status_code == 404
    for page in (address, reverse("rooms:check", args=[interview.pk])):
        assert first.get(page).url == path  # he may open it again, and waits again
        assert second.get(page).status_code == 200
    assert (opens(first, path), first.get(address).status_code) == (302, 200)
    assert not seat(interview, WORKER).is_admitted
    assert second.get(address).url == path


def test_before_the_room_is_open_the_link_says_when_and_leads_to_the_check() -> None:
    interview = room(starts_at=in_minutes(26 * 60))
    client = Client()
    page = client.get(path_of(interview)).content.decode()
    assert "还没到时间，1 天 1 小时后可以进" in page and "先试试声音和画面" in page
    assert client.post(path_of(interview), {"to": "check"}).url == reverse("rooms:check", args=[interview.pk])
    assert client.get(reverse("rooms:check", args=[interview.pk])).status_code == 200
    early = client.get(reverse("rooms:room", args=[interview.pk]))
    assert early.status_code == 200 and "还没到时间" in early.content.decode()


def test_the_page_that_waited_goes_in_by_itself_once_it_is_open(interview: Interview) -> None:
    client = by_link(seat(interview, WORKER))
    answer = client.get(reverse("rooms:room", args=[interview.pk]), headers={"HX-Request": "true"})
    assert answer.headers["HX-Refresh"] == "true"


# Where it does not lead ----------------------------------------------------------------------------------------------


def test_somebody_elses_link_is_refused_to_who_is_signed_in(interview: Interview) -> None:
    path = path_of(interview)
    for user in (user_in("seeker"), interview.recruiter, user_in("broker"), user_in("park"), user_in("officer")):
        client = signed_in(user)
        for answer in (client.get(path), client.post(path)):
            assert answer.status_code == 403
            assert "给别人的" in answer.content.decode()
        assert held(client) == {}
    assert opens(signed_in(interview.application.worker.user), path) == 302


def test_a_link_of_a_worker_without_account_opens_for_his_helper_but_not_for_the_employer() -> None:
    interview = room_without_account()
    path = path_of(interview)
    assert opens(signed_in(interview.application.worker.registered_by), path) == 302
    assert opens(signed_in(interview.recruiter), path) == 403
    assert opens(signed_in(user_in("employer")), path) == 403


def test_the_recruiters_link_asks_for_sign_in(interview: Interview) -> None:
    path, client = path_of(interview, RECRUITER), Client()
    answer = client.post(path)
    assert answer.status_code == 302 and answer.url.startswith("/accounts/sign-in/?next=%2Frooms%2Fj%2F")
    assert held(client) == {}
    assert opens(signed_in(interview.recruiter), path) == 302


def test_a_link_of_the_time_before_says_so(interview: Interview) -> None:
    path = path_of(interview)
    interview.ends_at += timedelta(minutes=10)
    seating.seat_all(interview=interview)
    for answer in (Client().get(path), Client().post(path)):
        assert answer.status_code == 410
        assert "最新一条短信" in answer.content.decode()
    assert opens(Client(), path_of(interview)) == 302


def test_a_link_to_what_is_over_says_so(interview: Interview) -> None:
    path, client = path_of(interview), by_link(seat(interview, WORKER))
    changing.cancel(interview=interview, by=interview.recruiter, reason=CancelReason.FULL)
    assert "已经取消" in Client().get(path).content.decode()
    assert opens(Client(), path) == 410
    answer = client.get(reverse("rooms:room", args=[interview.pk]))
    assert answer.status_code == 410 and "已经取消" in answer.content.decode()


def test_a_link_whose_time_has_passed_is_closed(interview: Interview) -> None:
    his = seat(interview, WORKER)
    past = his.link_ends_at - timedelta(hours=6)
    Seat.objects.filter(pk=his.pk).update(link_ends_at=past)
    answer = Client().get(path_of(interview))
    assert answer.status_code == 410 and "时间已经过了" in answer.content.decode()


# Guessing, and what leaks --------------------------------------------------------------------------------------------


def test_guessing_is_stopped_and_other_addresses_are_not(interview: Interview) -> None:
    wrong = reverse("rooms:link", args=["1.0123456789abcdef"])
    guesser = Client(REMOTE_ADDR="203.0.113.9")
    codes = [guesser.get(wrong).status_code for _ in range(entrance.MOST_WRONG + 1)]
    assert codes == [404] * entrance.MOST_WRONG + [429]
    assert guesser.get(path_of(interview)).status_code == 429
    assert Client(REMOTE_ADDR="203.0.113.10").get(path_of(interview)).status_code == 200


def test_without_redis_a_link_still_opens(interview: Interview, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise RedisError

    for name in ("get", "add", "incr"):
        monkeypatch.setattr(cache._connections[cache._alias], name, away)
    assert Client().get(reverse("rooms:link", args=["1.0123456789abcdef"])).status_code == 404
    assert opens(Client(), path_of(interview)) == 302


def test_a_link_is_kept_nowhere_and_told_to_nobody(interview: Interview, caplog: pytest.LogCaptureFixture) -> None:
    path = path_of(interview)
    token = path.split("/")[3]
    with caplog.at_level(logging.DEBUG):
        for answer in (Client().get(path), Client().post(path), signed_in(UserFactory()).get(path)):
            assert answer.headers["Cache-Control"] == "private, no-store"
            assert answer.headers["Referrer-Policy"] == "strict-origin"
    assert token not in caplog.text


def test_no_log_line_bears_a_seal(interview: Interview) -> None:
    path = path_of(interview)
    token = path.split("/")[3]
    for address in (path, f"/n/{token}/"):
        record = logging.LogRecord("django", logging.WARNING, "", 0, "Not Found: %s", (address,), None)
        line = MaskingFormatter().format(record)
        assert token not in line and address.partition(token)[0] in line


def test_a_link_opens_at_the_address_of_notices_too(interview: Interview) -> None:
    """A vendor's template that knows only that address leads to the room all the same."""
    path = f"/n/{path_of(interview).split('/')[3]}/"
    client = Client()
    assert client.get(path).status_code == 200
    assert opens(client, path) == 302 and held(client)


def test_a_link_is_no_page_that_others_may_take_in(interview: Interview) -> None:
    client = by_link(seat(interview, WORKER))
    for name in ("room", "check"):
        answer = client.get(reverse(f"rooms:{name}", args=[interview.pk]))
        assert answer.headers["Permissions-Policy"].startswith("camera=(self), microphone=(self)")
    for path in ("/", path_of(interview), "/rooms/0/"):
        assert client.get(path).headers["Permissions-Policy"].startswith("camera=(), microphone=()")


def test_a_page_that_looks_like_a_form_of_ours_is_checked(interview: Interview) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path_of(interview)).status_code == 403


def test_the_link_of_who_speaks_for_nobody_any_more_leads_nowhere(interview: Interview) -> None:
    path, recruiter = path_of(interview, RECRUITER), interview.recruiter
    Member.objects.filter(user=recruiter).delete()
    client = signed_in(recruiter)
    assert client.get(path).status_code == 410
    assert opens(client, path) == 410 and held(client) == {}
