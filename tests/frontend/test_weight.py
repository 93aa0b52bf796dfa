"""What every page must load stays light enough for a slow phone."""

import gzip
from pathlib import Path

import pytest
from django.conf import settings

LIMITS = {
    "site.css": 25_000,
    "site.js": 30_000,
    "interview.css": 6_000,
    "interview.js": 24_000,
    "check.js": 8_000,
    "live.css": 5_000,
    "live.js": 135_000,
    "studio.css": 4_000,
    "studio.js": 16_000,
    "monitor.js": 128_000,
}


@pytest.mark.parametrize(("name", "limit"), LIMITS.items())
def test_a_built_file_stays_light(name: str, limit: int) -> None:
    built = Path(settings.BASE_DIR, "jinba", "static", "build", name)
    assert len(gzip.compress(built.read_bytes())) <= limit


def test_styles_reach_old_web_views() -> None:
    css = Path(settings.BASE_DIR, "jinba", "static", "build", "site.css").read_text(encoding="utf-8")
    assert not [word for word in ("@layer", ":has(", ":is(", ":where(", "color-mix(", "oklch(") if word in css]
