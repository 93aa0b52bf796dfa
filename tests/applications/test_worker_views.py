"""The worker's pages: apply, follow, answer. Each walks the checklist of the house."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from labor.applications import actions as applications
from labor.applications.choices import CloseReason, Stage, Via
from labor.applications.models import Application, PostingInvitation
from tests.factories.accounts import UserFactory
from tests.factories.applications import ApplicationFactory, PostingInvitationFactory, offered
from tests.factories.employers import JobPostingFactory, MemberFactory, owner_of
from tests.factories.workers import WorkerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(response: Any) -> str:
    return response.content.decode()


# Apply ---------------------------------------------------------------------------------------------------------------


def test_the_apply_page_names_who_receives_the_data_and_one_tap_applies() -> None:
    posting, worker = JobPostingFactory(), WorkerFactory()
    client, address = signed_in(worker.user), reverse("applications:apply", args=[posting.pk])
    page = text_of(client.get(address))
    assert "您的姓名、电话、简历会提供给" in page and posting.employer.name in page
    assert page.count("同意并报名") == 1 and reverse("accounts:who") in page
    assert posting.employer.contact_phone not in page
    answer = client.post(address)
    application = Application.objects.get()
    assert answer.status_code == 302 and answer["Location"] == application.get_absolute_url()
    assert application.via == Via.SELF
    page = text_of(client.get(answer["Location"]))
    assert "报名成功" in page and f"tel:{posting.employer.contact_phone}" in page


def test_a_double_tap_leads_to_the_same_page() -> None:
    posting, worker = JobPostingFactory(), WorkerFactory()
    client, address = signed_in(worker.user), reverse("applications:apply", args=[posting.pk])
    assert client.post(address)["Location"] == client.post(address)["Location"] == client.get(address)["Location"]
    assert Application.objects.count() == 1


def test_on_the_postings_page_who_has_applied_reads_so() -> None:
    posting, worker = JobPostingFactory(), WorkerFactory()
    client, address = signed_in(worker.user), reverse("postings:detail", args=[posting.pk])
    assert "我要报名" in text_of(client.get(address))
    application = applications.apply(worker=worker, posting=posting, by=worker.user)
    page = text_of(client.get(address))
    assert "已报名，看进展" in page and application.get_absolute_url() in page and "我要报名" not in page
    applications.withdraw(application=application, by=worker.user, reason=CloseReason.NOT_INTERESTED)
    assert "我要报名" in text_of(client.get(address))
    assert "帮人报名" in text_of(signed_in(UserFactory(broker=True)).get(address))


def test_who_is_not_signed_in_is_asked_to_and_comes_back() -> None:
    address = reverse("applications:apply", args=[JobPostingFactory().pk])
    assert Client().get(address)["Location"] == f"{reverse('accounts:sign_in')}?next={address}"


def test_a_seeker_without_a_name_is_asked_for_it_first() -> None:
    address = reverse("applications:apply", args=[JobPostingFactory().pk])
    answer = signed_in(UserFactory()).get(address)
    assert answer["Location"].startswith(reverse("workers:start")) and "next=" in answer["Location"]


@pytest.mark.parametrize("trait", ["broker", "park"])
def test_a_helper_is_asked_for_whom(trait: str) -> None:
    posting = JobPostingFactory()
    answer = signed_in(UserFactory(**{trait: True})).get(reverse("applications:apply", args=[posting.pk]))
    assert answer["Location"] == reverse("acting:choose", args=[posting.pk])


@pytest.mark.parametrize("trait", ["employer", "officer", "admin"])
def test_other_roles_are_told_so_in_a_plain_sentence(trait: str) -> None:
    address = reverse("applications:apply", args=[JobPostingFactory().pk])
    client = signed_in(UserFactory(**{trait: True}))
    for answer in (client.get(address), client.post(address)):
        assert answer.status_code == 403 and "请退出后用求职者的身份登录" in text_of(answer)
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    ("situation", "words"),
    [({"paused": True}, "暂时不招人"), ({"filled_up": True}, "招满了"), ({"expired": True}, "过了有效期")],
)
def test_who_comes_too_late_reads_why(situation: dict[str, bool], words: str) -> None:
    client = signed_in(WorkerFactory().user)
    address = reverse("applications:apply", args=[JobPostingFactory(**situation).pk])
    shown, posted = client.get(address), client.post(address)
    assert (shown.status_code, posted.status_code) == (410, 409)
    assert words in text_of(shown) and words in text_of(posted)


@pytest.mark.parametrize("trait", ["draft", "review", "rejected"])
def test_a_posting_that_was_never_out_does_not_exist(trait: str) -> None:
    address = reverse("applications:apply", args=[JobPostingFactory(**{trait: True}).pk])
    assert signed_in(WorkerFactory().user).get(address).status_code == 404


def test_who_was_invited_sees_it_and_may_apply_or_not() -> None:
    invitation = PostingInvitationFactory()
    client = signed_in(invitation.worker.user)
    address = reverse("applications:apply", args=[invitation.posting_id])
    assert "邀请您看看" in text_of(client.get(address))
    assert "有企业邀请您" in text_of(client.get(reverse("applications:mine")))
    decline = reverse("applications:decline_invitation", args=[invitation.pk])
    assert client.get(decline).status_code == 405
    assert signed_in(WorkerFactory().user).post(decline).status_code == 404
    assert client.post(decline).status_code == 302
    assert PostingInvitation.objects.get().declined_at
    assert "有企业邀请您" not in text_of(client.get(reverse("applications:mine")))


# Follow --------------------------------------------------------------------------------------------------------------


def test_my_applications_say_where_each_stands_and_what_comes_next(django_assert_max_num_queries: Any) -> None:
    worker = WorkerFactory()
    for stage in (Stage.APPLIED, Stage.SHORTLISTED, Stage.OFFERED, Stage.REJECTED):
        ApplicationFactory(worker=worker, stage=stage)
    ApplicationFactory()
    client = signed_in(worker.user)
    with django_assert_max_num_queries(8):
        page = text_of(client.get(reverse("applications:mine")))
    for word in ("已报名", "企业在看", "已录用", "没通过", "资料过了，等企业约您面试。"):
        assert word in page
    assert page.count("posting__title") == 4 and "初审" not in page


def test_my_applications_go_on_page_by_page() -> None:
    worker = WorkerFactory()
    ApplicationFactory.create_batch(23, worker=worker)
    client = signed_in(worker.user)
    first = client.get(reverse("applications:mine"))
    assert len(first.context["cards"]) == 20
    assert len(client.get(reverse("applications:mine") + first.context["next_url"]).context["cards"]) == 3
    assert client.get(reverse("applications:mine") + "?before=x").status_code == 200


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_has_a_page_in_plain_words(stage: Stage, django_assert_max_num_queries: Any) -> None:
    application = ApplicationFactory(stage=stage)
    client = signed_in(application.worker.user)
    with django_assert_max_num_queries(8):
        page = text_of(client.get(application.get_absolute_url()))
    assert application.public_word in page and "打电话 13857900001" in page
    assert ("不去了" in page) is (stage in (Stage.OFFERED, Stage.ACCEPTED))


def test_the_worker_reads_the_reason() -> None:
    application = ApplicationFactory()
    by = owner_of(application.posting.employer)
    applications.move(application=application, to=Stage.REJECTED, by=by, reason="other", note="要求有叉车证")
    assert "原因：要求有叉车证" in text_of(signed_in(application.worker.user).get(application.get_absolute_url()))


def test_strangers_and_other_roles_do_not_see_it() -> None:
    application = offered()
    for name in ("applications:detail", "applications:answer"):
        address = reverse(name, args=[application.pk])
        assert signed_in(WorkerFactory().user).get(address).status_code == 404
        assert signed_in(owner_of(application.posting.employer)).get(address).status_code == 403
        assert signed_in(application.worker.user).delete(address).status_code == 405
    assert signed_in(MemberFactory().user).get(reverse("applications:mine")).status_code == 403


# Answer --------------------------------------------------------------------------------------------------------------


def test_an_offer_is_accepted_after_asking_once_more() -> None:
    application = offered()
    client = signed_in(application.worker.user)
    address = reverse("applications:answer", args=[application.pk])
    assert "说好了要去吗" in text_of(client.get(f"{address}?answer=accept"))
    assert Application.objects.get().stage == Stage.OFFERED
    page = text_of(client.post(address, {"answer": "accept"}, follow=True))
    assert "说好了" in page and Application.objects.get().stage == Stage.ACCEPTED
    client.post(address, {"answer": "arrive"})
    assert Application.objects.get().stage == Stage.ONBOARDED


@pytest.mark.parametrize("answer", ["decline", "withdraw"])
def test_giving_up_asks_for_a_reason(answer: str) -> None:
    application = offered()
    client = signed_in(application.worker.user)
    address = reverse("applications:answer", args=[application.pk])
    assert "找到别的活了" in text_of(client.get(f"{address}?answer={answer}"))
    assert client.post(address, {"answer": answer}).status_code == 422
    page = client.post(address, {"answer": answer, "reason": "other"})
    assert page.status_code == 422 and "请写一句" in text_of(page)
    assert Application.objects.get().stage == Stage.OFFERED
    assert client.post(address, {"answer": answer, "reason": "stays_home"}).status_code == 302
    assert Application.objects.get().close_reason == CloseReason.STAYS_HOME
    page = text_of(client.get(application.get_absolute_url()))
    assert "家里有事，不出门了" in page and "不愿外出" not in page


def test_a_late_answer_is_refused_in_words() -> None:
    application = offered(posting__headcount=1, posting__filled_up=True)
    client = signed_in(application.worker.user)
    page = text_of(
        client.post(reverse("applications:answer", args=[application.pk]), {"answer": "accept"}, follow=True)
    )
    assert "名额刚刚招满了" in page


def test_a_nonsense_answer_leads_back() -> None:
    application = offered()
    client = signed_in(application.worker.user)
    address = reverse("applications:answer", args=[application.pk])
    assert client.post(address, {"answer": "maybe"})["Location"] == application.get_absolute_url()
