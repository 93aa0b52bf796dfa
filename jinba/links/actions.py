"""Short links are made once for each place they are put, and count who follows them."""

import secrets
from typing import Any

from django.db import transaction
from django.db.models import F

from jinba.core.errors import Refused
from jinba.links.addresses import leads_to_public_page, shared_posting
from jinba.links.choices import Channel
from jinba.links.models import ShortLink

# No sign that looks like another: codes are read aloud and copied from paper.
ALPHABET = "23456789abcdefghjkmnqrstuvwxyz"  # and no `p`: see SHARED
CODE_LENGTH = 6
MOST_BY_ONE = 2000


@transaction.atomic
def make(*, path: str, channel: str, label: str = "", region_code: str = "", by: Any) -> ShortLink:
    """The short link for a public page on that channel; the same wishes of the same user give the same link.

    `path` begins with `/` and leads to the first page, postings, employers or live sessions; Refused when it does not.
    """
    path, label = path.strip(), " ".join(label.split())
    if not leads_to_public_page(path):
        raise Refused("短链接只能通向本站的岗位、单位、直播和岗位列表。", field="path")
    if channel not in Channel.values:
        raise Refused("请选放在哪里。", field="channel")
    if len(label) > 80:
        raise Refused("说明请写在 80 个字以内。", field="label")
    wish = {"path": path, "channel": channel, "label": label, "made_by": by}
    if found := ShortLink.objects.filter(**wish).first():
        return found
    if by is not None and ShortLink.objects.filter(made_by=by).count() >= MOST_BY_ONE:
        raise Refused(f"您已经做了 {MOST_BY_ONE} 个短链接，请先用已有的。")
    # ON CONFLICT: a double tap makes one, and a code that happens to be taken is drawn anew.
    for _ in range(5):
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        ShortLink.objects.bulk_create([ShortLink(code=code, region_code=region_code, **wish)], ignore_conflicts=True)
        if made := ShortLink.objects.filter(**wish).first():
            return made
    raise Refused("现在做不了短链接，请再试一次。")


@transaction.atomic
def follow(*, code: str, counts: bool = True) -> ShortLink | None:
    """The link with that code, as people copy it; one visit more when it counts. None when there is none."""
    code = code.strip().lower()
    if posting_id := shared_posting(code):
        link = ShortLink(code=code, path=f"/postings/{posting_id}/", channel=Channel.SHARE)
        if not counts:
            return link
        ShortLink.objects.bulk_create([link], ignore_conflicts=True)
    if counts:
        ShortLink.objects.filter(code=code).update(visits=F("visits") + 1)
    return ShortLink.objects.filter(code=code).first()
