"""Officers read what is said in rooms, hide it, keep people from speaking everywhere, and lift that."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from employers.models import PostingAnswer
from labor.live.actions import saying
from labor.live.models import Ban, LiveSession, Message
from tests.factories.accounts import UserFactory
from tests.factories.employers import JobPostingFactory
from tests.factories.live import LiveSessionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nudges")]


@pytest.fixture
def officer() -> Client:
    client = Client()
    client.force_login(UserFactory(officer=True))
    return client


@pytest.fixture
def message() -> Message:
    session: LiveSession = LiveSessionFactory(live=True, slow_seconds=0)
    return saying.say(session=session, by=UserFactory(), text="打我电话13857900001", kind="chat", client_id=uuid4())


def deed(client: Client, model: str, name: str, row: Any, **more: Any) -> Any:
    address = reverse(f"admin:{model}_changelist")
    return client.post(address, {"action": name, "_selected_action": row.pk, **more}, follow=True)


def test_numbers_are_masked_where_officers_read(officer: Client, message: Message) -> None:
    page = officer.get(reverse("admin:live_message_changelist"), {"state": "held"}).content.decode()
    assert "138****0001" in page and "13857900001" not in page
    assert str(message.session_id) in page or message.session.title in page


def test_a_line_is_shown_hidden_and_its_author_banned_everywhere(officer: Client, message: Message) -> None:
    deed(officer, "live_message", "show", message)
    message.refresh_from_db()
    assert message.state == "shown"
    assert "原因" in deed(officer, "live_message", "hide", message).content.decode()
    deed(officer, "live_message", "hide", message, sure="1", reason="contact")
    message.refresh_from_db()
    assert (message.state, message.hide_reason) == ("hidden", "contact")
    deed(officer, "live_message", "ban_author", message, sure="1", reason="advert", days="7", note="到处发")
    ban = Ban.objects.get()
    assert (ban.user, ban.session, ban.note) == (message.author, None, "到处发") and ban.until
    deed(officer, "live_ban", "lift", ban)
    ban.refresh_from_db()
    assert ban.lifted_at and ban.lifted_by


def test_an_answer_is_hidden_with_a_reason_and_shown_again(officer: Client) -> None:
    kept = PostingAnswer.objects.create(
        posting=JobPostingFactory(), question="有夫妻房吗", answer="有", answered_by=UserFactory(park=True)
    )
    deed(officer, "employers_postinganswer", "hide", kept, sure="1", reason="和岗位写的不一样")
    kept.refresh_from_db()
    assert kept.hidden_at and kept.hidden_why == "和岗位写的不一样"
    deed(officer, "employers_postinganswer", "show", kept)
    kept.refresh_from_db()
    assert kept.hidden_at is None
