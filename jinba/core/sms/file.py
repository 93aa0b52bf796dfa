import json
from datetime import UTC, datetime

from django.conf import settings

from jinba.core.sms.base import SmsBackend


class Backend(SmsBackend):
    """Appends one JSON line per text to var/sms.log, so that a developer or a test can read the code."""

    always = True

    def send(self, phone: str, text: str, *, kind: str, values: dict[str, str], out_id: str = "") -> None:
        line = {"at": datetime.now(UTC).isoformat(), "phone": phone, "kind": kind, "text": text, **values}
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        with (settings.VAR_DIR / "sms.log").open("a", encoding="utf-8") as log:
            log.write(json.dumps(line, ensure_ascii=False) + "\n")
