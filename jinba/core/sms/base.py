class SmsFailed(Exception):
    """The text was not taken."""


class SmsBackend:
    """One way of sending a text."""

    always = False  # development backends write every text, even one that was already sent

    def send(self, phone: str, text: str, *, kind: str, values: dict[str, str]) -> None:
        raise NotImplementedError
