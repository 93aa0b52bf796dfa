"""What people hand on: words for a chat group, and the addresses that tell which way a reader came."""

from django.http import HttpRequest
from django.urls import reverse

from employers.choices import Housing, Insurance, Meals
from employers.models import JobPosting
from jinba.links.addresses import shared_code


def shared_url(request: HttpRequest, posting_id: int) -> str:
    """The short address under which readers hand a posting on."""
    return request.build_absolute_uri(reverse("links:follow", args=[shared_code(posting_id)]))


def pay_words(posting: JobPosting) -> str:
    """“每月 6000–8000 元”; empty when the source does not say."""
    low, high = posting.base_pay_min, posting.base_pay_max
    if not low:
        return ""
    return f"每{posting.get_pay_unit_display()} {low}{f'–{high}' if high and high != low else ''} 元"


def selling_points(posting: JobPosting) -> list[str]:
    """What people ask first, in a few words each."""
    points = [
        (posting.housing == Housing.FREE, "包住"),
        (posting.meals in (Meals.ALL, Meals.WORK), "管饭"),
        (posting.couple_rooms, "有夫妻房"),
        (posting.social_insurance in (Insurance.FULL, Insurance.FULL_FUND) and not posting.is_repost, "交五险"),
        (not posting.has_nights and bool(posting.shift) and not posting.is_repost, "不上夜班"),
    ]
    return [words for holds, words in points if holds]


def share_text(posting: JobPosting, url: str) -> str:
    """A message to fellow villagers, as one would write it oneself: job, pay, place, what is good, where to apply."""
    seats = f"招 {posting.headcount} 人" if not posting.is_repost else ""
    facts = [pay_words(posting), posting.place, *selling_points(posting), seats]
    lines = [
        f"【招工】{posting.title} · {posting.employer.name}",
        "，".join(fact for fact in facts if fact),
        f"看详情和报名：{url}",
        "找工作不收任何费用。",
    ]
    return "\n".join(lines)
