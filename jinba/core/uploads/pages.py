"""The single pages of a PDF that `cleaned` made, as the JPEG pictures that they are."""

import io
import threading

_one_at_a_time = threading.Lock()  # PDFium knows no threads


def page_of(content: bytes, number: int) -> bytes | None:
    """The picture on page `number`, from 1; None when there is no such page. Only for files that `cleaned` made."""
    import pypdfium2
    from pypdfium2 import raw

    with _one_at_a_time:
        document = pypdfium2.PdfDocument(content)
        try:
            if not 1 <= number <= len(document):
                return None
            page = document[number - 1]
            picture = next(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]))
            out = io.BytesIO()
            picture.extract(out)
            return out.getvalue()
        finally:
            document.close()
