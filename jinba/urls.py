"""All addresses. URLs compose pages, imports do not: an employer's board is `labor.applications` under /employers/."""

from django.contrib import admin
from django.urls import include, path, re_path

from jinba import display, health, styleguide
from jinba.accounts.urls import account_urls
from jinba.notices import views as notice_views
from labor.applications.views import newcomer
from labor.interviews.views import entrance as rooms
from labor.workers.views import sign_in

urlpatterns = [
    path("healthz/live", health.live, name="health_live"),
    path("healthz/ready", health.ready, name="health_ready"),
    path("display/<str:size>/", display.switch, name="display"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("api/", include("jinba.api")),
    path("reference/", include("jinba.reference.urls")),
    path("employers/", include("employers.urls")),
    path("accounts/", include((account_urls(after_code=newcomer.after_code, who=sign_in.who), "accounts"))),
    path("workers/", include("labor.workers.urls")),
    path("workers/batches/", include("labor.workers.batches_urls")),
    path("workers/duplicates/", include("labor.applications.duplicates_urls")),
    path("workers/me/consents/", include("labor.applications.consents_urls")),
    path("helpers/", include("labor.workers.helper_urls")),
    path("helpers/", include("labor.applications.helper_urls")),
    path("workers/me/matches/", include("labor.matching.urls")),
    path("employers/postings/<int:posting_id>/people/", include("labor.matching.employer_urls")),
    path("", include("labor.dashboards.urls")),
    path("", include("employers.public_urls")),
    path("admin/", admin.site.urls),
    path("applications/", include("labor.applications.urls")),
    path("employers/", include("labor.applications.applicants_urls")),
    path("interviews/", include("labor.interviews.urls")),
    path("employers/", include("labor.interviews.employer_urls")),
    path("booths/", include("labor.interviews.booth_urls")),
    path("rooms/", include("labor.interviews.room_urls")),
    path("live/hooks/", include("labor.live.hooks_urls")),
    path("live/", include("labor.live.urls")),
    path("studio/", include("labor.live.studio_urls")),
    path("streams/", include("labor.live.streams_urls")),
    path("notices/", include("jinba.notices.urls")),
    # Where a vendor's template for notices is all there is, the link of a seat comes here.
    re_path(r"^n/(?P<token>[0-9a-z]+\.[\w-]+)/$", rooms.link, name="room"),
    path("n/<str:number>/", notice_views.open_short, name="notice"),
    path("s/", include("jinba.links.urls")),
]

handler429 = "jinba.accounts.views.too_many"  # allauth asks for it
