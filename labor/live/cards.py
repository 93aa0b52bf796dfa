"""What a job card says, and what people ask of it first; the same for every reader."""

from typing import Any

from django.urls import reverse

from employers.choices import Housing, Meals, PostingState, Travel
from employers.facts import sections
from employers.models import JobPosting
from employers.sharing import pay_words
from jinba.reference.choices import Shift
from labor.applications.actions.applying import why_closed
from labor.live.models import Card, LiveSession

REMOVED = "这个岗位已经从这场直播里撤下了。"
# The questions that every room hears, by the word on their chip.
ASKED_FIRST = {"couple": "夫妻房？", "pay": "工价？", "shift": "长白班？", "housing": "住宿？", "travel": "车费？"}


def cards_of(session: LiveSession) -> list[Card]:
    """The rundown with all that cards show, in one query."""
    rows = Card.objects.filter(session=session, removed_at__isnull=True)
    return list(with_posting(rows))


def with_posting(rows: Any) -> Any:
    return rows.select_related("posting__employer", "posting__region", "posting__zone", "posting__trade").defer(
        "posting__duties", "posting__requirements", "posting__search"
    )


def card_json(card: Card) -> dict[str, Any]:
    """The card as pages get it. `open`: one may apply; if not, `why` is a sentence."""
    posting = card.posting
    why = why_not(card)
    return {
        "id": card.pk,
        "posting": posting.pk,
        "title": posting.title,
        "employer": posting.employer.name,
        "pay": pay(posting),
        "place": posting.place or "地点待定",
        "tags": tags(posting),
        "left": posting.seats_left,
        "open": not why,
        "why": why,
        "answers": answers(posting),
        "url": reverse("live:posting", args=[card.session_id, card.pk]),
        "apply": reverse("live:apply", args=[card.session_id, card.pk]),
    }


def why_not(card: Card) -> str:
    """Why nobody can apply to the card; empty when one can."""
    posting = card.posting
    if card.removed_at is not None:
        return REMOVED
    is_open = (
        posting.state == PostingState.PUBLISHED
        and not posting.is_expired
        and posting.employer.is_trusted
        and posting.seats_left > 0
    )
    return "" if is_open else why_closed(posting=posting)


def pay(posting: JobPosting) -> str:
    """As posting cards say it: “6000–8000 元/月”."""
    low, high = posting.base_pay_min, posting.base_pay_max
    if not low:
        return "工资见来源页面" if posting.is_repost else "工资待填"
    span = f"{low} 起" if not high else f"{low}–{high}" if high != low else str(low)
    return f"{span} 元/{posting.get_pay_unit_display()}"


def tags(posting: JobPosting) -> list[str]:
    """What comes with it, what is asked for most first."""
    housing = {Housing.FREE: "包住", Housing.PAID: "有宿舍（收费）", Housing.SUBSIDY: "有房补"}
    meals = {Meals.ALL: "包三餐", Meals.WORK: "包工作餐", Meals.SUBSIDY: "有餐补"}
    travel = {Travel.REFUND: "报销路费", Travel.PICK_UP: "有接送", Travel.COACH: "有接送"}
    words = [
        "夫妻房" if posting.couple_rooms else "",
        "" if posting.is_repost else str(posting.get_shift_display()),
        housing.get(Housing(posting.housing), ""),
        meals.get(Meals(posting.meals), ""),
        travel.get(Travel(posting.travel), ""),
        posting.get_engagement_display() if posting.is_flexible else "",
    ]
    return [word for word in words if word]


def answers(posting: JobPosting) -> dict[str, str]:
    """What the posting itself says to the questions that are asked first; what it does not say is left out."""
    facts = {str(label): str(value) for part in sections(posting) for label, value in part.facts if value}
    shift = ""
    if not posting.is_repost:
        shift = "是长白班" if posting.shift == Shift.DAY and not posting.has_nights else facts.get("班次", "")
    money = [pay_words(posting), facts.get("计件", ""), facts.get("加班", "")]
    found = {
        "couple": "有夫妻房" if posting.couple_rooms else "" if posting.is_repost else "没有夫妻房",
        "pay": "；".join(word for word in money if word),
        "shift": "，".join(word for word in (shift, facts.get("每天", "")) if word),
        "housing": facts.get("住宿", ""),
        "travel": facts.get("路费", ""),
    }
    return {key: value for key, value in found.items() if value}
