import re
import unicodedata

from jinba.core.errors import Refused

# Han characters of every plane, the dot of Yi and Uyghur names, and Latin letters.
NAME = re.compile(r"[㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff·A-Za-z. ]{2,40}")


def clean_name(text: str) -> str:
    """A person's name in one form of writing; Refused when it can be none."""
    name = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text or "")).strip()
    name = re.sub(r"\s*[·•・‧]\s*", "·", name)
    if re.search(r"[㐀-鿿]", name):
        name = name.replace(" ", "")
    if not NAME.fullmatch(name):
        raise Refused("请写您的真名，和身份证上一样。", field="name")
    return name
