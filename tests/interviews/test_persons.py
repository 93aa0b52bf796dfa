"""A worker's interviews in his copy, and without him once he is forgotten."""

import io
import json
import uuid
import zipfile

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from labor.applications.actions.erasing import GONE, erase
from labor.interviews.choices import NextStep, Result
from labor.interviews.models import ChatLine, Interview, Scorecard, Seat
from tests.factories.interviews import InterviewFactory
from tests.factories.workers import WorkerFactory

NAME = "欧阳要忘记"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


def an_interview() -> Interview:
    """Held, written about and judged."""
    interview = InterviewFactory(
        done=True, application__worker=WorkerFactory(name=NAME), wish=f"{NAME}想改到下午", feedback="手艺不错"
    )
    seats = {
        kind: Seat.objects.create(
            interview=interview, number=number, kind=kind, name=name, key="sEcReT", link_ends_at=timezone.now()
        )
        for number, (kind, name) in enumerate((("recruiter", "面试官"), ("worker", NAME)), 1)
    }
    for seat, said in ((seats["worker"], "我住王家村"), (seats["recruiter"], "请带身份证")):
        ChatLine.objects.create(interview=interview, seat=seat, client_id=uuid.uuid4(), text=said)
    Scorecard.objects.create(
        interview=interview, by=interview.recruiter, notes=f"{NAME}话少", feedback="手艺不错", result=Result.PASSED,
        next_step=NextStep.OFFER, handed_in_at=timezone.now(),
    )  # fmt: skip
    return interview


def test_his_copy_tells_of_them_and_keeps_what_is_not_his(client: Client) -> None:
    interview = an_interview()
    client.force_login(interview.application.worker.user)
    answer = client.post(reverse("consents:copy"))
    told = zipfile.ZipFile(io.BytesIO(answer.content)).read("data.json").decode()
    tables = json.loads(told)
    assert {"面试", "面试记录", "评分表", "面试室座位", "面试文字"} <= set(tables)
    assert "我住王家村" in told and "手艺不错" in told
    for other in ("请带身份证", "话少", "sEcReT"):
        assert other not in told


def test_when_he_is_forgotten_the_interview_stays_without_him() -> None:
    interview = an_interview()
    worker = interview.application.worker
    erase(worker=worker, by=worker.user)
    interview.refresh_from_db()
    assert (interview.wish, interview.feedback, interview.state) == ("", "", "done")
    assert not ChatLine.objects.exists()
    assert set(Seat.objects.values_list("name", flat=True)) == {"面试官", GONE}
    card = interview.scorecard
    assert (card.notes, card.feedback, card.result) == ("", "", Result.PASSED)
