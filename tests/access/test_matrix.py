"""Every address × person × method, from the one table in `table.py`."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from jinba.notices.letters import number_of
from labor.interviews.links import token_of
from tests.access.routes import routes
from tests.access.table import ADMIN, PAGES
from tests.access.world import PEOPLE, World, make_world


def stream_file(name: str) -> list[str]:
    """A file of a stream that is there."""
    path = Path(settings.STREAMS_ROOT) / "a-stream-of-all" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#EXTM3U\n")
    return ["a-stream-of-all", name]


# What an address with arguments is asked about: things of `owner`'s employer and of `seeker`.
ARGUMENTS: dict[str, Callable[[World], list[Any]]] = {
    "postings:detail": lambda world: [world.posting.pk],
    "postings:report": lambda world: [world.posting.pk],
    "admin:employers_jobposting_flags": lambda world: [world.posting.pk],
    "admin:employers_postingreport_contact": lambda world: [world.one_of("employers", "postingreport")],
    "employers:detail": lambda world: [world.employer.pk],
    "sitemap_page": lambda world: ["postings", 1],
    "display": lambda world: ["big"],
    "workers:question": lambda world: ["education"],
    "applications:apply": lambda world: [world.posting.pk],
    "applications:start": lambda world: [world.posting.pk],
    "applications:detail": lambda world: [world.application.pk],
    "applications:answer": lambda world: [world.application.pk],
    "applications:apply_together": lambda world: [world.posting.pk, world.worker.group_id],
    "applications:together": lambda world: [world.together.pk],
    "applications:companion": lambda world: [world.companion_ask.pk],
    "acting:apply": lambda world: [world.worker.pk, world.posting.pk],
    "acting:choose": lambda world: [world.posting.pk],
    "persons:detail": lambda world: [world.worker.pk],
    "helpers:question": lambda world: [world.worker.pk, "education"],
    "helpers:reveal": lambda world: [world.worker.pk],
    "helpers:resident_id": lambda world: [world.worker.pk],
    "helpers:step_back": lambda world: [world.worker.pk],
    "helpers:unlock": lambda world: [world.worker.pk],
    "helpers:leave_group": lambda world: [world.worker.pk],
    **{
        f"batches:{name}": lambda world: [world.roster.pk]
        for name in ("choose", "confirm", "detail", "drop", "progress", "report")
    },
    "duplicates:detail": lambda world: [world.pair.pk],
    "workers:claim": lambda world: [world.worker.pk],
    "workers:helper_answer": lambda world: [world.delegation_request.pk],
    "workers:helper_end": lambda world: [world.delegation.pk],
    "workers:helper_prolong": lambda world: [world.delegation.pk],
    "applications:decline_invitation": lambda world: [world.job_invitation.pk],
    "applicants:board": lambda world: [world.posting.pk],
    "applicants:bulk": lambda world: [world.posting.pk],
    "applicants:detail": lambda world: [world.application.pk],
    "applicants:move": lambda world: [world.application.pk],
    "consents:withdraw": lambda world: [world.consent.pk],
    "consents:on": lambda world: ["recommend"],
    "consents:off": lambda world: ["recommend"],
    "applicants:reveal": lambda world: [world.application.pk],
    "suggestions:people": lambda world: [world.posting.pk],
    "suggestions:invite": lambda world: [world.posting.pk],
    "employers:posting_edit": lambda world: [world.draft.pk],
    "employers:posting_preview": lambda world: [world.draft.pk],
    "employers:posting_move": lambda world: [world.draft.pk],
    "employers:posting_copy": lambda world: [world.posting.pk],
    "employers:document": lambda world: [world.paper.pk],
    "employers:document_page": lambda world: [world.paper.pk, 1],
    "employers:document_upload": lambda world: ["licence"],
    "employers:member_role": lambda world: [world.member_id],
    "employers:member_remove": lambda world: [world.member_id],
    "employers:invitation_withdraw": lambda world: [world.invitation_id],
    "employers:invitation": lambda world: ["no-such-token"],
    "links:follow": lambda world: [world.short_link.code],
    "posters:poster": lambda world: [world.short_link.code],
    "saved_searches:switch": lambda world: [world.saved_search.pk],
    "saved_searches:delete": lambda world: [world.saved_search.pk],
    "accounts:token_revoke": lambda world: [world.api_token.pk],
    "notices:open": lambda world: [world.notice.pk],
    "notice": lambda world: [number_of(world.notice.pk)],
    "notices:off": lambda world: ["no-such-token"],
    **{
        f"interviews:{name}": lambda world: [world.interview.pk]
        for name in (
            "calendar_file",
            "decline",
            "detail",
            "missed",
            "now",
            "other_time",
            "pick",
            "place",
            "places",
        )
    },
    **{
        f"booths:{name}": lambda world: [world.hosted.booth_id]
        for name in ("as_usual", "back", "close", "kiosk", "stand_in")
    },
    "booths:let_in": lambda world: [world.hosted.booth_id, world.hosted.pk],
    "booths:walk_in_new": lambda world: [world.walk_in.worker_id],
    **{f"booths:walk_in_{name}": lambda world: [world.walk_in.pk] for name in ("call", "done", "left")},
    "interviews:of_application": lambda world: [world.application.pk],
    "interviews:feed": lambda world: ["no-such-secret"],
    **{
        f"rooms:{name}": lambda world: [world.interview.pk]
        for name in (
            "admit",
            "away",
            "chat",
            "check",
            "device",
            "ice",
            "invite",
            "phone",
            "report",
            "revoke",
            "room",
            "say",
            "state",
            "take_over",
        )
    },
    "rooms:link": lambda world: ["no-such-token"],
    "room": lambda world: [token_of(world.interview.seats.get(kind="worker"))],
    "interviews:recordings": lambda world: [world.interview.pk],
    **{
        f"rooms:record_{name}": lambda world: [world.interview.pk]
        for name in ("answer", "ask", "part", "start", "stop")
    },
    "interviewing:offer": lambda world: [world.posting.pk],
    **{
        f"interviewing:{name}": lambda world: [world.interview.pk]
        for name in ("again", "cancel", "detail", "invite", "no_show", "other_time", "phone")
    },
    "interviewing:revoke": lambda world: [world.interview.pk, world.interview.seats.values_list("pk", flat=True)[0]],
    **{
        f"interviewing:{name}": lambda world: [world.interview.sitting_id]
        for name in ("call", "close", "invite_more", "sitting")
    },
    "interviewing:skip": lambda world: [world.interview.sitting_id, world.interview.pk],
    "interviewing:withdraw": lambda world: [world.interview.sitting_id, world.interview.slot_id],
    "interviewing:criteria": lambda world: [world.posting.pk],
    **{
        f"interviewing:{name}": lambda world: [world.one_of("interviews", "recording")]
        for name in ("recording", "recording_discard")
    },
    "interviewing:film": lambda world: [world.one_of("interviews", "recording"), "no-ticket"],
    "interviewing:results": lambda world: [world.posting.pk],
    "interviewing:scorecard": lambda world: [world.interview.pk],
    "interviewing:scorecard_draft": lambda world: [world.interview.pk],
    **{f"live:{name}": lambda world: [world.live["replay"].pk] for name in ("chapters", "replay")},
    **{
        f"studio:{name}": lambda world: [world.live["replay"].pk]
        for name in ("replay_again", "replay_hide", "replay_show", "replay_withdraw", "report", "report_file")
    },
    **{f"live:{name}": lambda world: [world.live["live"].pk] for name in ("cards", "enter", "entries", "watch")},
    **{
        f"live:{name}": lambda world: [world.live["live"].pk, world.live["live"].cards.values_list("pk", flat=True)[0]]
        for name in ("apply", "posting")
    },
    **{
        f"studio:{name}": lambda world: [world.live["live"].pk]
        for name in ("announce", "answer", "ban", "desk", "hide", "pin", "show", "slow", "unban", "unpin")
    },
    "live:say": lambda world: [world.live["live"].pk],
    "employers:posting_answers": lambda world: [world.posting.pk],
    "streams:playlist": lambda world: stream_file("index.m3u8"),
    "streams:segment": lambda world: stream_file("p1/00000.ts"),
    "streams:replay": lambda world: stream_file("replay/00001.ts"),
    "live:reserve": lambda world: [world.live["announced"].pk],
    **{
        f"studio:{name}": lambda world: [world.live["planned"].pk]
        for name in (
            "cancel",
            "card_add",
            "cards",
            "cover",
            "crew",
            "edit",
            "plan",
            "rehearsal",
            "rehearsal_upload",
            "submit",
        )
    },
    **{
        f"studio:{name}": lambda world: [world.live["planned"].pk, world.live["planned"].cards.get().pk]
        for name in ("card_move", "card_note", "card_remove")
    },
    "studio:crew_remove": lambda world: [world.live["planned"].pk, world.live["planned"].crew.first().pk],
    "studio:take_back": lambda world: [world.live["review"].pk],
    "studio:poster": lambda world: [world.live["announced"].pk],
    "live:cover": lambda world: [world.live["announced"].pk],
    "live:poster": lambda world: [world.live["announced"].pk, "livehh"],
    "studio:go_live": lambda world: [world.live["announced"].pk],
    **{f"studio:{name}": lambda world: [world.live["live"].pk] for name in ("abort", "console", "end", "key")},
    "admin:matching_matchrun_progress": lambda world: [world.run.pk],
    "admin:privacy_exportrecord_progress": lambda world: [world.one_of("privacy", "exportrecord")],
    "admin:privacy_exportrecord_download": lambda world: [world.one_of("privacy", "exportrecord"), 0],
    "admin:employers_employer_reveal": lambda world: [world.employer.pk],
    "admin:workers_worker_reveal": lambda world: [world.worker.pk],
    "admin:auth_user_password_change": lambda world: [world.worker.user_id],
    "admin:app_list": lambda world: ["employers"],
}
METHODS = ("get", "post", "delete")


def table() -> Iterator[tuple[str, str, list[int]]]:
    for line in (PAGES.strip() + "\n" + ADMIN.strip()).splitlines():
        route, method, *codes = line.split()
        yield route, method, [int(code) for code in codes]


def asked(route: str) -> bool:
    """Admin addresses that only lead to others, or that Django keeps for its own scripts, need no line.

    Those of the API have a table of their own: tests/access/test_api_matrix.py.
    """
    led_on = ("admin:(?P<url>.*)$", "admin:<path:object_id>/", "admin:view_on_site")
    return not route.startswith("api:") and route not in led_on


def test_every_address_has_its_lines() -> None:
    lines = [(route, method) for route, method, _ in table()]
    wanted = {(route, method) for route in routes() if asked(route) for method in ("GET", "POST")}
    assert wanted - set(lines) == set(), "addresses without a line"
    assert set(lines) - wanted == set(), "lines without an address"
    assert len(lines) == len(set(lines))
    assert all(len(codes) == len(PEOPLE) for _, _, codes in table())


@pytest.mark.django_db
def test_everybody_gets_what_the_table_says(letters: Any) -> None:
    world = make_world()
    clients = {person: client_of(world, person) for person in PEOPLE}
    wrong, cells = [], 0
    for route, method, codes in table():
        url = reverse(route, args=arguments(route, world))
        for person, expected in zip(PEOPLE, codes, strict=True):
            got = answer(clients[person], method, url)
            cells += 1
            if got != expected:
                wrong.append(f"{route} {method} {person}: {got}, not {expected}")
            if method == "GET":
                cells += 1
                other = answer(clients[person], "DELETE", url)
                if route.startswith("admin:"):
                    continue  # Django's own views treat a foreign method as GET and change nothing
                if other != 405 and other != expected:
                    wrong.append(f"{route} DELETE {person}: {other}, not 405 or {expected}")
    assert wrong == []
    assert cells > 1500


def client_of(world: World, person: str) -> Client:
    client = Client(raise_request_exception=False)
    if user := world.users[person]:
        client.force_login(user)
    return client


def answer(client: Client, method: str, url: str) -> int:
    """The status; whatever the request changed is rolled back, and the session goes on as it was."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        status = getattr(client, method.lower())(url).status_code
        transaction.set_rollback(True)
    client.cookies = cookies
    return status


def arguments(route: str, world: World) -> list[Any]:
    if route in ARGUMENTS:
        return ARGUMENTS[route](world)
    if found := re.fullmatch(r"admin:(\w+?)_(\w+)_(?:change|delete|history)", route):
        return [world.one_of(*found.groups())]
    return []
