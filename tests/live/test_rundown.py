"""The rundown, the crew, the cover and the rehearsal: what each takes, and what it refuses."""

import io
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from jinba.core.errors import Refused
from labor.live import gates
from labor.live.actions import covers, crew, rehearsing, rundown
from labor.live.models import LiveSession
from tests.core.hostile_files import picture
from tests.factories.accounts import UserFactory
from tests.factories.employers import EmployerFactory, JobPostingFactory, MemberFactory, owner_of
from tests.factories.live import LiveSessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> LiveSession:
    made: LiveSession = LiveSessionFactory(anchor=True, rehearsed_at=None)
    return made


# Rundown -------------------------------------------------------------------------------------------------------------


def titles(session: LiveSession) -> list[str]:
    return [card.posting.title for card in session.cards.filter(removed_at__isnull=True).order_by("order")]


def test_postings_are_added_once_moved_and_taken_out(session: LiveSession) -> None:
    by = session.made_by
    cards = [rundown.add(session=session, posting=JobPostingFactory(title=name), by=by) for name in "甲乙丙"]
    rundown.add(session=session, posting=cards[0].posting, by=by)
    rundown.move(card=cards[2], by=by, up=True)
    rundown.move(card=cards[0], by=by, up=True)  # the first stays first
    assert titles(session) == ["甲", "丙", "乙"]
    rundown.move(card=cards[0], by=by, up=False)
    assert titles(session) == ["丙", "甲", "乙"]
    rundown.remove(card=cards[0], by=by)
    assert titles(session) == ["丙", "乙"]
    with pytest.raises(Refused, match="已经撤下"):
        rundown.move(card=cards[0], by=by, up=True)


def test_a_note_is_the_crews_and_bears_no_number(session: LiveSession) -> None:
    card = rundown.add(session=session, posting=JobPostingFactory(), by=session.made_by)
    rundown.note(card=card, by=session.made_by, text="先讲夫妻房，找 13812345678")
    card.refresh_from_db()
    assert card.note == "先讲夫妻房，找 138****5678"
    with pytest.raises(Refused, match="200 个字"):
        rundown.note(card=card, by=session.made_by, text="长" * 201)


def test_an_employers_session_takes_its_own_postings_alone() -> None:
    host = EmployerFactory()
    session = LiveSessionFactory(host=host, made_by=owner_of(host))
    with pytest.raises(Refused, match="不是主办单位自己的岗位"):
        rundown.add(session=session, posting=JobPostingFactory(), by=session.made_by)
    rundown.add(session=session, posting=JobPostingFactory(employer=host), by=session.made_by)
    assert session.cards.count() == 1


def test_what_is_spoken_of_now_is_not_taken_out_and_what_was_keeps_its_record() -> None:
    session = LiveSessionFactory(live=True, anchor=True, cards=[JobPostingFactory()])
    card, by = session.cards.get(), session.crew.get().user
    pin = session.pins.create(card=card, seats_left=5, by=by)
    with pytest.raises(Refused, match="讲完了"):
        rundown.remove(card=card, by=by)
    pin.to_at = pin.from_at
    pin.save(update_fields=["to_at"])
    rundown.remove(card=card, by=by)
    card.refresh_from_db()
    assert card.removed_at is not None
    again = rundown.add(session=session, posting=card.posting, by=by)
    assert again.pk == card.pk
    assert [entry.kind for entry in session.entries.all()] == ["cards", "cards"]


def test_the_papers_of_an_employer_that_comes_in_on_air_are_kept_beside_the_others() -> None:
    session = LiveSessionFactory(live=True, anchor=True, licences=[{"kind": "licence", "number": "旧证"}])
    for posting in (first := JobPostingFactory(), JobPostingFactory(employer=first.employer)):
        rundown.add(session=session, posting=posting, by=session.made_by)
    session.refresh_from_db()
    assert session.licences[0]["number"] == "旧证"
    assert [paper.get("employer") for paper in session.licences].count(first.employer_id) == 1


def test_strangers_and_guests_leave_the_rundown_alone(session: LiveSession) -> None:
    posting = JobPostingFactory()
    guest = owner_of(posting.employer)
    rundown.add(session=session, posting=posting, by=session.made_by)
    session.crew.create(user=guest, part="anchor", shown_name="李姐")
    with pytest.raises(Refused, match="您不能改"):
        rundown.remove(card=session.cards.get(), by=guest)
    over = LiveSessionFactory(replay=True, cards=[posting])
    with pytest.raises(Refused, match="不能再改"):
        rundown.remove(card=over.cards.get(), by=over.made_by)


def test_a_rundown_has_an_end(session: LiveSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rundown, "MOST", 1)
    rundown.add(session=session, posting=JobPostingFactory(), by=session.made_by)
    with pytest.raises(Refused, match="最多放 1 个"):
        rundown.add(session=session, posting=JobPostingFactory(), by=session.made_by)


# Crew ----------------------------------------------------------------------------------------------------------------


def test_colleagues_and_people_of_the_rundowns_employers_may_speak(session: LiveSession) -> None:
    posting = JobPostingFactory()
    rundown.add(session=session, posting=posting, by=session.made_by)
    guest, colleague = owner_of(posting.employer), UserFactory(park=True)
    named = {"session": session, "by": session.made_by}
    crew.add_by_phone(phone=guest.phone, part="anchor", shown_name="李姐", **named)
    assert colleague in crew.own_people(**named)
    crew.add(user=colleague, part="moderator", shown_name="小何", **named)
    crew.add(user=colleague, part="anchor", shown_name="小何", **named)  # named again: another part
    assert [(one.shown_name, one.part) for one in session.crew.order_by("pk")[1:]] == [
        ("李姐", "anchor"), ("小何", "anchor"),
    ]  # fmt: skip
    assert colleague not in crew.own_people(**named)
    crew.remove(member=session.crew.get(user=guest), by=session.made_by)
    assert not session.crew.filter(user=guest).exists()


def test_a_number_of_a_stranger_says_the_same_as_one_of_nobody(session: LiveSession) -> None:
    strangers = [UserFactory(), MemberFactory().user, UserFactory(broker=True)]
    said = set()
    for phone in [*(one.phone for one in strangers), "13900009999"]:
        with pytest.raises(Refused) as refused:
            crew.add_by_phone(session=session, phone=phone, part="anchor", shown_name="谁", by=session.made_by)
        said.add((refused.value.message, refused.value.field))
    assert said == {(crew.NOT_FOUND, "phone")}
    assert session.crew.count() == 1


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"part": "boss"}, "part"),
        ({"shown_name": " "}, "shown_name"),
        ({"shown_name": "长" * 21}, "shown_name"),
        ({"shown_name": "加我微信13900000000"}, "shown_name"),
    ],
)
def test_a_part_and_a_name_are_wanted(session: LiveSession, told: dict[str, str], field: str) -> None:
    named = {"session": session, "user": UserFactory(park=True), "by": session.made_by}
    with pytest.raises(Refused) as refused:
        crew.add(**{"part": "anchor", "shown_name": "小何", **named, **told})
    assert refused.value.field == field
    crew.add(part="anchor", shown_name="小何", **named)


def test_only_those_who_plan_name_the_crew(session: LiveSession) -> None:
    with pytest.raises(Refused, match="您不能改"):
        crew.remove(member=session.crew.get(), by=MemberFactory().user)
    over = LiveSessionFactory(replay=True, anchor=True)
    with pytest.raises(Refused, match="不能再改"):
        crew.remove(member=over.crew.get(), by=over.made_by)


# Cover ---------------------------------------------------------------------------------------------------------------


def sent(**fields: Any) -> SimpleUploadedFile:
    return SimpleUploadedFile("cover.jpg", picture(**fields), content_type="image/jpeg")


@pytest.mark.parametrize("size", [(1600, 900), (900, 1600), (400, 300)], ids=["wide", "upright", "small"])
def test_a_cover_is_drawn_anew_in_the_shape_of_a_screen(session: LiveSession, size: tuple[int, int]) -> None:
    covers.put(session=session, file=sent(size=size), by=session.made_by)
    session.refresh_from_db()
    with default_storage.open(session.cover) as stored, Image.open(io.BytesIO(stored.read())) as image:
        assert image.size == covers.SIZE
        assert not image.getexif()


def test_another_cover_replaces_the_first_and_is_approved_again(
    session: LiveSession, django_capture_on_commit_callbacks: Any
) -> None:
    announced = LiveSessionFactory(announced=True)
    by = announced.made_by
    covers.put(session=announced, file=sent(), by=by)
    announced.refresh_from_db()
    first = announced.cover
    assert announced.state == "planned"
    with django_capture_on_commit_callbacks(execute=True):
        covers.remove(session=announced, by=by)
    announced.refresh_from_db()
    assert announced.cover == ""
    assert not default_storage.exists(first)


def test_a_cover_is_a_picture_of_those_who_plan(session: LiveSession) -> None:
    with pytest.raises(Refused, match="您不能改"):
        covers.put(session=session, file=sent(), by=UserFactory())
    for other in (b"<html>", b"MZ" + bytes(500), bytes(500)):
        with pytest.raises(Refused, match="封面要是一张图片") as refused:
            covers.put(session=session, file=SimpleUploadedFile("x.jpg", other), by=session.made_by)
        assert "PDF" not in refused.value.message
    session.refresh_from_db()
    assert session.cover == ""


# Rehearsal -----------------------------------------------------------------------------------------------------------

GOOD = {"camera": True, "microphone": True, "plan_read": True, "links_tried": True}


def rehearse(session: LiveSession, *, way: str = "browser", kbps: int = 2000, **results: bool) -> list[str]:
    made = rehearsing.rehearse(
        session=session, by=session.made_by, way=way, results={**GOOD, **results}, upload_kbps=kbps
    )
    assert bool(made.rehearsed_at) == (not made.rehearsal["missing"])
    return list(made.rehearsal["missing"])


def test_a_whole_rehearsal_counts_and_a_later_bad_one_counts_no_more(session: LiveSession) -> None:
    rundown.add(session=session, posting=JobPostingFactory(), by=session.made_by)
    assert rehearse(session) == []
    assert rehearse(session, kbps=999) == ["上传速度够"]
    session.refresh_from_db()
    assert session.rehearsed_at is None


@pytest.mark.parametrize("lacks", list(GOOD))
def test_whatever_is_missing_is_kept_in_words(session: LiveSession, lacks: str) -> None:
    rundown.add(session=session, posting=JobPostingFactory(), by=session.made_by)
    assert len(rehearse(session, **{lacks: False})) == 1


def test_the_rundown_and_the_plan_are_part_of_it(session: LiveSession) -> None:
    assert rehearse(session) == [gates.NO_CARDS]


def test_an_encoder_and_another_platform_have_shorter_lists(session: LiveSession) -> None:
    rundown.add(session=session, posting=JobPostingFactory(), by=session.made_by)
    nothing = {"camera": False, "microphone": False}
    assert len(rehearse(session, way="encoder", kbps=0, **nothing)) == 1
    assert rehearse(session, way="encoder", kbps=0, encoder=True, **nothing) == []
    session.platform, session.platform_url = "douyin", "https://v.douyin.com/a/"
    session.save(update_fields=["platform", "platform_url"])
    assert len(rehearse(session, kbps=0, **nothing)) == 1
    assert rehearse(session, kbps=0, elsewhere=True, **nothing) == []


def test_only_the_crew_rehearses_and_only_what_is_to_come(session: LiveSession) -> None:
    with pytest.raises(Refused, match="主播和场控"):
        rehearsing.rehearse(session=session, by=MemberFactory().user, way="browser", results=GOOD)
    over = LiveSessionFactory(replay=True)
    with pytest.raises(Refused, match="不用彩排"):
        rehearsing.rehearse(session=over, by=over.made_by, way="browser", results=GOOD)
