"""Who acts for an employer, and who was asked to."""

from django.contrib import admin

from employers.models import Member, MemberInvitation
from jinba.core.masking import masked_phone
from jinba.core.staff_admin import BigList, LookOnly


@admin.register(Member)
class MemberAdmin(LookOnly, BigList, admin.ModelAdmin):
    list_display = ("user", "employer", "role", "phone", "joined_at")
    list_filter = ("role",)
    list_select_related = ("user", "employer")
    search_fields = ("user__name", "employer__name", "=employer__uscc")

    @admin.display(description="手机号")
    def phone(self, member: Member) -> str:
        return member.user.masked_phone


@admin.register(MemberInvitation)
class MemberInvitationAdmin(LookOnly, BigList, admin.ModelAdmin):
    list_display = ("name", "employer", "role", "invited_at", "expires_at", "accepted_at", "withdrawn_at")
    list_select_related = ("employer",)
    search_fields = ("name", "employer__name")
    fields = (
        *("employer", "name", "masked", "role", "invited_by"),
        *("invited_at", "expires_at", "accepted_at", "withdrawn_at"),
    )

    @admin.display(description="手机号")
    def masked(self, invitation: MemberInvitation) -> str:
        return masked_phone(str(invitation.phone or ""))
