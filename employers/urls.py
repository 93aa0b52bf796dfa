from django.urls import path

from employers.views import answers, documents, members, postings, profile, public

app_name = "employers"
urlpatterns = [
    path("<int:pk>/", public.employer_detail, name="detail"),
    path("register/", profile.register, name="register"),
    path("desk/", profile.desk, name="desk"),
    path("profile/", profile.profile, name="profile"),
    path("profile/submit/", profile.profile_submit, name="profile_submit"),
    path("documents/", documents.document_list, name="documents"),
    path("documents/<int:pk>/", documents.document, name="document"),
    path("documents/<int:pk>/pages/<int:page>/", documents.document_page, name="document_page"),
    path("documents/<slug:kind>/", documents.document_upload, name="document_upload"),
    path("members/", members.member_list, name="members"),
    path("members/invite/", members.invite, name="invite"),
    path("members/<int:pk>/role/", members.member_role, name="member_role"),
    path("members/<int:pk>/remove/", members.member_remove, name="member_remove"),
    path("invitations/<int:pk>/withdraw/", members.invitation_withdraw, name="invitation_withdraw"),
    path("invitations/<str:token>/", members.invitation, name="invitation"),
    path("postings/", postings.posting_list, name="postings"),
    path("postings/new/", postings.posting_new, name="posting_new"),
    path("postings/<int:pk>/edit/", postings.posting_edit, name="posting_edit"),
    path("postings/<int:pk>/preview/", postings.posting_preview, name="posting_preview"),
    path("postings/<int:pk>/move/", postings.posting_move, name="posting_move"),
    path("postings/<int:pk>/copy/", postings.posting_copy, name="posting_copy"),
    path("postings/<int:pk>/answers/", answers.posting_answers, name="posting_answers"),
]
