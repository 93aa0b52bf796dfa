class SmsFailed(Exception):
    """The text was not taken."""


class SmsBackend:
    """One way of sending a text."""

    always = False  # development backends write every text, even one that was already sent
    requires = ""  # the module of a provider's SDK
    package = ""  # and what pip knows it by (our extras `sms-…` name the same)
    options: tuple[str, ...] = ()  # without which SMS_OPTIONS is not complete

    def send(self, phone: str, text: str, *, kind: str, values: dict[str, str]) -> None:
        raise NotImplementedError
