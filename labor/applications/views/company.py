"""People who applied together, on the employer's pages: side by side, and moved by one tap."""

from typing import Any

from django.db.models import Count, Q

from labor.applications.choices import LIVE, Via
from labor.applications.models import Application, GroupApplication
from labor.applications.moves import EMPLOYER, needs_reason, next_stages


def words_of(rows: list[Application]) -> dict[int, str]:
    """“夫妻 2 人一起” by group application, of those whose applications run; no query where everybody goes alone."""
    ids = {row.together_id for row in rows if row.together_id}
    if not ids:
        return {}
    running = Count("applications", filter=Q(applications__stage__in=LIVE))
    found = GroupApplication.objects.filter(pk__in=ids).annotate(running=running)
    return {one.pk: f"{one.get_kind_display()} {one.running} 人一起" for one in found if one.running > 1}


def side_by_side(rows: list[Application]) -> list[Application]:
    """Those who go together next to each other, where the first of them stands."""
    first: dict[int, int] = {}
    for place, row in enumerate(rows):
        if row.together_id:
            first.setdefault(row.together_id, place)
    places = {row.pk: (first[row.together_id] if row.together_id else place) for place, row in enumerate(rows)}
    return sorted(rows, key=lambda row: places[row.pk])


def company_of(application: Application, deeds: dict[Any, str]) -> dict[str, Any] | None:
    """The others of the group, who is still asked, and what can be done with all of them at once."""
    together = application.together
    if together is None:
        return None
    rows = list(together.applications.select_related("worker", "posting").order_by("pk"))
    running = [row for row in rows if row.is_live]
    together_moves = [
        (stage.value, deeds[stage], needs_reason(stage))
        for stage in next_stages(application.stage, EMPLOYER)
        if stage in deeds
    ]
    asked = together.asks.filter(is_coming__isnull=True).count()
    wants_room = together.kind == "couple" and any(row.worker.couple_room_need for row in rows)
    return {
        "title": f"{together.get_kind_display()}一起报的（{len(running)} 人在办）",
        "others": [
            {"application": row, "name": row.worker.name if row.shows_person else row.worker.masked_name}
            for row in rows
            if row.pk != application.pk
        ],
        "ids": [row.pk for row in running],
        "moves": together_moves if len(running) > 1 else [],
        "asked": asked,
        "room": _room(application) if wants_room else "",
        "seats": (
            f"名额还剩 {application.posting.seats_left} 个，不够他们一起来。"
            if application.posting.seats_left < len(running)
            else ""
        ),
    }


def _room(application: Application) -> str:
    has = "本岗位写了有夫妻房。" if application.posting.couple_rooms else "本岗位没写有夫妻房。"
    return f"他们想住夫妻房。{has}"


def applied_for(application: Application) -> str:
    """By whom, if not by himself."""
    by = application.applied_by
    if application.via not in (Via.BROKER, Via.KIOSK) or by is None or by.pk == application.worker.user_id:
        return ""
    return f"由{by.name or '工作人员'}（{by.get_role_display()}）代办，他受本人委托。"
