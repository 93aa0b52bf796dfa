"""Papers: sent, seen, judged, replaced; what works, and every refusal beside it."""

import io
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from employers.actions import documents, employers
from employers.choices import DocumentState, EmployerState
from employers.models import Employer, EmployerDocument, today
from employers.moves import DOCUMENT_MOVES
from jinba.accounts.models import User
from jinba.core.encrypted_files import private_files
from jinba.core.errors import Refused
from jinba.notices.models import Notice
from jinba.privacy.models import PersonalDataAccess
from tests.core.hostile_files import picture, scanned
from tests.factories.accounts import UserFactory
from tests.factories.employers import EmployerDocumentFactory, EmployerFactory, owner_of, papers_of

pytestmark = pytest.mark.django_db
D = DocumentState


def sent(content: bytes | None = None, name: str = "执照.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture() if content is None else content)


def upload(employer: Employer, **given: Any) -> EmployerDocument:
    return documents.upload(
        **{"employer": employer, "by": owner_of(employer), "kind": "licence", "file": sent()} | given
    )


def stored_files() -> list[str]:
    return list(private_files.names("documents"))


# Sending -------------------------------------------------------------------------------------------------------------


def test_an_owner_sends_a_paper_and_nothing_of_it_can_be_read_on_the_disk(employer: Employer, owner: User) -> None:
    until = today() + timedelta(days=90)
    paper = upload(employer, by=owner, valid_to=until)
    assert (paper.state, paper.kind, paper.valid_to, paper.uploaded_by) == (D.SUBMITTED, "licence", until, owner)
    assert (paper.content_type, paper.pages, paper.original_name) == ("image/jpeg", 1, "执照.jpg")
    assert paper.file.name.startswith(f"documents/{employer.pk}/") and "执照" not in paper.file.name
    raw = Path(private_files.path(paper.file.name)).read_bytes()
    assert b"JFIF" not in raw and raw != paper.file.open().read()
    assert list(paper.events.values_list("from_state", "to_state", "by")) == [("", D.SUBMITTED, owner.pk)]


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "verified", "due", "suspended"])
def test_papers_may_be_sent_in_every_state_but_the_black_list(state: str) -> None:
    employer = EmployerFactory(state=state, verified_at=timezone.now())
    assert upload(employer).state == D.SUBMITTED
    Employer.objects.filter(pk=employer.pk).update(state=EmployerState.BANNED)
    employer.refresh_from_db()
    with pytest.raises(Refused, match="黑名单"):
        upload(employer, kind="proxy")


def test_who_may_not_send(employer: Employer, recruiter: User, stranger: User, officer: User) -> None:
    for by in (recruiter, stranger, officer, None):
        with pytest.raises(Refused, match="只有负责人"):
            upload(employer, by=by)
    assert not EmployerDocument.objects.exists() and stored_files() == []


@pytest.mark.parametrize(
    ("given", "said", "field"),
    [
        ({"kind": "passport"}, "没有这种材料", "kind"),
        ({"kind": "permit"}, "没有这种材料", "kind"),  # agencies have one
        ({"valid_to": today() - timedelta(days=1)}, "已经过了", "valid_to"),
        ({"file": sent(b"<svg onload='alert(1)'/>")}, "不是照片", "file"),
        ({"file": sent(b"")}, "是空的", "file"),
    ],
)
def test_what_is_no_paper_is_refused_and_nothing_is_kept(
    employer: Employer, owner: User, given: dict[str, Any], said: str, field: str
) -> None:
    with pytest.raises(Refused, match=said) as refusal:
        upload(employer, by=owner, **given)
    assert refusal.value.field == field
    assert not EmployerDocument.objects.exists() and stored_files() == []


def test_so_many_a_day_and_no_more(employer: Employer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MOST_A_DAY", 1)
    upload(employer)
    with pytest.raises(Refused, match="一天最多"):
        upload(employer, kind="proxy")
    EmployerDocument.objects.update(uploaded_at=timezone.now() - timedelta(hours=25))
    upload(employer, kind="proxy")


def test_what_is_refused_counts_too(employer: Employer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MOST_TRIES", 2)
    for _ in range(2):
        with pytest.raises(Refused, match="坏了"):
            upload(employer, file=sent(b"\xff\xd8\xff broken"))
    with pytest.raises(Refused, match="太多次"):
        upload(employer)


def test_a_second_tap_makes_no_second_paper(employer: Employer) -> None:
    for content in (picture(), scanned(2)):
        first = upload(employer, file=sent(content))
        assert upload(employer, file=sent(content)) == first
    assert len(stored_files()) == 2 and EmployerDocument.objects.current().count() == 1


def test_what_was_returned_is_not_sent_again(employer: Employer, officer: User) -> None:
    documents.return_(document=upload(employer), by=officer, reason="看不清")
    with pytest.raises(Refused, match="同一个文件"):
        upload(employer)
    assert upload(employer, file=sent(picture(size=(400, 400)))).state == D.SUBMITTED


def test_a_new_paper_replaces_the_old_which_stays_as_history(employer: Employer, officer: User) -> None:
    old = upload(employer)
    documents.return_(document=old, by=officer, reason="看不清")
    new = upload(employer, file=sent(scanned(2), "新.pdf"))
    old.refresh_from_db()
    assert (old.state, old.reason) == (D.REPLACED, "看不清")
    assert list(EmployerDocument.objects.current()) == [new] and (new.content_type, new.pages) == ("application/pdf", 2)
    assert list(old.events.values_list("to_state", flat=True)) == [D.SUBMITTED, D.RETURNED, D.REPLACED]
    assert old.file.open().read()[:2] == b"\xff\xd8"


def test_of_a_trusted_employer_the_new_paper_alone_goes_to_review(employer: Employer) -> None:
    papers_of(employer)
    new = upload(employer, kind="licence")
    employer.refresh_from_db()
    assert employer.is_trusted and list(EmployerDocument.objects.waiting()) == [new]


def test_what_is_being_got_together_waits_for_nobody() -> None:
    employer = EmployerFactory(draft=True)
    upload(employer)
    assert not EmployerDocument.objects.waiting().exists()
    papers_of(EmployerFactory(submitted=True), "submitted")
    assert EmployerDocument.objects.waiting().count() == 4


def test_when_the_row_cannot_be_kept_no_file_is_left(employer: Employer, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("pulled the plug")

    monkeypatch.setattr(documents, "_log", fail)
    with pytest.raises(RuntimeError):
        upload(employer)
    assert stored_files() == [] and not EmployerDocument.objects.exists()


def test_a_file_that_no_row_knows_goes_after_a_day(employer: Employer) -> None:
    paper = upload(employer)
    stray, fresh = (private_files.save(f"documents/1/{name}.bin", sent(b"x")) for name in "ab")
    long_ago = (timezone.now() - timedelta(days=2)).timestamp()
    for name in (stray, paper.file.name):
        os.utime(private_files.path(name), (long_ago, long_ago))
    assert (documents.forget_stray_files(), documents.forget_stray_files()) == (1, 0)
    assert set(stored_files()) == {paper.file.name, fresh}


# Judging -------------------------------------------------------------------------------------------------------------

ACTS = {D.APPROVED: documents.approve, D.RETURNED: documents.return_, D.REJECTED: documents.reject}


@pytest.mark.parametrize("to", list(ACTS))
@pytest.mark.parametrize("start", list(D))
def test_the_table_of_moves_holds(officer: User, start: DocumentState, to: DocumentState) -> None:
    paper = EmployerDocumentFactory(state=start)
    if (start, to) in DOCUMENT_MOVES:
        assert ACTS[to](document=paper, by=officer, reason="看过").state == to
        event = paper.events.get()
        assert (event.from_state, event.to_state, event.by, event.reason) == (start, to, officer, "看过")
        paper.refresh_from_db()
        assert (paper.reviewed_by, paper.reason) == (officer, "看过") and paper.reviewed_at
    else:
        with pytest.raises(Refused, match="不能改成"):
            ACTS[to](document=paper, by=officer, reason="看过")
        assert not paper.events.exists()


@pytest.mark.parametrize("to", [D.RETURNED, D.REJECTED])
def test_bad_news_needs_a_reason_and_is_told_to_the_owners(
    employer: Employer, owner: User, recruiter: User, officer: User, to: DocumentState
) -> None:
    paper = EmployerDocumentFactory(employer=employer, submitted=True)
    with pytest.raises(Refused, match="写原因") as refusal:
        ACTS[to](document=paper, by=officer, reason=" ")
    assert refusal.value.field == "reason"
    ACTS[to](document=paper, by=officer, reason="左下角没拍到")
    notice = Notice.objects.get()
    assert (notice.recipient, notice.kind) == (owner, f"document_{to}")
    assert "左下角没拍到" in notice.body and "营业执照" in notice.title


def test_an_approval_is_told_when_it_stands_alone(employer: Employer, officer: User) -> None:
    waiting = EmployerFactory(submitted=True)
    owner_of(waiting)
    documents.approve(document=EmployerDocumentFactory(employer=waiting, submitted=True), by=officer)
    assert not Notice.objects.exists()
    documents.approve(document=EmployerDocumentFactory(employer=employer, submitted=True), by=officer)
    assert Notice.objects.get().kind == "document_approved"


def test_nobody_but_officers_judges_and_nothing_expired_is_approved(
    employer: Employer, owner: User, stranger: User, officer: User
) -> None:
    paper = EmployerDocumentFactory(employer=employer, submitted=True)
    for by in (owner, stranger, None):
        with pytest.raises(Refused, match="只有审核人员"):
            documents.approve(document=paper, by=by)
    EmployerDocument.objects.update(valid_to=today() - timedelta(days=1))
    with pytest.raises(Refused, match="过期"):
        documents.approve(document=paper, by=officer)
    EmployerDocument.objects.update(valid_to=today())
    assert documents.approve(document=paper, by=officer).is_good


def test_from_the_papers_to_the_verification(officer: User) -> None:
    employer = EmployerFactory(draft=True)
    for number, kind in enumerate(("licence", "letter", "agent_id", "proxy")):
        upload(employer, kind=kind, file=sent(picture(size=(300 + number, 300))))
    employers.submit_for_verification(employer=employer, by=owner_of(employer))
    for paper in EmployerDocument.objects.waiting():
        with pytest.raises(Refused, match="待审核"):
            employers.verify(employer=employer, by=officer)
        documents.approve(document=paper, by=officer)
    assert employers.verify(employer=employer, by=officer).is_trusted


def test_owners_hear_once_at_each_stage_that_a_paper_runs_out(employer: Employer, owner: User) -> None:
    paper = EmployerDocumentFactory(employer=employer, valid_to=today() + timedelta(days=30))
    EmployerDocumentFactory(employer=employer, kind="proxy", valid_to=today() + timedelta(days=31))
    EmployerDocumentFactory(employer=employer, kind="letter")
    for days, told in ((30, 1), (29, 1), (7, 2), (1, 2)):
        EmployerDocument.objects.filter(pk=paper.pk).update(valid_to=paper.valid_to - timedelta(days=30 - days))
        documents.warn_of_ends()
        documents.warn_of_ends()
        mine = Notice.objects.filter(kind="document_ending", recipient=owner, title__contains="营业执照")
        assert mine.count() == told


# The pages -----------------------------------------------------------------------------------------------------------

LIST = reverse("employers:documents")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def address(paper: EmployerDocument, page: int | None = None) -> str:
    if page is None:
        return reverse("employers:document", args=[paper.pk])
    return reverse("employers:document_page", args=[paper.pk, page])


def test_the_page_says_what_is_missing_and_what_was_returned(
    employer: Employer, owner: User, officer: User, django_assert_max_num_queries: Any
) -> None:
    documents.return_(document=upload(employer), by=officer, reason="左下角没拍到")
    upload(employer, file=sent(picture(size=(400, 400))))
    documents.return_(document=upload(employer, kind="proxy"), by=officer, reason="没有盖章")
    client = client_of(owner)
    client.get(LIST)
    with django_assert_max_num_queries(9):
        page = client.get(LIST).content.decode()
    assert "没有盖章" in page and "还有 3 份材料要上传" in page and "以前传过的（1）" in page
    assert 'accept="image/jpeg,image/png,image/webp,application/pdf"' in page


def test_a_paper_is_sent_from_the_page(employer: Employer, owner: User) -> None:
    client, url = client_of(owner), reverse("employers:document_upload", args=["licence"])
    name = "x" * 300 + "\u202egpj.exe"
    response = client.post(url, {"licence-file": sent(name=name), "licence-valid_to": ""})
    assert response.status_code == 302 and response.url == f"{LIST}#licence"
    paper = EmployerDocument.objects.get()
    assert paper.uploaded_by == owner and "\u202e" not in paper.original_name


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "请先选一张照片"),
        ({"licence-file": sent(b"")}, "是空的"),
        ({"licence-file": sent(b"MZ programme")}, "这是程序"),
        ({"licence-file": sent(), "licence-valid_to": "2020-01-01"}, "已经过了"),
        ({"licence-file": sent(), "licence-valid_to": "soon"}, "日期"),
        ({"licence-file": "no file"}, "请先选一张照片"),
    ],
)
def test_what_is_wrong_is_said_beside_its_form(owner: User, data: dict[str, Any], said: str) -> None:
    for value in data.values():
        if hasattr(value, "seek"):
            value.seek(0)
    response = client_of(owner).post(reverse("employers:document_upload", args=["licence"]), data)
    page = response.content.decode()
    assert response.status_code == 422 and page.count(said) == 1
    assert page.index('id="licence"') < page.index(said) < page.index('id="letter"')


def test_a_paper_goes_out_as_an_attachment_that_nothing_can_run_in(employer: Employer, owner: User) -> None:
    paper = upload(employer, file=sent(scanned(2), "证.pdf"))
    response = client_of(owner).get(address(paper))
    assert response.status_code == 200 and response.content.startswith(b"%PDF")
    assert response["Content-Type"] == "application/pdf" and response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("attachment") and "sandbox" in response["Content-Security-Policy"]
    assert "no-store" in response["Cache-Control"]
    picture_ = client_of(owner).get(address(paper, 2))
    assert picture_["Content-Type"] == "image/jpeg" and "sandbox" in picture_["Content-Security-Policy"]
    assert Image.open(io.BytesIO(picture_.content)).format == "JPEG"
    assert [client_of(owner).get(address(paper, page)).status_code for page in (0, 3)] == [404, 404]


def test_each_look_is_written_down_and_a_failed_one_is_none(employer: Employer, owner: User, officer: User) -> None:
    paper = upload(employer)
    client_of(owner).get(address(paper))
    client_of(officer).get(address(paper, 1))
    client_of(officer).get(address(paper, 2))
    rows = PersonalDataAccess.objects.order_by("pk").values_list("by", "subject", "subject_id", "fields")
    field = [f"licence:{paper.pk}"]
    assert list(rows) == [(owner.pk, "employer", employer.pk, field), (officer.pk, "employer", employer.pk, field)]


def test_a_file_that_is_gone_is_not_found(employer: Employer, owner: User) -> None:
    paper = upload(employer)
    private_files.delete(paper.file.name)
    assert client_of(owner).get(address(paper)).status_code == 404
    assert not PersonalDataAccess.objects.exists()


def test_who_sees_a_paper(employer: Employer, owner: User, recruiter: User, stranger: User, officer: User) -> None:
    paper = upload(employer)
    powerless = UserFactory(officer=True)
    powerless.groups.clear()
    wanted = {owner: 200, recruiter: 404, stranger: 404, officer: 200, powerless: 403, UserFactory(): 403}
    for user, status in wanted.items():
        for url in (address(paper), address(paper, 1)):
            assert client_of(user).get(url).status_code == status, user
    assert client_of(owner).post(address(paper)).status_code == 405
    assert Client().get(address(paper)).status_code == 302
    for user, status in {recruiter: 403, stranger: 200, officer: 403}.items():
        assert client_of(user).get(LIST).status_code == status


# The desk ------------------------------------------------------------------------------------------------------------

QUEUE = reverse("admin:employers_employerdocument_changelist")


def test_an_officer_judges_papers_at_the_desk(officer: User, django_assert_max_num_queries: Any) -> None:
    employer = EmployerFactory(submitted=True)
    first, second, *_ = papers_of(employer, "submitted")
    unfinished = EmployerFactory(draft=True)
    papers_of(unfinished, "submitted")
    desk = client_of(officer)
    desk.get(QUEUE)
    with django_assert_max_num_queries(8):
        page = desk.get(QUEUE).content.decode()
    assert employer.name in page and unfinished.name not in page
    page = desk.get(reverse("admin:employers_employerdocument_change", args=[first.pk])).content.decode()
    assert address(first, 1) in page and 'value="documents_approve"' in page and str(employer.uscc) in page
    press = {"_selected_action": [first.pk], "sure": "yes", "reason": ""}
    desk.post(QUEUE, press | {"action": "documents_approve"})
    desk.post(QUEUE, press | {"action": "documents_return", "_selected_action": [second.pk], "reason": "看不清"})
    states = dict(EmployerDocument.objects.values_list("pk", "state"))
    assert (states[first.pk], states[second.pk]) == (D.APPROVED, D.RETURNED)


def test_the_employers_own_page_links_its_papers(officer: User) -> None:
    paper = papers_of(EmployerFactory(submitted=True))[0]
    page = client_of(officer).get(reverse("admin:employers_employer_change", args=[paper.employer_id])).content.decode()
    assert reverse("admin:employers_employerdocument_change", args=[paper.pk]) in page
    assert 'value="employers_free_code"' in page
