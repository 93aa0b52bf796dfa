"""What a worker agrees to by applying: the words of `labor.workers.consents`, with who receives the data."""

from labor.workers.choices import ConsentPurpose
from labor.workers.consents import text_of


def consent_text(employer_name: str) -> str:
    return text_of(ConsentPurpose.APPLY, recipient=employer_name)
