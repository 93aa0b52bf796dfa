"""Members and invitations."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from employers.actions import members as actions
from employers.choices import MemberRole
from employers.forms import InviteForm, add_refusal
from employers.models import Member, MemberInvitation
from employers.views.doors import members, owners, wants_piece
from jinba.accounts import entrance
from jinba.accounts.choices import Role
from jinba.core.access import public
from jinba.core.errors import Refused


@members
@require_safe
def member_list(request: HttpRequest, member: Member) -> HttpResponse:
    return _page(request, member, InviteForm())


@owners
@require_POST
def invite(request: HttpRequest, member: Member) -> HttpResponse:
    """Texts somebody the link by which he joins."""
    form = InviteForm(request.POST)
    if form.is_valid():
        try:
            invitation = actions.invite(
                employer=member.employer, by=request.user, site=request.build_absolute_uri("/"), **form.cleaned_data
            )
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            if wants_piece(request):
                return _page(request, member, InviteForm(), done=f"邀请短信已发给{invitation.name}。")
            messages.success(request, f"邀请短信已发给{invitation.name}，7 天内有效。")
            return redirect("employers:members")
    return _page(request, member, form, status=422)


@owners
@require_POST
def invitation_withdraw(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    invitation = get_object_or_404(MemberInvitation, pk=pk, employer=member.employer)
    actions.withdraw_invitation(invitation=invitation, by=request.user)
    messages.success(request, f"给{invitation.name}的邀请已撤回。")
    return redirect("employers:members")


@owners
@require_POST
def member_role(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """Makes a recruiter an owner, or the other way round."""
    other = get_object_or_404(Member, pk=pk, employer=member.employer)
    other = actions.set_role(member=other, by=request.user, role=request.POST.get("role", ""))
    messages.success(request, f"{other.user.name}现在是{other.get_role_display()}。")
    return redirect("employers:members")


@members
@require_http_methods(["GET", "HEAD", "POST"])
def member_remove(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """Asks, then removes a member; everybody may leave by it."""
    colleagues = Member.objects.select_related("user").filter(employer=member.employer)
    other = get_object_or_404(colleagues if member.is_owner else colleagues.filter(pk=member.pk), pk=pk)
    leaves = other.pk == member.pk
    if request.method == "POST":
        actions.remove_member(member=other, by=request.user)
        messages.success(request, "您已退出单位。" if leaves else f"已移出{other.user.name}。")
        return redirect("employers:register" if leaves else "employers:members")
    context = {
        "title": "退出单位" if leaves else f"移出{other.user.name}",
        "text": f"退出后看不到{member.employer.name}的岗位和报名。" if leaves else "移出后对方看不到岗位和报名的人。",
        "yes": "退出" if leaves else "移出",
        "back_url": "/employers/members/",
        "danger": True,
    }
    return render(request, "confirm.html", context)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Where the texted link leads: who invites, and how to accept. What it shows, the text has said already."""
    digest = MemberInvitation.digest_of(token)
    found = MemberInvitation.objects.select_related("employer").filter(token_digest=digest).first()
    if found is None or not found.is_open:
        return render(request, "employers/invitation.html", {"invitation": None}, status=404 if found is None else 410)
    user = request.user
    if request.method == "POST":
        if not user.is_authenticated:
            return redirect("accounts:sign_in")
        member = actions.accept_invitation(token=token, by=user)
        messages.success(request, f"您已加入{found.employer.name}。")
        if member.user_id != user.pk:
            return entrance.enter(request, member.user, otherwise="/employers/desk/")
        return redirect("employers:desk")
    fits = user.is_authenticated and user.role == Role.EMPLOYER and user.phone_index == found.phone_index
    context = {"invitation": found, "employer": found.employer, "fits": fits}
    return render(request, "employers/invitation.html", context)


def _page(request: HttpRequest, member: Member, form: InviteForm, *, done: str = "", status: int = 200) -> HttpResponse:
    employer = member.employer
    open_ones = employer.invitations.filter(accepted_at=None, withdrawn_at=None)
    context = {
        "member": member,
        "employer": employer,
        "form": form,
        "done": done,
        "colleagues": employer.members.select_related("user"),
        "invitations": open_ones.order_by("-pk") if member.is_owner else [],
        "roles": MemberRole,
    }
    template = "employers/_members.html" if wants_piece(request) else "employers/members.html"
    return render(request, template, context, status=status)
