"""The checklist of every page of an employer: works, colleague, stranger, wrong role, wrong method, piece, queries."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from employers.actions import members
from employers.choices import EmployerState, MemberRole, PostingState
from employers.models import Employer, JobPosting, Member, MemberInvitation, today
from jinba.accounts.choices import Role
from jinba.accounts.models import User
from tests.factories.accounts import UserFactory, user_in
from tests.factories.employers import EmployerFactory, JobPostingFactory, MemberFactory, credit_code
from tests.factories.reference import CertificateFactory, SkillFactory, TradeFactory, region

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def signed_in(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text(response: Any) -> str:
    return response.content.decode()


@pytest.fixture
def desk(owner: User) -> Client:
    return signed_in(owner)


@pytest.fixture
def invitation(employer: Employer, owner: User) -> MemberInvitation:
    return members.invite(employer=employer, by=owner, name="李招聘", phone="13912340000", site="http://testserver")


# The same for all ----------------------------------------------------------------------------------------------------

PAGES = ("desk", "profile", "members", "postings", "posting_new", "posting_edit", "posting_preview", "posting_move")
POSTS = ("profile_submit", "invite", "member_role", "invitation_withdraw", "posting_copy")
OWNERS_POSTS = ("profile", "profile_submit", "invite", "member_role", "invitation_withdraw")


@pytest.fixture
def address(posting: JobPosting, recruiter: User, invitation: MemberInvitation) -> Any:
    def find(name: str) -> str:
        pk = {
            "posting_edit": posting.pk,
            "posting_preview": posting.pk,
            "posting_move": posting.pk,
            "posting_copy": posting.pk,
            "member_role": recruiter.membership.pk,
            "member_remove": recruiter.membership.pk,
            "invitation_withdraw": invitation.pk,
        }.get(name)
        return reverse(f"employers:{name}", args=[pk] if pk else []) + ("?move=pause" if name == "posting_move" else "")

    return find


@pytest.mark.parametrize("name", PAGES)
def test_pages_open_for_owners_and_recruiters(address: Any, owner: User, recruiter: User, name: str) -> None:
    for user in (owner, recruiter):
        assert signed_in(user).get(address(name), follow=True).status_code == 200


@pytest.mark.parametrize("name", [*PAGES, "register", "member_remove"])
def test_nobody_is_sent_to_sign_in(address: Any, name: str) -> None:
    response = Client().get(address(name))
    assert response.status_code == 302 and response.url.startswith("/accounts/sign-in/")


@pytest.mark.parametrize("role", [role for role in Role if role != Role.EMPLOYER])
@pytest.mark.parametrize("name", [*PAGES, *POSTS, "register"])
def test_other_roles_are_kept_out(address: Any, name: str, role: str) -> None:
    client, url = signed_in(user_in(role)), address(name)
    assert (client.post(url) if name in POSTS else client.get(url)).status_code == 403


@pytest.mark.parametrize("name", [*PAGES[:7], "member_remove"])
def test_who_belongs_to_no_employer_goes_to_register(address: Any, name: str) -> None:
    response = signed_in(UserFactory(employer=True)).get(address(name))
    assert response.status_code == 302 and response.url == reverse("employers:register")


@pytest.mark.parametrize("name", ["posting_edit", "posting_preview", "posting_move", "posting_copy"])
def test_a_strangers_posting_does_not_exist(address: Any, stranger: User, name: str) -> None:
    client, url = signed_in(stranger), address(name)
    assert (client.post(url) if name == "posting_copy" else client.get(url)).status_code == 404


@pytest.mark.parametrize("name", ["member_role", "member_remove", "invitation_withdraw"])
def test_a_strangers_member_does_not_exist(address: Any, stranger: User, name: str) -> None:
    assert signed_in(stranger).post(address(name), {"role": "owner"}).status_code == 404


@pytest.mark.parametrize("name", OWNERS_POSTS)
def test_recruiters_do_not_do_what_owners_do(address: Any, recruiter: User, name: str) -> None:
    assert signed_in(recruiter).post(address(name)).status_code == 403


@pytest.mark.parametrize("name", POSTS)
def test_what_changes_something_is_not_a_link(address: Any, desk: Client, name: str) -> None:
    assert desk.get(address(name)).status_code == 405


@pytest.mark.parametrize("name", [*PAGES, "register"])
def test_other_methods_are_refused(address: Any, desk: Client, name: str) -> None:
    assert desk.delete(address(name)).status_code == 405


# Registration and profile --------------------------------------------------------------------------------------------


def typed(**changes: str) -> dict[str, str]:
    region("330784")
    complete = {
        "name": "永康市飞鹰五金厂",
        "uscc": credit_code(7001),
        "org_type": "company",
        "industry": "五金制造",
        "scale": "100-499",
        "region_0": "33",
        "region_1": "3307",
        "region_2": "330784",
        "address": "五金大道 8 号",
        "intro": "做扳手。",
        "contact_name": "吕厂长",
        "contact_phone": "13857900001",
    }
    return {**complete, **changes}


def test_registering_leads_to_the_profile(db: None) -> None:
    user = UserFactory(employer=True)
    client = signed_in(user)
    assert user.name in text(client.get(reverse("employers:register")))
    response = client.post(reverse("employers:register"), typed(), follow=True)
    assert response.redirect_chain[-1][0] == reverse("employers:profile")
    member = Member.objects.get(user=user)
    assert member.is_owner and member.employer.state == EmployerState.DRAFT
    assert "提交认证" in text(response)


def test_what_was_typed_stays_and_each_field_says_what_is_wrong(db: None) -> None:
    client = signed_in(UserFactory(employer=True))
    wrong = typed(uscc="91110000600037342L", contact_phone="12", intro="", region_2="")
    response = client.post(reverse("employers:register"), wrong)
    page = text(response)
    assert response.status_code == 422
    assert "永康市飞鹰五金厂" in page and "91110000600037342L" in page
    assert "请填写单位介绍" in page and "县（市、区）" in page
    response = client.post(reverse("employers:register"), typed(uscc="91110000600037342L", contact_phone="12"))
    assert "校验位" in text(response) and "带区号的座机号" in text(response)
    assert not Employer.objects.exists()


def test_a_taken_code_asks_to_be_invited(employer: Employer) -> None:
    response = signed_in(UserFactory(employer=True)).post(reverse("employers:register"), typed(uscc=str(employer.uscc)))
    assert response.status_code == 422 and "邀请您" in text(response)
    assert employer.name not in text(response)


def test_a_member_does_not_register_again(desk: Client) -> None:
    assert desk.get(reverse("employers:register")).url == reverse("employers:desk")


def test_the_desk_leads_where_something_is_to_do() -> None:
    for state, name in (("draft", "profile"), ("returned", "profile"), ("submitted", "postings"), ("due", "postings")):
        member = MemberFactory(**{f"employer__{state}": True})
        assert signed_in(member.user).get(reverse("employers:desk")).url == reverse(f"employers:{name}")


def test_the_profile_is_corrected_and_the_code_stays(desk: Client, employer: Employer) -> None:
    response = desk.post(
        reverse("employers:profile"), typed(address="新路 1 号", name="别的厂", uscc=credit_code(1)), follow=True
    )
    employer.refresh_from_db()
    assert response.status_code == 200 and employer.address == "新路 1 号"
    assert employer.name != "别的厂" and employer.uscc != credit_code(1)


def test_a_profile_with_gaps_is_shown_again(desk: Client, employer: Employer) -> None:
    response = desk.post(reverse("employers:profile"), typed(intro="", address="没存下的路"))
    assert response.status_code == 422 and "没存下的路" in text(response)


def test_handing_in_says_what_is_missing_then_works() -> None:
    member = MemberFactory(employer__draft=True, employer__papers=True, employer__intro="")
    client = signed_in(member.user)
    assert "单位介绍" in text(client.post(reverse("employers:profile_submit"), follow=True))
    Employer.objects.update(intro="做扳手。")
    assert "已提交认证" in text(client.post(reverse("employers:profile_submit"), follow=True))
    member.employer.refresh_from_db()
    assert member.employer.state == EmployerState.SUBMITTED


def test_recruiters_read_the_profile(recruiter: User, employer: Employer) -> None:
    page = text(signed_in(recruiter).get(reverse("employers:profile")))
    assert employer.uscc in page and "只有负责人能改" in page and "<textarea" not in page


# Members -------------------------------------------------------------------------------------------------------------


def test_inviting_by_text(desk: Client, employer: Employer, sms: list[dict[str, str]]) -> None:
    answers = {"name": "李招聘", "phone": "139 1234 0000", "role": "recruiter"}
    page = text(desk.post(reverse("employers:invite"), answers, follow=True))
    assert "李招聘" in page and "撤回邀请" in page and "13912340000" not in page
    assert sms[-1]["link"].startswith("http://testserver/employers/invitations/")


def test_inviting_in_place_gives_the_piece(desk: Client) -> None:
    wrong = desk.post(reverse("employers:invite"), {"name": "李", "phone": "1", "role": "owner"}, headers=HTMX)
    assert wrong.status_code == 422 and "<html" not in text(wrong) and "11 位手机号码" in text(wrong)
    answers = {"name": "李招聘", "phone": "13912340000", "role": "recruiter"}
    right = desk.post(reverse("employers:invite"), answers, headers=HTMX)
    assert right.status_code == 200 and "<html" not in text(right) and "邀请短信已发给李招聘" in text(right)


def test_members_are_masked_and_cost_few_queries(
    desk: Client, employer: Employer, recruiter: User, django_assert_max_num_queries: Any
) -> None:
    MemberFactory.create_batch(5, employer=employer, recruiter=True)
    with django_assert_max_num_queries(7):
        page = text(desk.get(reverse("employers:members")))
    assert str(recruiter.phone) not in page and recruiter.masked_phone in page


def test_the_link_asks_to_sign_in_then_lets_the_right_person_join(
    employer: Employer, invitation: MemberInvitation, sms: list[dict[str, str]]
) -> None:
    path = sms[-1]["link"].removeprefix("http://testserver")
    page = text(Client().get(path))
    assert employer.name in page and "/accounts/sign-in/?next=" in page
    assert Client().post(path).status_code == 302
    person = UserFactory(employer=True, phone="13912340000")
    assert "接受邀请" in text(signed_in(person).get(path))
    assert signed_in(person).post(path).url == reverse("employers:desk")
    assert person.membership.employer == employer
    assert Client().get(path).status_code == 410


def test_the_link_is_of_no_use_to_others(invitation: MemberInvitation, sms: list[dict[str, str]]) -> None:
    path = sms[-1]["link"].removeprefix("http://testserver")
    for user in (UserFactory(employer=True), UserFactory(phone="13912340000"), user_in(Role.OFFICER)):
        client = signed_in(user)
        assert "接受邀请</button>" not in text(client.get(path))
        assert client.post(path).status_code == 409
    assert Client().get(reverse("employers:invitation", args=["guessed"])).status_code == 404
    MemberInvitation.objects.update(expires_at=timezone.now())
    assert Client().get(path).status_code == 410


def test_who_works_elsewhere_is_signed_in_as_the_new_member(
    employer: Employer, invitation: MemberInvitation, sms: list[dict[str, str]]
) -> None:
    elsewhere = MemberFactory(user=UserFactory(employer=True, phone="13912340000"))
    client = signed_in(elsewhere.user)
    response = client.post(sms[-1]["link"].removeprefix("http://testserver"))
    assert response.status_code == 302
    assert employer.name in text(client.get(reverse("employers:postings")))


def test_a_member_is_removed_after_a_question(desk: Client, recruiter: User) -> None:
    url = reverse("employers:member_remove", args=[recruiter.membership.pk])
    assert "移出" in text(desk.get(url)) and Member.objects.filter(user=recruiter).exists()
    assert desk.post(url).url == reverse("employers:members")
    assert not Member.objects.filter(user=recruiter).exists()


def test_a_recruiter_may_leave_and_remove_nobody(recruiter: User, owner: User) -> None:
    client = signed_in(recruiter)
    assert client.post(reverse("employers:member_remove", args=[owner.membership.pk])).status_code == 404
    url = reverse("employers:member_remove", args=[recruiter.membership.pk])
    assert client.post(url).url == reverse("employers:register")


def test_the_last_owner_is_told_why_he_cannot_leave(desk: Client, owner: User) -> None:
    response = desk.post(reverse("employers:member_remove", args=[owner.membership.pk]))
    assert response.status_code == 409 and "至少要有一名负责人" in text(response)


def test_roles_and_withdrawals(desk: Client, recruiter: User, invitation: MemberInvitation) -> None:
    url = reverse("employers:member_role", args=[recruiter.membership.pk])
    assert desk.post(url, {"role": "owner"}).status_code == 302
    assert Member.objects.get(user=recruiter).role == MemberRole.OWNER
    assert desk.post(reverse("employers:invitation_withdraw", args=[invitation.pk])).status_code == 302
    invitation.refresh_from_db()
    assert invitation.withdrawn_at is not None


# Postings ------------------------------------------------------------------------------------------------------------


def written(**changes: Any) -> dict[str, Any]:
    TradeFactory(code=203, name="冲压工")
    region("330784")
    complete = {
        "title": "冲压工",
        "trade": "203",
        "engagement": "regular",
        "employment_kind": "full_time",
        "headcount": "5",
        "duties": "操作冲床",
        "requirements": "不限",
        "education_min": "0",
        "region_0": "33",
        "region_1": "3307",
        "region_2": "330784",
        "pay_mode": "monthly",
        "pay_unit": "month",
        "address": "五金大道 8 号",
        "base_pay_min": "6000",
        "shift": "day",
        "rest_rule": "one_day",
        "hours_per_day": "8",
        "social_insurance": "full",
        "insurance_from_month": "1",
        "meals": "none",
        "housing": "none",
        "travel": "none",
        "interview_mode": "video",
        "benefits": "年底双薪，生日蛋糕",
        "valid_until": (today() + timedelta(days=30)).isoformat(),
    }
    return {**complete, **changes}


def test_an_empty_draft_is_saved(desk: Client) -> None:
    response = desk.post(reverse("employers:posting_new"), {"then": "stay"})
    posting = JobPosting.objects.get()
    assert response.url == reverse("employers:posting_edit", args=[posting.pk])
    assert posting.state == PostingState.DRAFT


def test_a_complete_posting_is_handed_in_at_once(desk: Client) -> None:
    response = desk.post(reverse("employers:posting_new"), written(then="submit"))
    posting = JobPosting.objects.get()
    assert response.url == reverse("employers:postings")
    assert posting.state == PostingState.REVIEW and posting.benefits == ["年底双薪", "生日蛋糕"]
    assert (posting.region_id, posting.trade_id, posting.monthly_min) == ("330784", 203, 6000)


def test_an_incomplete_one_is_kept_and_marked(desk: Client) -> None:
    response = desk.post(reverse("employers:posting_new"), {"title": "冲压工", "then": "submit"}, follow=True)
    posting = JobPosting.objects.get()
    page = text(response)
    assert response.redirect_chain[-1][0] == reverse("employers:posting_edit", args=[posting.pk]) + "?check=1"
    assert "请写工作内容" in page and "请写基本工资" in page and 'value="冲压工"' in page
    assert posting.state == PostingState.DRAFT


def test_an_unverified_employer_keeps_the_draft_and_reads_why() -> None:
    member = MemberFactory(employer__draft=True)
    response = signed_in(member.user).post(reverse("employers:posting_new"), written(then="submit"), follow=True)
    assert "通过认证后" in text(response)
    assert JobPosting.objects.get().state == PostingState.DRAFT


def test_nonsense_is_shown_again_with_what_was_typed(desk: Client) -> None:
    response = desk.post(reverse("employers:posting_new"), written(base_pay_min="6千", title="留住我"))
    assert response.status_code == 422 and "留住我" in text(response) and not JobPosting.objects.exists()
    response = desk.post(reverse("employers:posting_new"), written(base_pay_max="5000"))
    assert response.status_code == 422 and "最高工资不能低于" in text(response)


def test_the_form_shows_what_is_stored_and_saves_changes(desk: Client, employer: Employer) -> None:
    posting = JobPostingFactory(employer=employer, draft=True, benefits=["年底双薪"], hazards=["noise"])
    url = reverse("employers:posting_edit", args=[posting.pk])
    page = text(desk.get(url))
    assert posting.title in page and "年底双薪" in page and 'value="6000"' in page
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen
    saved = desk.post(url, written(title="钳工", seen=seen.group(1), then="preview"))
    assert saved.url == reverse("employers:posting_preview", args=[posting.pk])
    posting.refresh_from_db()
    assert posting.title == "钳工" and posting.hazards == []
    late = desk.post(url, written(title="焊工", seen=seen.group(1)))
    assert late.status_code == 422 and "同事刚刚改过" in text(late)


def test_the_form_of_a_checked_posting_shows_every_value_again(desk: Client, employer: Employer) -> None:
    posting = JobPostingFactory(employer=employer, draft=True, hazards=["noise", "heat"], duties="")
    page = text(desk.get(reverse("employers:posting_edit", args=[posting.pk]) + "?check=1"))
    assert "请写工作内容" in page and "怎么防护" in page
    assert re.search(r'value="noise"[^>]*checked', page) and 'value="330784" selected' in page


def test_a_published_posting_says_that_changes_are_reviewed(desk: Client, posting: JobPosting) -> None:
    url = reverse("employers:posting_edit", args=[posting.pk])
    assert "重新审核" in text(desk.get(url))
    assert desk.post(url, written(title="钳工")).url == reverse("employers:postings")
    posting.refresh_from_db()
    assert posting.state == PostingState.REVIEW


@pytest.mark.parametrize("state", ["review", "removed", "archived"])
def test_what_cannot_be_written_is_shown_instead(desk: Client, employer: Employer, state: str) -> None:
    posting = JobPostingFactory(employer=employer, **{state: True})
    url = reverse("employers:posting_edit", args=[posting.pk])
    assert desk.get(url).url == reverse("employers:posting_preview", args=[posting.pk])


def test_the_preview_says_what_is_missing(desk: Client, employer: Employer) -> None:
    blank = JobPostingFactory(employer=employer, blank=True)
    page = text(desk.get(reverse("employers:posting_preview", args=[blank.pk])))
    assert "提交前还要改 8 处" in page and "请写基本工资" in page


MOVES = [
    ("draft", "submit", {}, PostingState.REVIEW),
    ("review", "take_back", {}, PostingState.DRAFT),
    ("", "pause", {"reason": "订单少了"}, PostingState.PAUSED),
    ("", "filled", {}, PostingState.FILLED),
    ("paused", "resume", {}, PostingState.PUBLISHED),
    ("paused", "archive", {}, PostingState.ARCHIVED),
]


@pytest.mark.parametrize(("start", "move", "more", "end"), MOVES)
def test_moves_ask_first_and_then_happen(
    recruiter: User, employer: Employer, start: str, move: str, more: dict[str, str], end: str
) -> None:
    client = signed_in(recruiter)
    posting = JobPostingFactory(employer=employer, **({start: True} if start else {}))
    url = reverse("employers:posting_move", args=[posting.pk])
    before = posting.state
    assert client.get(f"{url}?move={move}").status_code == 200
    posting.refresh_from_db()
    assert posting.state == before
    assert client.post(url, {"move": move, **more}).status_code == 302
    posting.refresh_from_db()
    assert posting.state == end and posting.state_reason == more.get("reason", "")


def test_renewing_says_until_when(desk: Client, employer: Employer) -> None:
    posting = JobPostingFactory(employer=employer, expired=True)
    url = reverse("employers:posting_move", args=[posting.pk])
    far = desk.post(url, {"move": "renew", "valid_until": today() + timedelta(days=99)})
    assert far.status_code == 422 and "最长 60 天" in text(far)
    assert desk.post(url, {"move": "renew", "valid_until": today() + timedelta(days=60)}).status_code == 302
    assert JobPosting.objects.visible().get() == posting


def test_a_move_that_is_not_there_is_not_found_and_a_refused_one_says_why(desk: Client, posting: JobPosting) -> None:
    url = reverse("employers:posting_move", args=[posting.pk])
    assert desk.get(f"{url}?move=publish").status_code == 404
    response = desk.post(url, {"move": "take_back"})
    assert response.status_code == 409 and "不能改成" in text(response)
    assert desk.post(url, {"move": "take_back"}, headers=HTMX).status_code == 422


def test_copying_opens_the_new_draft(desk: Client, posting: JobPosting) -> None:
    response = desk.post(reverse("employers:posting_copy", args=[posting.pk]))
    copied = JobPosting.objects.get(state=PostingState.DRAFT)
    assert response.url == reverse("employers:posting_edit", args=[copied.pk])


def test_the_list_counts_by_state_and_shows_the_chosen(desk: Client, employer: Employer, posting: JobPosting) -> None:
    expired = JobPostingFactory(employer=employer, expired=True)
    draft = JobPostingFactory(employer=employer, draft=True)
    ended = JobPostingFactory(employer=employer, archived=True)
    elsewhere = JobPostingFactory()
    url = reverse("employers:postings")
    page = text(desk.get(url))
    assert all(row.title in page for row in (posting, expired, draft))
    assert ended.title not in page and elsewhere.title not in page
    for state, shown in (("published", posting), ("expired", expired), ("draft", draft), ("ended", ended)):
        page = text(desk.get(f"{url}?state={state}"))
        titles = [row.title for row in (posting, expired, draft, ended) if f"{row.title} " in page]
        assert titles == [shown.title]
    assert desk.get(f"{url}?state=nonsense").status_code == 404


def test_the_list_in_place_is_a_piece_and_going_back_is_the_page(desk: Client, posting: JobPosting) -> None:
    piece = text(desk.get(reverse("employers:postings"), headers=HTMX))
    assert posting.title in piece and "<html" not in piece
    whole = text(desk.get(reverse("employers:postings"), headers={**HTMX, "HX-History-Restore-Request": "true"}))
    assert "<html" in whole


def test_the_list_pages_by_key_and_costs_the_same_however_long(
    desk: Client, employer: Employer, django_assert_max_num_queries: Any
) -> None:
    JobPostingFactory.create_batch(25, employer=employer)
    url = reverse("employers:postings")
    with django_assert_max_num_queries(7):
        first = text(desk.get(url))
    following = re.search(r'href="([^"]+before=\d+)"', first)
    assert following and first.count("<article") == 20
    second = text(desk.get(following.group(1).replace("&amp;", "&")))
    assert second.count("<article") == 5
    assert desk.get(f"{url}?before=x").status_code == 404


def test_the_form_costs_few_queries(desk: Client, posting: JobPosting, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(16):
        desk.get(reverse("employers:posting_edit", args=[posting.pk]))


def test_a_suspended_employer_reads_why_nothing_can_be_published(db: None) -> None:
    member = MemberFactory(employer=EmployerFactory(suspended=True, state_reason="欠薪核查"))
    client = signed_in(member.user)
    assert "还不能发布岗位" in text(client.get(reverse("employers:postings")))
    assert "欠薪核查" in text(client.get(reverse("employers:profile")))


def test_the_form_says_optional_only_of_what_may_stay_empty(desk: Client) -> None:
    page = text(desk.get(reverse("employers:posting_new")))
    labels = dict(re.findall(r'<label for="id_(\w+)">[^<]+(<span class="field__optional">)?', page))
    assert not labels["title"] and not labels["duties"] and not labels["base_pay_min"] and not labels["valid_until"]
    assert labels["overtime_rule"] and labels["zone"] and not labels["address"]
    assert " required" not in page


def test_what_would_be_refused_is_not_offered(desk: Client, employer: Employer) -> None:
    def offered(posting: JobPosting) -> set[str]:
        page = text(desk.get(reverse("employers:posting_preview", args=[posting.pk])))
        return set(re.findall(r"\?move=(\w+)", page))

    assert offered(JobPostingFactory(employer=employer)) == {"pause", "filled", "renew", "archive"}
    assert offered(JobPostingFactory(employer=employer, expired=True)) == {"renew", "archive"}
    assert offered(JobPostingFactory(employer=employer, paused=True)) == {"resume", "renew", "archive"}
    assert offered(JobPostingFactory(employer=employer, filled_up=True)) == {"renew", "archive"}
    assert offered(JobPostingFactory(employer=employer, review=True)) == {"take_back"}
    assert offered(JobPostingFactory(employer=employer, draft=True)) == {"submit", "archive"}
    assert offered(JobPostingFactory(employer=employer, removed=True)) == {"archive"}
    assert offered(JobPostingFactory(employer=employer, archived=True)) == set()


def test_hazards_skills_and_certificates_come_through_the_form(desk: Client) -> None:
    skill, certificate = SkillFactory(code=11), CertificateFactory(code=3)
    more = {"hazards": ["noise", "heat"], "safety_note": "发耳塞", "skill_0": skill.pk, "level_0": 3}
    desk.post(reverse("employers:posting_new"), written(certificates=[certificate.pk], **more))
    posting = JobPosting.objects.get()
    assert posting.hazards == ["noise", "heat"] and posting.certificates == [3]
    assert list(posting.skills.values_list("skill_id", "level")) == [(11, 3)]
    page = text(desk.get(reverse("employers:posting_edit", args=[posting.pk])))
    assert re.search(r'name="certificates" value="3"[^>]*checked', page)
    assert re.search(r'value="11" selected', page) and re.search(r'name="hazards" value="heat"[^>]*checked', page)
