"""Takes the README's pictures: a fresh demo in a folder of its own, its pages as each role sees them."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from jinba.embedded.places import CHECKOUT
from tests.browser.chromium import CHINESE, DESK, PHONE, chromium
from tests.platform.machine import Machine, free_port

FOLDER = CHECKOUT / "docs" / "screenshots"

# Picture, role that looks, device, address. {posting} is an open posting, {mine} one of the employer's own.
PICTURES: list[tuple[str, str, dict[str, Any], str]] = [
    ("home", "", PHONE, "/"),
    ("postings", "", PHONE, "/postings/"),
    ("posting", "", PHONE, "/postings/{posting}/"),
    ("jobs-for-me", "seeker", PHONE, "/workers/me/matches/"),
    ("my-applications", "seeker", PHONE, "/applications/"),
    ("employer-desk", "employer", DESK, "/desk/"),
    ("applicants-board", "employer", DESK, "/employers/postings/{mine}/board/"),
    ("admin", "admin", DESK, "/admin/"),
]

# Signs the demo's people in without a code: prints one line per role, `role session`, and the postings to show.
INSIDE = """
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.cached_db import SessionStore
from employers.models import JobPosting
from labor.applications.models import Application

shown = Application.objects.filter(posting__employer__members__isnull=False, worker__user__isnull=False)
busy = shown.order_by("-pk").first()
members = {"seeker": busy.worker.user, "employer": busy.posting.employer.members.first().user} if busy else {}
for role in ("seeker", "employer", "admin"):
    user = members.get(role) or get_user_model().objects.filter(role=role, is_active=True).first()
    if user:
        session = SessionStore()
        session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        print(role, session.session_key)
print("posting", JobPosting.objects.visible().order_by("-pk").values_list("pk", flat=True).first())
print("mine", busy.posting_id if busy else None)
"""


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        machine = Machine(Path(folder) / "var", DEMO="true")
        port = str(free_port())
        server = machine.start("server", PORT=port)
        try:
            assert server.stdout
            for line in server.stdout:
                sys.stdout.write(line)
                if line == "Ready\n":
                    break
            told = machine.run(sys.executable, "manage.py", "shell", "--no-imports", "-c", INSIDE)
            print(told.stderr, end="")
            take(f"http://localhost:{port}", dict(line.split() for line in told.stdout.splitlines()))
        finally:
            machine.end()


def take(address: str, known: dict[str, str]) -> None:
    with chromium() as browser:
        for name, role, device, path in PICTURES:
            context = browser.new_context(**device, **CHINESE, base_url=address)
            if role:
                context.add_cookies([{"name": "session", "value": known[role], "url": address}])
            page = context.new_page()
            answer = page.goto(path.format(**known), wait_until="networkidle")
            assert answer and answer.status == 200, f"{path}: {answer and answer.status}"
            page.screenshot(path=FOLDER / f"{name}.png")
            context.close()
            print(f"{name}.png")


if __name__ == "__main__":
    main()
