"""An employer's registration and what it says of itself."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from employers import document_rules, uscc
from employers.actions import employers
from employers.choices import EmployerState
from employers.forms import ProfileForm, add_refusal
from employers.models import Employer, Member
from employers.problems import Incomplete
from employers.views.doors import members, owners
from jinba.accounts.choices import Role
from jinba.core.access import roles
from jinba.core.errors import Refused


@roles(Role.EMPLOYER)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Founds the employer of a user who has none yet."""
    person: Any = request.user
    if Member.objects.filter(user=person).exists():
        return redirect("employers:desk")
    form = ProfileForm(
        request.POST or None,
        initial={"contact_name": person.name, "contact_phone": person.phone, "region": "3307"},
    )
    if request.method == "POST" and form.is_valid():
        try:
            member = employers.register(by=person, **form.cleaned_data)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, "登记好了。再上传认证材料、点“提交认证”，通过后就能发布岗位。")
            if not uscc.organisation_code_fits(str(member.employer.uscc)):
                messages.warning(request, "统一社会信用代码的第 9–17 位不常见，请对照营业执照再看一眼。")
            return redirect("employers:profile")
    return render(request, "employers/register.html", {"form": form}, status=422 if form.errors else 200)


@members
@require_safe
def desk(request: HttpRequest, member: Member) -> HttpResponse:
    """The way in for employers: their postings, or the profile that still has to be handed in."""
    if member.employer.state in (EmployerState.DRAFT, EmployerState.RETURNED):
        return redirect("employers:profile")
    return redirect("employers:postings")


@members
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest, member: Member) -> HttpResponse:
    """What the employer says of itself; owners correct it here, recruiters read it."""
    employer = member.employer
    if request.method == "POST" and not member.is_owner:
        raise PermissionDenied
    locked = frozenset() if employer.state in employers.MAY_CHANGE_IDENTITY else employers.IDENTITY
    form = ProfileForm(request.POST or None, instance=employer, locked=locked)
    if request.method == "POST" and form.is_valid():
        try:
            employers.change_profile(employer=employer, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, "单位资料已保存。")
            return redirect("employers:profile")
    context = {
        "member": member,
        "employer": employer,
        "form": form,
        "steps": steps(employer, member),
        "facts": facts(employer),
        "may_submit": member.is_owner and employer.state in employers.MAY_CHANGE_IDENTITY,
        "may_edit": member.is_owner and employer.state != EmployerState.BANNED,
    }
    return render(request, "employers/profile.html", context, status=422 if form.errors else 200)


@owners
@require_POST
def profile_submit(request: HttpRequest, member: Member) -> HttpResponse:
    """Hands the profile in for verification."""
    try:
        employers.submit_for_verification(employer=member.employer, by=request.user)
    except Incomplete as refusal:
        for sentence in refusal.problems.values():
            messages.error(request, sentence)
        if all(field.startswith("document_") for field in refusal.problems):
            return redirect("employers:documents")
    else:
        messages.success(request, "已提交认证，审核人员一般两个工作日内答复。这期间可以先写岗位草稿。")
    return redirect("employers:profile")


def steps(employer: Employer, member: Member) -> list[dict[str, str]]:
    """Where the verification stands, for components/steps.html."""
    papers = document_rules.current_papers(employer)
    missing = len(document_rules.unsent(employer))
    state = EmployerState(employer.state)
    handed_in = state not in (EmployerState.DRAFT, EmployerState.RETURNED)
    lost = state in (EmployerState.SUSPENDED, EmployerState.BANNED)
    rows = [
        {"title": "填写单位资料", "state": "done" if handed_in else "now"},
        {
            "title": f"上传 {len(papers)} 份认证材料",
            "state": "done" if not missing else "later" if handed_in else "now",
        },
        {"title": "人社部门核对", "state": "done" if handed_in and state != EmployerState.SUBMITTED else "later"},
        {"title": "发布岗位", "state": "done" if employer.is_trusted else "later"},
    ]
    if member.is_owner and state != EmployerState.BANNED:
        rows[1] |= {"href": reverse("employers:documents"), "link_text": "认证材料"}
    if missing and state != EmployerState.BANNED:
        rows[1]["text"] = f"还有 {missing} 份要上传。"
    if state == EmployerState.RETURNED:
        rows[0] |= {"title": "补正单位资料", "text": employer.state_reason}
    if state == EmployerState.SUBMITTED:
        rows[2] |= {"state": "now", "text": "一般两个工作日内答复，结果会发消息给您。"}
    if state == EmployerState.DUE:
        until = f"{timezone.localtime(employer.verified_until):%Y-%m-%d}"
        text = f"请核对资料和材料，过期的换新的。{until} 前复核，招聘不受影响；到期没有复核会暂停招聘。"
        rows[2] |= {"state": "now", "title": "半年一次的复核", "text": text}
    if lost:
        rows[2] |= {"state": "bad", "title": employer.get_state_display(), "text": employer.state_reason}
    return rows


def facts(employer: Employer) -> list[tuple[str, object]]:
    """The profile as names and values, for who may not change it."""
    return [
        ("单位名称", employer.name),
        ("统一社会信用代码", employer.uscc),
        ("单位类型", employer.get_org_type_display()),
        ("行业", employer.industry),
        ("规模", employer.get_scale_display()),
        ("所在地", employer.region),
        ("园区", employer.zone),
        ("详细地址", employer.address),
        ("单位介绍", employer.intro),
        ("联系人", employer.contact_name),
        ("联系电话", employer.contact_phone),
    ]
