from jinba.core.sms.base import SmsBackend

outbox: list[dict[str, str]] = []


class Backend(SmsBackend):
    """Keeps texts in this process, for tests."""

    def send(self, phone: str, text: str, *, kind: str, values: dict[str, str], out_id: str = "") -> None:
        outbox.append({"phone": phone, "kind": kind, "text": text, **values})
