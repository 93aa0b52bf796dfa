"""Every page of the site: who opens it, and where. `tests/browser/test_axe.py` looks at them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page

from labor.applications.choices import Stage
from labor.workers.forms import QUESTIONS


def send(page: Page) -> None:
    """The first form as it stands: mostly too little, so that the page comes back with what is missing."""
    page.locator("main form [type=submit]").first.click()
    page.wait_for_load_state("networkidle")


def wait_in_the_room(page: Page) -> None:
    """Open the link, and go to the room though it is not open yet."""
    page.locator("main form [type=submit]").click()
    page.wait_for_url("**/check/")
    page.goto(page.url.replace("check/", ""))


def take_no_time(page: Page) -> None:
    page.locator("#pick [type=submit]").click()
    page.wait_for_url("**/pick/")


def send_no_paper(page: Page) -> None:
    page.locator("#licence form [type=submit]").click()
    page.wait_for_load_state("networkidle")


def look_for_nobody(page: Page) -> None:
    page.locator("#new ~ form [type=submit]").click()
    page.wait_for_load_state("networkidle")


def open_the_way_out(page: Page) -> None:
    page.locator(".screen__leave summary").click()


def pick_and_reject(page: Page) -> None:
    page.locator("[data-pick]:visible").first.check()
    page.locator("select[name=move]").select_option("rejected")
    page.locator(".bulk .btn--primary").click()
    page.wait_for_url("**/board/move/")


def name_somebody(page: Page) -> None:
    page.locator("main [name=phone]").fill("13600000009")
    page.locator("main [name=name]").fill("苟小花")
    page.locator("main label:has([name=county])").first.click()
    page.locator("main form [type=submit]").first.click()
    page.wait_for_url("**/consent/")


def name_somebody_and_send_a_code(page: Page) -> None:
    name_somebody(page)
    page.locator("main label:has([name=method][value=code])").click()
    page.locator("main form [type=submit]").first.click()
    page.wait_for_url("**/code/")


def ask_what_is_unlawful(page: Page) -> None:
    page.locator("[name=question_0]").fill("您结婚了吗？")
    send(page)


def hand_in_too_little(page: Page) -> None:
    page.locator("[data-panel-send]").click()
    page.locator(".error-summary").wait_for()


def pick_and_shortlist(page: Page) -> None:
    for box in page.locator("[data-pick]:visible").all()[:5]:
        box.check()
    page.locator("select[name=move]").select_option("shortlisted")
    page.locator(".bulk .btn--primary").click()
    page.wait_for_url("**/board/move/")


def send_nothing_asked(page: Page) -> None:
    page.get_by_role("button", name="发出去").click()
    page.wait_for_load_state("networkidle")


def look_at_a_series(page: Page) -> None:
    page.locator("label:has([name=way][value=series])").click()
    page.locator("[name=day]").fill(str(timezone.localdate() + timedelta(days=5)))
    page.locator("[name=starts]").fill("08:30")
    page.locator("[name=ends]").fill("11:30")
    page.get_by_role("button", name="先看看有哪些时间").click()
    page.get_by_text("已有安排").first.wait_for()


def withdraw_without_a_reason(page: Page) -> None:
    page.locator("#replay summary").click()
    page.locator("#withdraw-reason").fill(" ")
    page.get_by_role("button", name="撤下并删除").click()
    page.locator("dialog [data-confirm-yes]").click()
    page.wait_for_url("**/replay/withdraw/")


def send_the_plan(page: Page) -> None:
    page.get_by_role("button", name="建好，去选岗位").click()
    page.wait_for_load_state("networkidle")


def ask_to_cancel(page: Page) -> None:
    page.locator("[data-open=cancel]").click()


def open_a_sheet(page: Page) -> None:
    page.locator("[data-pinned] [data-apply]").click()
    page.locator("[data-look]").wait_for()


@dataclass(frozen=True)
class Look:
    """A page, seen by `who`; `then` is what is done there before it is looked at."""

    who: str
    path: str
    then: Callable[[Page], None] | None = None

    @property
    def status(self) -> int:
        return OTHER_STATUS.get((self.who, self.path), OTHER_STATUS.get(("", self.path), 200))


def seen_by(who: str, *paths: str | tuple[str, Callable[[Page], None]]) -> list[Look]:
    return [Look(who, path) if isinstance(path, str) else Look(who, *path) for path in paths]


PAGES: list[Look] = [
    *seen_by(
        "nobody",
        "/", "/postings/", "/postings/?q=不存在的岗位", "/postings/?q=冲压&pay=5000&housing=1&shift=day&at=330784",
        "/postings/{posting}/", "/postings/{flexible}/", "/postings/{repost}/", "/postings/{filled_up}/",
        "/postings/{posting}/report/", ("/postings/{posting}/report/", send), "/postings/reports/",
        ("/postings/reports/", send), "/postings/{expired}/", "/postings/{removed}/", "/postings/{paused}/",
        "/employers/{employer}/",
        "/posters/{poster_posting}/", "/posters/{poster_employer}/", "/posters/{poster_village}/",
        "/posters/{poster_over}/",
        "/accounts/sign-in/", ("/accounts/sign-in/", send), "/accounts/staff/", ("/accounts/staff/", send),
        "/employers/invitations/{token}/", "/employers/invitations/nothing/", "/about/", "/notices/off/nothing/",
        "/styleguide/", "/styleguide/?confirm", "/api/v1/docs/",
        "/rooms/j/{room_link}/", "/rooms/j/{room_link_early}/", "/rooms/j/1.nothing/",
        ("/rooms/j/{room_link_early}/", wait_in_the_room),
        "/nothing/here/", "/broken/400/", "/broken/403/", "/broken/500/", "/broken/csrf/", "/broken/too-many/",
    ),
    *seen_by("asked", "/accounts/sign-in/code/", ("/accounts/sign-in/code/", send)),
    *seen_by(
        "proven",
        "/accounts/sign-in/new/", "/accounts/sign-in/employer/", ("/accounts/sign-in/employer/", send),
        "/workers/start/", ("/workers/start/", send),
        "/applications/new/{open}/start/", ("/applications/new/{open}/start/", send),
    ),
    *seen_by("shares a phone", "/accounts/sign-in/who/"),
    *seen_by("blank seeker", "/workers/start/", "/postings/{posting}/", "/notices/"),
    *seen_by(
        "seeker",
        "/", "/desk/", "/postings/", "/postings/{posting}/", "/workers/me/", "/workers/me/matches/",
        "/postings/saved/", "/postings/saved/?q=焊工",
        "/workers/me/matches/?page=9", "/workers/me/seen/", "/workers/me/consents/", "/workers/me/resident-id/",
        ("/workers/me/resident-id/", send), "/workers/me/consents/recommend/off/", "/workers/me/consents/erase/",
        "/workers/recommendation/",
        "/workers/me/consents/{consent}/withdraw/", "/workers/me/partner/", ("/workers/me/partner/", send),
        *(f"/workers/me/{slug}/" for slug in QUESTIONS), "/workers/me/home/?alone",
        "/applications/new/{open}/", "/applications/new/{invited}/", "/applications/new/{filled_up}/",
        "/applications/new/{expired}/",
        "/applications/", *(f"/applications/{{my_{stage}}}/" for stage in Stage),
        *(f"/applications/{{my_offered}}/answer/?answer={answer}" for answer in ("accept", "decline", "withdraw")),
        "/applications/{my_accepted}/answer/?answer=arrive", "/notices/", "/notices/settings/",
        "/employers/postings/",
    ),
    *seen_by(
        "seeker",
        "/interviews/", *(
            f"/interviews/{{interview_{name}}}/"
            for name in (
                "asked", "coming", "on", "booth", "waited", "queue", "onsite", "moved", "queued", "cancelled",
                "missed", "done",
            )
        ),
        ("/interviews/{interview_asked}/", take_no_time), "/interviews/{interview_booth}/place/",
        "/interviews/{interview_coming}/other-time/", "/interviews/{interview_coming}/decline/",
        ("/interviews/{interview_coming}/decline/", send), "/interviews/{interview_waited}/missed/",
        "/interviews/calendar/", ("/interviews/calendar/", send), "/applications/{interview_application}/",
    ),
    *seen_by(
        "nobody",
        "/live/", "/live/{live_announced}/", "/live/{live_live}/", ("/live/{live_live}/", open_a_sheet),
        "/live/{live_ended}/", "/live/{live_replay}/", "/live/{live_live}/enter/",
        "/live/{live_live}/cards/{live_card}/apply/", ("/live/{live_live}/cards/{live_card}/apply/", send),
    ),
    *seen_by("asked", "/live/{live_live}/cards/{live_card}/apply/"),
    *seen_by("proven", "/live/{live_live}/cards/{live_card}/apply/"),
    *seen_by("seeker", "/live/{live_live}/", "/live/{live_live}/cards/{live_card}/apply/", "/live/{live_live}/enter/"),
    *seen_by("broker", "/live/{live_live}/cards/{live_card}/apply/"),
    *seen_by("owner", "/live/{live_live}/cards/{live_card}/apply/"),
    *seen_by("seeker", "/live/", "/live/{live_announced}/reserve/"),
    *seen_by("owner", *(f"/studio/{{live_{state}}}/console/" for state in ("announced", "live", "replay"))),
    *seen_by("officer", "/studio/{live_live}/console/"),
    *seen_by("owner", "/studio/{live_announced}/report/", "/studio/{live_replay}/report/"),
    *seen_by("officer", "/studio/{live_ended}/report/", ("/studio/{live_replay}/report/", withdraw_without_a_reason)),
    *seen_by("broker", "/interviews/", "/interviews/{interview_helped}/", "/interviews/{interview_helped}/decline/"),
    *seen_by("seeker", "/rooms/{room}/", "/rooms/{room}/check/"),
    *seen_by("blank seeker", "/interviews/"),
    *seen_by("park", "/interviews/", "/interviews/{interview_booth}/"),
    *seen_by("owner", "/interviews/calendar/"),
    *seen_by(
        "partner",
        "/workers/me/partner/", "/workers/me/", "/applications/", "/workers/me/matches/", "/desk/",
        "/workers/me/helpers/", "/workers/me/helpers/{delegation}/end/", "/applications/companions/{companion_ask}/",
        "/applications/together/{together}/", "/applications/new/{open}/together/{group}/",
    ),
    *seen_by("proven for another", "/workers/claim/{unclaimed}/", ("/workers/claim/{unclaimed}/", send)),
    *seen_by(
        "owner",
        "/", "/desk/", "/postings/{posting}/", "/applications/new/{open}/", "/employers/postings/",
        "/employers/postings/?state=ended", "/employers/postings/?state=paused", "/employers/profile/",
        "/employers/documents/", ("/employers/documents/", send_no_paper),
        "/employers/members/", ("/employers/members/", send), "/employers/members/{recruiter}/remove/",
        "/employers/postings/new/", "/employers/postings/{blank}/edit/?check=1", "/employers/postings/{rejected}/edit/",
        "/employers/postings/{flagged_draft}/edit/?check=1", "/employers/postings/{flagged_draft}/preview/",
        "/employers/postings/{posting}/edit/", "/employers/postings/{review}/preview/",
        *(f"/employers/postings/{{{one}}}/preview/" for one in ("blank", "draft", "rejected", "posting", "removed")),
        *(f"/employers/postings/{{posting}}/move/?move={deed}" for deed in ("pause", "archive", "renew")),
        "/employers/postings/{draft}/move/?move=submit", "/employers/postings/{paused}/move/?move=resume",
        "/employers/postings/{posting}/people/", "/employers/postings/{draft}/people/",
        "/employers/postings/{posting}/board/", "/employers/postings/{flexible}/board/",
        "/employers/postings/{posting}/board/?column=new", "/employers/postings/{posting}/board/?column=closed",
        ("/employers/postings/{posting}/board/", pick_and_reject),
        ("/employers/postings/{posting}/board/", pick_and_shortlist),
        "/employers/applicants/{applicant}/", "/employers/applicants/{applicant}/reveal/", *(
            f"/employers/applicants/{{applicant_{stage}}}/"
            for stage in (Stage.SHORTLISTED, Stage.OFFERED, Stage.REJECTED, Stage.WITHDRAWN)
        ),
        "/notices/",
    ),
    *seen_by(
        "owner",
        "/employers/interviews/", "/employers/interviews/?show=open", "/employers/interviews/?show=week",
        "/employers/interviews/?show=past", "/employers/interviews/?show=past&month=2020-01",
        "/employers/postings/{posting}/interviews/new/?application={applicant_shortlisted}",
        ("/employers/postings/{posting}/interviews/new/", send_nothing_asked),
        ("/employers/postings/{posting}/interviews/new/", look_at_a_series),
        *(
            f"/employers/interviews/{{desk_{one}}}/"
            for one in ("on", "coming", "asked", "moved", "overdue", "missed", "off", "over")
        ),
        ("/employers/interviews/{desk_on}/", ask_to_cancel), "/employers/interviews/{desk_on}/cancel/",
        ("/employers/interviews/{desk_on}/cancel/", send), "/employers/interviews/{desk_on}/phone/",
        "/employers/interviews/sittings/{desk_slots}/", "/employers/interviews/sittings/{desk_queue}/",
        "/rooms/{room_colleague}/", "/rooms/{room}/", "/rooms/{room}/check/",
        "/employers/postings/{posting}/interviews/criteria/", "/employers/postings/{flexible}/interviews/criteria/",
        ("/employers/postings/{posting}/interviews/criteria/", ask_what_is_unlawful),
        "/employers/postings/{posting}/interviews/results/", "/employers/postings/{flexible}/interviews/results/",
        "/employers/interviews/{desk_overdue}/scorecard/", "/employers/interviews/{desk_over}/scorecard/",
        ("/employers/interviews/{desk_overdue}/scorecard/", hand_in_too_little),
        "/employers/interviews/recordings/{recording}/",
    ),
    *seen_by("recruiter", "/employers/interviews/{desk_overdue}/scorecard/"),
    *seen_by(
        "officer",
        "/employers/postings/{posting}/interviews/results/", "/employers/interviews/{desk_over}/scorecard/",
        "/employers/interviews/recordings/{recording}/",
    ),
    *seen_by("seeker", "/interviews/{interview_done}/recordings/", "/interviews/{interview_missed}/recordings/"),
    *seen_by("recruiter", "/employers/profile/", "/employers/members/", "/employers/postings/"),
    *seen_by("draft owner", "/employers/documents/", "/employers/profile/", "/employers/postings/"),
    *seen_by("draft owner", "/employers/postings/new/"),
    *seen_by("new employer", "/employers/register/", ("/employers/register/", send), "/notices/"),
    *seen_by("owner", "/accounts/tokens/", ("/accounts/tokens/", send)),
    *seen_by("owner", "/desk/links/", "/posters/new/?path=/postings/{posting}/"),
    *seen_by("broker", "/desk/links/", "/posters/new/?path=/postings/", ("/posters/new/?path=/postings/", send)),
    *seen_by(
        "broker",
        "/helpers/people/", "/helpers/people/?q=没有", "/helpers/people/new/", ("/helpers/people/new/", send),
        ("/helpers/people/new/", name_somebody), ("/helpers/people/new/", name_somebody_and_send_a_code),
        "/helpers/people/{helped}/", "/helpers/people/{helped}/ask/trades/", "/helpers/people/{helped}/ask/skills/",
        "/helpers/people/{helped}/reveal/", "/helpers/people/{helped}/resident-id/",
        "/helpers/people/{helped}/step-back/", "/helpers/people/{helped}/apply/{open}/",
        "/helpers/people/{helped}/apply/{filled_up}/", "/helpers/postings/{open}/", "/helpers/groups/new/",
        ("/helpers/groups/new/", send), "/applications/{helped_offer}/",
        "/applications/{helped_offer}/answer/?answer=accept", "/applications/new/{open}/together/{helped_group}/",
    ),
    *seen_by("park", "/helpers/people/", "/helpers/people/{unclaimed}/"),
    *seen_by(
        "broker",
        "/workers/batches/", ("/workers/batches/", send), "/workers/batches/{roster_checked}/",
        "/workers/batches/{roster_refused}/", "/workers/batches/{roster_waiting}/",
    ),
    *seen_by("park", "/workers/duplicates/", "/workers/duplicates/{pair}/"),
    *seen_by("officer", "/workers/batches/", "/workers/batches/{roster_checked}/", "/workers/duplicates/{pair}/"),
    *seen_by("broker", "/", "/desk/", "/notices/", "/postings/{posting}/"),
    *seen_by("park", "/", "/desk/", "/notices/"),
    *seen_by(
        "park",
        "/booths/", "/booths/?day={tomorrow}", "/booths/{booth_a}/close/?day={tomorrow}",
        ("/booths/{booth_a}/close/?day={tomorrow}", send), "/booths/{booth_a}/stand-in/?day={tomorrow}",
        "/booths/walk-ins/", ("/booths/walk-ins/", look_for_nobody), "/booths/walk-ins/new/{newcomer}/",
        "/booths/board/",
        "/booths/{booth_b}/kiosk/",
    ),
    *seen_by("nobody", "/booths/{booth_b}/kiosk/"),
    *seen_by(
        "a booth's screen",
        "/booths/{booth_b}/kiosk/", ("/booths/{booth_b}/kiosk/", open_the_way_out), "/booths/{booth_b}/kiosk/{guest}/",
        ("/booths/{booth_b}/kiosk/{guest}/", send),
    ),
    *seen_by(
        "owner",
        "/studio/", "/studio/?show=past", "/studio/new/", ("/studio/new/", send_the_plan), "/studio/{live_planned}/",
        "/studio/{live_announced}/", "/studio/{live_replay}/", "/studio/{live_announced}/edit/",
        "/studio/{live_planned}/cards/", "/studio/{live_planned}/crew/", ("/studio/{live_planned}/crew/", send),
        "/studio/{live_planned}/cancel/", "/studio/{live_planned}/cover/", "/studio/{live_planned}/rehearsal/",
        "/studio/{live_announced}/poster/", "/live/{live_announced}/poster/livehh/",
    ),
    *seen_by(
        "owner",
        "/studio/questions/", ("/studio/questions/", send),
        "/employers/postings/{posting}/answers/", "/employers/postings/{draft}/answers/",
    ),
    *seen_by(
        "officer",
        "/studio/questions/", "/admin/live/message/?state=held", "/admin/live/message/{live_held}/change/",
        "/admin/live/ban/?lifted=no", "/admin/employers/postinganswer/",
    ),
    *seen_by("park", "/studio/", "/studio/{live_zone}/", "/studio/{live_zone}/cards/?q=五金"),
    *seen_by(
        "officer", "/studio/", "/admin/live/livesession/?queue=all", "/admin/live/livesession/{live_review}/change/",
        "/admin/live/studio/", "/admin/live/studio/{studio}/change/",
    ),
    *seen_by("officer", "/booths/?day={tomorrow}", "/booths/board/"),
    *seen_by(
        "officer",
        "/", "/desk/", "/notices/", "/notices/settings/", "/interviews/figures/", "/admin/",
        "/admin/employers/employer/", "/admin/employers/employer/{waiting}/change/",
        "/admin/employers/employerdocument/",
        "/admin/employers/employerdocument/{to_judge}/change/",
        "/admin/employers/licence/", "/admin/employers/licence/{licence}/change/", "/admin/employers/licence/add/",
        "/admin/employers/jobposting/?queue=all", "/admin/employers/jobposting/{review}/change/",
        "/admin/employers/jobposting/{flagged}/change/", "/admin/employers/postingflag/", "/admin/employers/phrase/",
        "/admin/employers/postingreport/", "/admin/employers/postingreport/{report}/change/",
        "/accounts/staff/second-factor/", ("/accounts/staff/second-factor/", send), "/accounts/staff/confirm/",
        ("/accounts/staff/confirm/", send), "/admin/workers/worker/", "/admin/employers/employer/import/",
        "/admin/privacy/exportrecord/", "/admin/privacy/personaldataaccess/", "/admin/applications/application/",
        "/admin/interviews/booth/", "/admin/interviews/booth/{booth_a}/change/", "/admin/interviews/interview/",
        "/admin/interviews/interview/{guest}/change/", "/admin/interviews/callreport/", "/admin/interviews/sitting/",
        "/admin/interviews/walkin/",
    ),
    *seen_by(
        "admin",
        "/admin/", "/admin/accounts/user/", "/admin/matching/matchrun/", "/admin/matching/matchrun/{run}/change/",
    ),
]  # fmt: skip

# Pages that say no, or that it is over.
OTHER_STATUS = {
    ("", "/rooms/j/1.nothing/"): 404,
    ("", "/employers/invitations/nothing/"): 404,
    ("", "/notices/off/nothing/"): 404,
    ("", "/nothing/here/"): 404,
    ("", "/broken/400/"): 400,
    ("owner", "/live/{live_live}/cards/{live_card}/apply/"): 403,
    ("", "/broken/403/"): 403,
    ("", "/broken/500/"): 500,
    ("", "/broken/csrf/"): 403,
    ("", "/broken/too-many/"): 429,
    ("", "/postings/{expired}/"): 410,
    ("", "/postings/{removed}/"): 410,
    ("", "/applications/new/{filled_up}/"): 410,
    ("", "/helpers/people/{helped}/apply/{filled_up}/"): 410,
    ("", "/applications/new/{expired}/"): 410,
    ("seeker", "/employers/postings/"): 403,
    ("owner", "/applications/new/{open}/"): 403,
}
# Addresses that show no page of their own, and what they do instead.
NO_PAGES = {
    "health_live": "JSON",
    "health_ready": "JSON",
    "reference:regions": "JSON",
    "sitemap": "XML",
    "sitemap_page": "XML",
    "robots": "text",
    "display": "sends back",
    "employers:desk": "sends on",
    "notices:open": "sends on",
    "interviews:pick": "POST; what it shows is the interview's page",
    "interviews:places": "a piece of the interview's page",
    "interviews:now": "a piece of the interview's page",
    "interviews:of_application": "sends on",
    "interviews:calendar_file": "a calendar",
    "interviews:calendar_end": "POST",
    "interviews:feed": "a calendar",
    "room": "the same as rooms:link",
    "rooms:take_over": "POST",
    **{
        f"rooms:{name}": "JSON"
        for name in (
            "admit",
            "away",
            "chat",
            "device",
            "ice",
            "invite",
            "phone",
            "report",
            "revoke",
            "say",
            "state",
        )
    },
    "booths:as_usual": "POST",
    "booths:back": "POST",
    "booths:walk_in_call": "POST",
    "booths:walk_in_done": "POST",
    "booths:walk_in_left": "POST",
    "links:follow": "sends on",
    "live:cover": "a picture",
    "live:posting": "sends on",
    "live:say": "JSON",
    **{
        f"studio:{name}": "JSON"
        for name in ("announce", "answer", "ban", "desk", "hide", "pin", "show", "slow", "unban", "unpin")
    },
    **{
        f"studio:{name}": "POST"
        for name in ("card_add", "card_move", "card_note", "card_remove", "crew_remove", "submit", "take_back")
    },
    "studio:rehearsal_upload": "JSON",
    "postings:feed": "XML",
    "saved_searches:save": "POST",
    "saved_searches:switch": "POST",
    "saved_searches:delete": "POST",
    "accounts:sign_out": "POST",
    "accounts:second_factor": "between password and code; tests/accounts/test_second_factor.py",
    "accounts:spare_codes": "shown once after the set-up; tests/accounts/test_second_factor.py",
    "accounts:token_revoke": "POST",
    "applications:decline_invitation": "POST",
    "batches:template": "a workbook",
    "batches:progress": "a piece of the batch's page",
    "batches:choose": "POST",
    "batches:confirm": "POST",
    "batches:drop": "POST",
    "batches:report": "a workbook",
    "helpers:unlock": "POST",
    "helpers:leave_group": "POST",
    "helpers:consent": "looked at from the page before",
    "helpers:code": "looked at from the page before",
    "workers:helper_answer": "POST",
    "workers:helper_prolong": "POST",
    "applicants:bulk": "POST; what it shows is looked at from the board",
    "applicants:move": "POST",
    "interviewing:again": "POST; what it shows is the interview's page",
    "interviewing:call": "POST",
    "interviewing:close": "POST",
    "interviewing:invite": "POST; what it shows is the interview's page",
    "interviewing:invite_more": "POST",
    "interviewing:no_show": "POST",
    "interviewing:other_time": "POST",
    "interviewing:revoke": "POST",
    "interviewing:skip": "POST",
    "interviewing:withdraw": "POST",
    "interviewing:scorecard_draft": "POST",
    "interviewing:recording_discard": "POST",
    "interviewing:film": "a film",
    "studio:abort": "POST; what it shows is the console",
    "studio:end": "POST; what it shows is the console",
    "studio:go_live": "POST; what it shows is the console",
    "studio:key": "POST; shown in that answer alone: tests/live/test_key_views.py",
    "live_hooks:srs": "SRS asks here",
    "studio:report_file": "a file",
    **{f"studio:replay_{name}": "POST; what it shows is the report" for name in ("again", "hide", "show", "withdraw")},
    "live:replay": "a playlist",
    **{f"live:{name}": "JSON" for name in ("cards", "chapters", "entries")},
    "streams:playlist": "a playlist",
    **{f"streams:{name}": "a piece of film" for name in ("replay", "segment")},
    "rooms:record_answer": "POST",
    "rooms:record_ask": "POST",
    "rooms:record_part": "POST",
    "rooms:record_start": "POST",
    "rooms:record_stop": "POST",
    "employers:profile_submit": "POST",
    "employers:document": "a file",
    "employers:document_page": "a picture",
    "employers:document_upload": "POST; what it shows is looked at from the page before",
    "employers:invite": "POST",
    "employers:member_role": "POST",
    "employers:invitation_withdraw": "POST",
    "employers:posting_copy": "POST",
    "notice": "sends on",
    "notices:read_all": "POST",
    "notices:email": "POST",
    "notices:email_code": "POST",
    "notices:email_remove": "POST",
    "notices:fresh": "POST",
    "postings:report_review": "POST",
    "suggestions:invite": "POST",
    "workers:recommendation": "POST",
    "consents:on": "POST",
    "consents:copy": "POST",
}
