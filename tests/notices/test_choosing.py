"""What a reader switches on and off, the address he proves to be his, the link at a letter's foot."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jinba.accounts.models import User
from jinba.core.errors import Refused
from jinba.notices import actions as notices
from jinba.notices import checks, letters, tasks
from jinba.notices.choices import Channel, Topic
from jinba.notices.models import EmailProof, Preference
from jinba.notices.rules import topics_of
from tests.factories.accounts import UserFactory, user_in

pytestmark = pytest.mark.django_db
ADDRESS = "Reader@example.cn"


@pytest.fixture(autouse=True)
def _mail_goes_out(settings: Any) -> None:
    settings.EMAIL_FROM = "noreply@jobs.example.cn"


@pytest.fixture
def reader() -> Any:
    return UserFactory()


@pytest.fixture
def client(reader: Any) -> Client:
    client = Client()
    client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
    return client


def code() -> str:
    (found,) = re.findall(r"验证码：(\d{6})", str(mail.outbox[-1].body))
    return str(found)


def wrong() -> str:
    return f"{(int(code()) + 1) % 10**6:06d}"


def a_minute_later() -> None:
    EmailProof.objects.update(sent_at=timezone.now() - timedelta(seconds=61))


# Switches ------------------------------------------------------------------------------------------------------------


def test_switches_keep_what_the_reader_said(reader: Any) -> None:
    assert notices.choices_of(user=reader)[Topic.OFFERS, Channel.SMS]
    assert notices.choose(user=reader, wanted={(Topic.OFFERS, Channel.SMS): False}) == 1
    assert not notices.choices_of(user=reader)[Topic.OFFERS, Channel.SMS]
    assert notices.choose(user=reader, wanted={(Topic.OFFERS, Channel.SMS): False}) == 0
    assert notices.choose(user=reader, wanted={(Topic.OFFERS, Channel.SMS): True}) == 1
    assert notices.choices_of(user=reader)[Topic.OFFERS, Channel.SMS]


def test_what_does_not_concern_a_role_cannot_be_switched(reader: Any) -> None:
    assert notices.choose(user=reader, wanted={(Topic.DESK, Channel.SMS): False}) == 0
    assert not Preference.objects.exists()


@pytest.mark.parametrize("role", ["seeker", "employer", "broker", "park", "officer"])
def test_every_role_has_its_page(role: str, django_assert_max_num_queries: Any) -> None:
    user = user_in(role)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    with django_assert_max_num_queries(9):
        page = client.get(reverse("notices:settings")).content.decode()
    if user.phone:
        assert all(topic.label in page for topic in topics_of(role))
        assert user.masked_phone in page and user.phone not in page


def test_the_page_saves_and_leaves_alone_what_it_does_not_show(client: Client, reader: Any) -> None:
    everything = {f"{topic.value}.sms": "on" for topic in topics_of("seeker") if topic != Topic.OFFERS}
    assert client.post(reverse("notices:settings"), everything).status_code == 302
    assert not Preference.objects.get(topic=Topic.OFFERS).is_on
    assert not Preference.objects.filter(channel=Channel.EMAIL).exists()  # no address yet: nothing was said about it
    assert client.put(reverse("notices:settings")).status_code == 405


# The address ---------------------------------------------------------------------------------------------------------


def test_an_address_is_the_readers_own_once_he_knows_the_code(client: Client, reader: Any) -> None:
    assert client.post(reverse("notices:email"), {"address": ADDRESS}).status_code == 302
    assert mail.outbox[0].to == [ADDRESS]
    reader.refresh_from_db()
    assert reader.email is None
    assert ADDRESS in client.get(reverse("notices:settings")).content.decode()
    assert client.post(reverse("notices:email_code"), {"code": code()}).status_code == 302
    reader.refresh_from_db()
    assert reader.email == ADDRESS
    page = client.get(reverse("notices:settings")).content.decode()
    assert 'name="offers.email"' in page
    assert client.post(reverse("notices:email_remove")).status_code == 302
    reader.refresh_from_db()
    assert reader.email is None and not EmailProof.objects.exists()


@pytest.mark.parametrize("address", ["", "nobody", "a@b", "a b@example.cn", "a@" + "x" * 200 + ".cn"])
def test_what_is_no_address_is_said_so_and_kept(client: Client, address: str) -> None:
    answer = client.post(reverse("notices:email"), {"address": address})
    assert answer.status_code == 422 and address in answer.content.decode()
    assert not mail.outbox


def test_a_wrong_code_proves_nothing_and_five_burn_it(client: Client, reader: Any) -> None:
    notices.send_email_code(user=reader, address=ADDRESS)
    assert client.post(reverse("notices:email_code"), {"code": wrong()}).status_code == 422
    for _ in range(4):
        with pytest.raises(Refused, match="不对"):
            notices.check_email_code(user=reader, code=wrong())
    with pytest.raises(Refused, match="作废"):
        notices.check_email_code(user=reader, code=code())


def test_a_code_is_good_once_for_half_an_hour_and_for_its_user(reader: Any) -> None:
    with pytest.raises(Refused, match="作废"):
        notices.check_email_code(user=reader, code="123456")
    notices.send_email_code(user=reader, address=ADDRESS)
    with pytest.raises(Refused, match="作废"):
        notices.check_email_code(user=UserFactory(), code=code())
    assert notices.check_email_code(user=reader, code=code()) == "Reader@example.cn"
    with pytest.raises(Refused, match="作废"):
        notices.check_email_code(user=reader, code=code())
    EmailProof.objects.update(used_at=None, sent_at=timezone.now() - timedelta(minutes=31))
    with pytest.raises(Refused, match="作废"):
        notices.check_email_code(user=reader, code=code())


def test_nobody_floods_an_address(reader: Any) -> None:
    notices.send_email_code(user=reader, address=ADDRESS)
    with pytest.raises(Refused, match="等一分钟"):
        notices.send_email_code(user=reader, address=ADDRESS)
    for _ in range(4):
        a_minute_later()
        notices.send_email_code(user=reader, address=ADDRESS)
    a_minute_later()
    with pytest.raises(Refused, match="明天"):
        notices.send_email_code(user=reader, address="other@example.cn")
    with pytest.raises(Refused, match="明天"):
        notices.send_email_code(user=UserFactory(), address=ADDRESS)
    assert len(mail.outbox) == 5


def test_a_letter_that_cannot_be_sent_leaves_nothing(reader: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **about: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("jinba.notices.actions.choosing.send_mail", fail)
    with pytest.raises(Refused, match="没有发出去"):
        notices.send_email_code(user=reader, address=ADDRESS)
    assert not EmailProof.objects.exists()


def test_where_no_mail_goes_out_none_is_offered(client: Client, reader: Any, settings: Any) -> None:
    settings.EMAIL_FROM = ""
    assert "现在不发邮件" in client.get(reverse("notices:settings")).content.decode()
    with pytest.raises(Refused, match="不发邮件"):
        notices.send_email_code(user=reader, address=ADDRESS)


def test_old_codes_are_forgotten(reader: Any) -> None:
    notices.send_email_code(user=reader, address=ADDRESS)
    tasks.forget_proofs()
    assert EmailProof.objects.exists()
    EmailProof.objects.update(sent_at=timezone.now() - timedelta(days=3))
    tasks.forget_proofs()
    assert not EmailProof.objects.exists()


# The link at a letter's foot -----------------------------------------------------------------------------------------


def test_one_click_ends_a_topics_letters_and_looking_does_not(reader: Any) -> None:
    address = reverse("notices:off", args=[letters.off_token(user_id=reader.pk, topic=Topic.OFFERS)])
    stranger = Client(enforce_csrf_checks=True)  # a mail program has no cookie
    assert "录用通知" in stranger.get(address).content.decode()
    assert not Preference.objects.exists()
    assert stranger.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert stranger.post(address).status_code == 200
    said = Preference.objects.get()
    assert (said.user, said.topic, said.channel, said.is_on) == (reader, Topic.OFFERS, Channel.EMAIL, False)
    assert stranger.put(address).status_code == 405


def test_a_link_that_was_tampered_with_does_nothing(reader: Any) -> None:
    token = letters.off_token(user_id=reader.pk, topic=Topic.OFFERS)
    address = reverse("notices:off", args=[token[:-1] + ("a" if token[-1] != "a" else "b")])
    assert Client().post(address).status_code == 404
    gone = letters.off_token(user_id=10**9, topic=Topic.OFFERS)
    with pytest.raises(Refused, match="失效"):
        notices.switch_off(token=gone)
    assert not Preference.objects.exists() and User.objects.filter(pk=reader.pk).exists()


# Settings ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("QUIET_HOURS", "night", "notices.E001"),
        ("SITE_URL", "jobs.example.cn", "notices.E002"),
        ("EMAIL_FROM", "noreply", "notices.E003"),
        ("SILENCE_CLOSE_DAYS", 7, "notices.E004"),
    ],
)
def test_wrong_settings_are_said(settings: Any, name: str, value: Any, found: str) -> None:
    assert checks.notice_settings() == []
    setattr(settings, name, value)
    assert [message.id for message in checks.notice_settings()] == [found]


def test_an_address_of_this_machine_is_no_address_for_the_public(settings: Any) -> None:
    settings.SITE_URL = "https://jobs.example.cn"
    assert checks.public_address() == []
    settings.SITE_URL = "http://localhost:8000"
    assert [message.id for message in checks.public_address()] == ["notices.W001"]


# The officers' list --------------------------------------------------------------------------------------------------


def test_officers_see_what_failed_and_send_it_again(reader: Any, letters: Any) -> None:
    notice = notices.tell(recipient=reader, kind="application.offered", dedupe_key="one", title="企业录用您了")
    assert notice is not None
    delivery = notice.deliveries.get()
    notice.deliveries.update(state="failed", error="号码不对", attempts=3)
    admin = Client()
    admin.force_login(user_in("admin"), backend="django.contrib.auth.backends.ModelBackend")
    index = reverse("admin:notices_delivery_changelist")
    assert "号码不对" in admin.get(index + "?state__exact=failed").content.decode()
    deed = {"action": "sending_send_again", "_selected_action": [delivery.pk]}
    assert "再发一次" in admin.post(index, deed).content.decode()
    assert admin.post(index, deed | {"sure": "yes", "reason": ""}).status_code == 302
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("waiting", 0)
