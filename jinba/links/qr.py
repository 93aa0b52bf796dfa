"""QR codes as pictures that print sharply at any size."""

import segno
from django.utils.safestring import SafeString, mark_safe


def svg(text: str) -> SafeString:
    """An inline SVG of the text, without a size of its own; a quarter of it may be soiled and it still reads."""
    code = segno.make(text, error="q", micro=False)
    return mark_safe(code.svg_inline(omitsize=True, border=2, svgclass="qr", lineclass=None))
