class Refused(Exception):
    """An action says no. The message is one Chinese sentence for the person who asked; nothing was changed."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field  # the form field that the sentence is about, if any
