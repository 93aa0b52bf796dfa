"""Chinese text is set with Chinese punctuation."""

import re
from pathlib import Path

from django.conf import settings

HAN = "\u4e00-\u9fff"
HALF_WIDTH = re.compile(f"[{HAN}][,;?!](?=[{HAN}])|[{HAN}][,;:?!](?=\\s*<)")


def test_no_half_width_punctuation_between_chinese_words() -> None:
    found = [
        f"{path.relative_to(settings.BASE_DIR)}: {match.string[max(0, match.start() - 8) : match.end() + 8]!r}"
        for path in sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))
        for match in HALF_WIDTH.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []
