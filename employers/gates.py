"""What keeps a posting from going out, with the facts that its rules need fetched from the database."""

from employers import posting_rules
from employers.models import JobPosting, today
from jinba.reference import wages


def gaps(posting: JobPosting) -> dict[str, str]:
    """One sentence for each field that must still be written or mended; empty when the posting is complete."""
    minimum = wages.minimum_at(posting.region_id, on=today())
    found = posting_rules.problems(posting, today=today(), minimum=minimum)
    return {**found, **({} if posting.is_repost else posting_rules.unit_problems(posting.employer))}
