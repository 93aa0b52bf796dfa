"""What a browser complains of while a page is open."""

from playwright.sync_api import ConsoleMessage, Page, Request


class Complaints(list[str]):
    """Script errors, refusals of the content security policy, files that do not come."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        page.on("pageerror", lambda error: self.append(f"script: {error}"))
        page.on("console", self._console)
        page.on("requestfailed", self._failed)

    def _console(self, message: ConsoleMessage) -> None:
        # That a page itself answers 404 is no complaint: some are looked at for that. 422 is how a form comes back.
        failed = message.text.startswith("Failed to load resource")
        meant = failed and (message.location["url"] == self.page.url or "status of 422" in message.text)
        # The server of these tests speaks no sockets; tests/browser/test_notices.py has one that does.
        meant = meant or message.text.startswith("WebSocket connection to ")
        if message.type in ("error", "warning") and not meant:
            self.append(f"console: {message.text} {message.location['url']}")

    def _failed(self, request: Request) -> None:
        # Leaving a page ends what it still asks for.
        if request.failure != "net::ERR_ABORTED":
            self.append(f"request: {request.failure} {request.url}")
