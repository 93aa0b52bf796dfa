from pathlib import Path

import pytest

SAMPLE = Path(__file__).parent / "data" / "postings_51job_sample.csv"


@pytest.fixture
def sample() -> Path:
    """600 real postings of 51job as crawled in late 2023: public offers of employers, no personal data."""
    return SAMPLE
